"""What must hold of a segment."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from airflow_provider_aam.emulator.aam.mappings.rules import element_of
from airflow_provider_aam.emulator.aam.references import reference_problems
from airflow_provider_aam.emulator.aam.segments.expression import parse_segment_rule, sids_of
from airflow_provider_aam.emulator.aam.segments.meaning import expression_tree, segment_rule_problems
from airflow_provider_aam.emulator.aam.traits.metrics import segment_metrics
from airflow_provider_aam.emulator.core.listing import all_of, equal, equal_id
from airflow_provider_aam.emulator.core.refusals import limit_exceeded, still_mapped
from airflow_provider_aam.emulator.core.resource import PERMISSIONS
from airflow_provider_aam.emulator.core.state import DEFAULT_MERGE_RULE_ID

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_provider_aam.emulator.core.call import Call
    from airflow_provider_aam.emulator.core.collection import Row
    from airflow_provider_aam.emulator.core.state import State

_SID = re.compile(r"(\d+)T", re.IGNORECASE)


def problems(state: State, values: Row, key: int | None) -> list[str]:  # noqa: ARG001
    """Return what is wrong with a segment about to be stored; the default merge rule is filled in."""
    found = reference_problems(state, values, folders="segment_folders")
    merge_rule = values.get("mergeRuleDataSourceId")
    if merge_rule is None:
        values["mergeRuleDataSourceId"] = DEFAULT_MERGE_RULE_ID
    elif merge_rule != DEFAULT_MERGE_RULE_ID and merge_rule not in state.collections["data_sources"].rows:
        found.append("mergeRuleDataSourceId: does not exist")
    if rule := values.get("segmentRule"):
        found += [f"segmentRule: {problem}" for problem in segment_rule_problems(state, rule)]
    return found


def limit(state: State, values: Row) -> None:  # noqa: ARG001
    """Refuse a segment too many."""
    maximum = state.settings.limits["segments"]
    if len(state.collections["segments"]) >= maximum:
        raise limit_exceeded("segments", maximum)


def keep(call: Call) -> Callable[[Row], bool] | None:
    """Return the list's filter. `permissions` filters nothing: the caller has all of them."""
    conditions = (
        equal_id(call, "folderId")
        + equal_id(call, "dataSourceId")
        + equal_id(call, "mergeRuleDataSourceId")
        + equal(call, "integrationCode")
        + equal(call, "status")
    )
    trait, since = call.integer("containsTrait"), call.integer("updatedSince")
    if trait is not None:
        conditions.append(lambda row: str(trait) in _SID.findall(row["segmentRule"]))
    if since is not None:
        conditions.append(lambda row: row["updateTime"] >= since)
    return all_of(conditions)


def extras(call: Call, *, one: bool) -> Callable[[Row], dict[str, Any]] | None:
    """Return what the `include…` parameters add to a row."""
    parts: list[Callable[[Row], dict[str, Any]]] = []
    if call.flag("includeMetrics"):
        parts.append(lambda row: segment_metrics(call.state, row))
    if call.flag("includePermissions"):
        parts.append(lambda _: {"permissions": PERMISSIONS})
    if call.flag("includeTraitDataSourceIds"):
        parts.append(lambda row: _trait_data_sources(call.state, row))
    if call.flag("includeInUseStatus"):
        parts.append(lambda row: _use(call.state, row))
    if one and call.flag("includeExprTree"):
        parts.append(_tree)
    if one and call.flag("includeSegmentTestGroupIds"):
        parts.append(lambda row: {"segmentTestGroupIds": _test_groups_of(call.state, row["sid"])})
    if not parts:
        return None
    return lambda row: {name: value for part in parts for name, value in part(row).items()}


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


def _use(state: State, row: Row) -> dict[str, Any]:
    mappings = state.collections["mappings"]
    destinations = {mappings.rows[key]["destinationId"] for key in mappings.with_value("sid", row["sid"])}
    return {"inUse": bool(destinations), "mappedEntities": {"destinations": sorted(destinations)}}


def _test_groups_of(state: State, sid: int) -> list[int]:
    groups = state.collections["segment_test_groups"]
    return [key for key in groups.ids if groups.rows[key]["baseSegmentSid"] == sid]


def _trait_data_sources(state: State, row: Row) -> dict[str, Any]:
    traits = state.collections["traits"].rows
    sids = [int(sid) for sid in _SID.findall(row["segmentRule"])]
    return {"traitDataSourceIds": sorted({traits[sid]["dataSourceId"] for sid in sids if sid in traits})}


def _tree(row: Row) -> dict[str, Any]:
    try:
        tree = parse_segment_rule(row["segmentRule"])
    except ValueError:  # put there by a test
        return {"traits": [], "mappableTraits": [], "hiddenTraits": [], "codeViewOnly": True, "expressionTree": None}
    sids = sids_of(tree)
    return {
        "traits": sids,
        "mappableTraits": sids,
        "hiddenTraits": [],
        "codeViewOnly": False,
        "expressionTree": expression_tree(tree),
    }
