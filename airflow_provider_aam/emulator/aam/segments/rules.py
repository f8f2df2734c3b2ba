"""What must hold of a segment, and what a row can tell next to its fields."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from airflow_provider_aam.emulator.aam.mappings.rules import element_of
from airflow_provider_aam.emulator.aam.segments.expression import (
    Frequency,
    Node,
    expression_tree,
    frequencies_of,
    parse_segment_rule,
    sids_of,
)
from airflow_provider_aam.emulator.core.refusals import still_mapped
from airflow_provider_aam.emulator.core.state import DEFAULT_MERGE_RULE_ID

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.collection import Row
    from airflow_provider_aam.emulator.core.state import State

# Recency and frequency work on rule-based and folder traits only [doc; the AAM UI refuses the others].
WITH_FREQUENCY = ("RULE_BASED_TRAIT", "FOLDER_TRAIT", "FOLDER")
_SID = re.compile(r"(\d+)T", re.IGNORECASE)


def problems(state: State, values: Row, key: int | None) -> list[str]:  # noqa: ARG001
    """Return what is wrong with a segment about to be stored; the default merge rule is filled in."""
    if values.get("mergeRuleDataSourceId") is None:
        values["mergeRuleDataSourceId"] = DEFAULT_MERGE_RULE_ID
    rule = values.get("segmentRule")
    return [f"segmentRule: {problem}" for problem in segment_rule_problems(state, rule)] if rule else []


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
    """Whether an odd number of NOT is over every operand."""
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


def in_use(state: State, row: Row) -> None:
    """Refuse to delete a segment that is mapped to destinations."""
    if mapped := state.collections["mappings"].with_value("sid", row["sid"]):
        raise still_mapped("Segment", row["sid"], len(mapped))


def changed(state: State, old: Row | None, row: Row) -> None:
    """Let the segment's mappings show its new name, description and status."""
    if old is None or all(old[name] == row[name] for name in ("name", "description", "status")):
        return
    mappings = state.collections["mappings"]
    for key in list(mappings.with_value("sid", row["sid"])):
        mappings.put(mappings.rows[key] | element_of(row))


def names_trait(row: Row, sid: int) -> bool:
    """Whether the rule names a trait."""
    return str(sid) in _SID.findall(row["segmentRule"])


def use_of(state: State, row: Row) -> dict[str, Any]:
    """Return which destinations it is mapped to."""
    mappings = state.collections["mappings"]
    destinations = {mappings.rows[key]["destinationId"] for key in mappings.with_value("sid", row["sid"])}
    return {"inUse": bool(destinations), "mappedEntities": {"destinations": sorted(destinations)}}


def test_groups_of(state: State, row: Row) -> dict[str, Any]:
    """Return the test groups that split it."""
    groups = state.collections["segment_test_groups"]
    return {"segmentTestGroupIds": [key for key in groups.ids if groups.rows[key]["baseSegmentSid"] == row["sid"]]}


def data_sources_of_traits(state: State, row: Row) -> dict[str, Any]:
    """Return the data sources of the traits in its rule."""
    traits = state.collections["traits"].rows
    sids = [int(sid) for sid in _SID.findall(row["segmentRule"])]
    return {"traitDataSourceIds": sorted({traits[sid]["dataSourceId"] for sid in sids if sid in traits})}


def tree_of(state: State, row: Row) -> dict[str, Any]:  # noqa: ARG001
    """Return its parsed rule; one that cannot be parsed was put there by a test."""
    try:
        tree = parse_segment_rule(row["segmentRule"])
    except ValueError:
        return {"traits": [], "mappableTraits": [], "hiddenTraits": [], "codeViewOnly": True, "expressionTree": None}
    sids, shown = sids_of(tree), expression_tree(tree)
    return {"traits": sids, "mappableTraits": sids, "hiddenTraits": [], "codeViewOnly": False, "expressionTree": shown}
