"""What must hold of a trait."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_provider_aam.emulator.aam.references import reference_problems
from airflow_provider_aam.emulator.aam.traits.expression import trait_rule_problem
from airflow_provider_aam.emulator.aam.traits.fields import CONVERSION_TYPE
from airflow_provider_aam.emulator.aam.traits.metrics import trait_metrics
from airflow_provider_aam.emulator.core.listing import all_of, equal, equal_id
from airflow_provider_aam.emulator.core.refusals import limit_exceeded
from airflow_provider_aam.emulator.core.resource import PERMISSIONS

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_provider_aam.emulator.core.call import Call
    from airflow_provider_aam.emulator.core.collection import Row
    from airflow_provider_aam.emulator.core.state import State

LIMIT_OF_TYPE = {
    "RULE_BASED_TRAIT": "rule_based_traits",
    "ON_BOARDED_TRAIT": "onboarded_traits",
    "ALGO_TRAIT": "algo_traits",
}


def problems(state: State, values: Row, key: int | None) -> list[str]:  # noqa: ARG001
    """Return what is wrong with a trait about to be stored."""
    found = reference_problems(state, values, folders="trait_folders")
    if values.get("type") and values["type"] not in state.collections["trait_types"].rows:
        found.append("type: does not exist")
    rule, trait_type = values.get("traitRule"), values.get("traitType")
    if rule:
        if problem := trait_rule_problem(rule):
            found.append(f"traitRule: invalid expression: {problem}")
    elif trait_type == "RULE_BASED_TRAIT" and values.get("type") != CONVERSION_TYPE:
        found.append("traitRule: may not be empty")
    if trait_type == "ALGO_TRAIT" and values.get("algoModelId") is None:
        found.append("algoModelId: may not be empty")
    model = values.get("algoModelId")
    if model is not None and model not in state.collections["models"].rows:
        found.append("algoModelId: does not exist")
    return found


def limit(state: State, values: Row) -> None:
    """Refuse a trait too many, in all or of its type."""
    limits, collection = state.settings.limits, state.collections["traits"]
    if len(collection) >= limits["traits"]:
        raise limit_exceeded("traits", limits["traits"])
    trait_type = values["traitType"]
    if collection.types[trait_type] >= limits[LIMIT_OF_TYPE[trait_type]]:
        raise limit_exceeded(f"traits of type {trait_type}", limits[LIMIT_OF_TYPE[trait_type]])


def usage(state: State) -> list[dict[str, Any]]:
    """Return how many there are and how many there may be; AAM's shape is unpublished, this one is inferred."""
    limits, collection = state.settings.limits, state.collections["traits"]
    rows = [{"type": "TOTAL", "limit": limits["traits"], "count": len(collection)}]
    for trait_type, name in LIMIT_OF_TYPE.items():
        rows.append({"type": trait_type, "limit": limits[name], "count": collection.types[trait_type]})
    return rows


def keep(call: Call) -> Callable[[Row], bool] | None:
    """Return the list's filter. `permissions` filters nothing: the caller has all of them."""
    return all_of(
        equal_id(call, "folderId")
        + equal_id(call, "dataSourceId")
        + equal(call, "integrationCode")
        + equal(call, "restrictType", "traitType")
        + equal_id(call, "usesModel", "algoModelId")
    )


def extras(call: Call, *, one: bool) -> Callable[[Row], dict[str, Any]] | None:  # noqa: ARG001
    """Return what `includeMetrics` and `includePermissions` add to a row."""
    metrics, permissions = call.flag("includeMetrics"), call.flag("includePermissions")
    if not metrics and not permissions:
        return None
    granted = {"permissions": PERMISSIONS} if permissions else {}
    return lambda row: (trait_metrics(call.state, row) if metrics else {}) | granted


def changed(state: State, old: Row | None, row: Row) -> None:
    """Count and keep the versions of the rule."""
    if old is not None and old.get("traitRule") == row.get("traitRule"):
        return
    if old is not None:
        history = state.rule_versions.setdefault(row["sid"], [version_of(old)])
        row["traitRuleVersion"] = old["traitRuleVersion"] + 1
        history.append(version_of(row))


def version_of(row: Row) -> dict[str, Any]:
    """Return one entry of `trait-rule/versions`; its fields are inferred."""
    return {
        "sid": row["sid"],
        "traitRuleVersion": row["traitRuleVersion"],
        "traitRule": row["traitRule"],
        "updateTime": row["updateTime"],
        "upUID": row["upUID"],
    }
