"""What a parsed segment rule must fulfil beyond its grammar, and the tree that `includeExprTree` shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_provider_aam.emulator.aam.segments.expression import (
    Frequency,
    Node,
    frequencies_of,
    parse_segment_rule,
    sids_of,
)

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.state import State

# Recency and frequency work on rule-based and folder traits only [doc; the portal refuses the others].
WITH_FREQUENCY = ("RULE_BASED_TRAIT", "FOLDER_TRAIT", "FOLDER")


def segment_rule_problems(state: State, rule: str) -> list[str]:
    """Return all that is wrong with a rule; the semantic checks but the one on frequency caps are inferred."""
    try:
        tree = parse_segment_rule(rule)
    except ValueError as error:
        return [f"invalid expression: {error}"]
    problems = [each for each in (_sid_problem(state, sid) for sid in sids_of(tree)) if each]
    if _all_negated(tree) or _holds_for_nobody(tree):
        problems.append("invalid expression: it would match everyone; name a trait to have, not only to lack or to cap")
    for each in frequencies_of(tree):
        problems += _frequency_problems(state, each)
    return problems


def _sid_problem(state: State, sid: int) -> str | None:
    if sid in state.collections["traits"].rows:
        return None
    if sid in state.collections["segments"].rows:
        return f"{sid}T is a segment, not a trait"
    return f"trait {sid} does not exist"


def _frequency_problems(state: State, function: Frequency) -> list[str]:
    traits = state.collections["traits"].rows
    problems = ["recency must be greater than 0"] if function.days == 0 else []
    return problems + [
        f"trait {sid}: recency and frequency need a rule-based or folder trait"
        for sid in function.sids
        if sid in traits and traits[sid]["traitType"] not in WITH_FREQUENCY
    ]


def _all_negated(node: Node, *, negated: bool = False) -> bool:
    """Whether an odd number of NOT stands over every operand."""
    if isinstance(node, Frequency) or node[0] == "sid":
        return negated
    return all(_all_negated(part, negated=negated != (node[0] == "not")) for part in node[1:])


def _holds_for_nobody(node: Node) -> bool:
    """Whether a visitor who never did anything is in."""
    if isinstance(node, Frequency):
        return node.is_cap
    match node[0]:
        case "and":
            return all(_holds_for_nobody(part) for part in node[1:])
        case "or":
            return any(_holds_for_nobody(part) for part in node[1:])
        case "not":
            return not _holds_for_nobody(node[1])
        case _:
            return False


def expression_tree(node: Node) -> dict[str, Any]:
    """Return a rule in the form the portal's parser reads."""
    if isinstance(node, Frequency):
        frequency: dict[str, Any] = {"list": list(node.sids)}
        if node.days is not None:
            frequency |= {"op": node.recency_op, "value": node.days, "units": "D"}
        return {"expressionName": node.op, "value": node.value, "frequency": frequency}
    match node[0]:
        case "sid":
            return {"sid": node[1]}
        case "not":
            return {"expressionName": "not", "expr": expression_tree(node[1])}
        case name:
            return _pair(name, node[1:])


def _pair(name: str, parts: tuple[Node, ...]) -> dict[str, Any]:
    """Return a chain as pairs of pairs, so that a long one is not deep. How AAM pairs is not known."""
    if len(parts) == 1:
        return expression_tree(parts[0])
    middle = (len(parts) + 1) // 2
    return {"expressionName": name, "expr1": _pair(name, parts[:middle]), "expr2": _pair(name, parts[middle:])}
