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
WITH_FREQUENCY = ("RULE_BASED_TRAIT", "FOLDER_TRAIT")


def segment_rule_problems(state: State, rule: str) -> list[str]:
    """Return all that is wrong with a rule; the semantic checks but the one on frequency caps are inferred."""
    try:
        tree = parse_segment_rule(rule)
    except ValueError as error:
        return [f"invalid expression: {error}"]
    problems = [each for each in (_sid_problem(state, sid) for sid in sids_of(tree)) if each]
    if not _asks_for_something(tree) or _holds_for_nobody(tree):
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


def _asks_for_something(node: Node) -> bool:
    """Whether there is an operand that is neither negated nor a cap."""
    if isinstance(node, Frequency):
        return not node.is_cap
    match node[0]:
        case "sid":
            return True
        case "not":
            return False
        case _:
            return _asks_for_something(node[1]) or _asks_for_something(node[2])


def _holds_for_nobody(node: Node) -> bool:
    """Whether a cap alone can fulfil the rule, so that a visitor who never did anything is in."""
    if isinstance(node, Frequency):
        return node.is_cap
    match node[0]:
        case "and":
            return _holds_for_nobody(node[1]) and _holds_for_nobody(node[2])
        case "or":
            return _holds_for_nobody(node[1]) or _holds_for_nobody(node[2])
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
            return {"expressionName": name, "expr1": expression_tree(node[1]), "expr2": expression_tree(node[2])}
