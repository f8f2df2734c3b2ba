"""What must hold of a trait, and the versions of its rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_provider_aam.emulator.aam.traits.expression import trait_rule_problem
from airflow_provider_aam.emulator.aam.traits.fields import CONVERSION_TYPE

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.collection import Row
    from airflow_provider_aam.emulator.core.state import State


def problems(state: State, values: Row, key: int | None) -> list[str]:  # noqa: ARG001
    """Return what is wrong with a trait about to be stored."""
    found = []
    rule, trait_type = values.get("traitRule"), values.get("traitType")
    if rule:
        if problem := trait_rule_problem(rule):
            found.append(f"traitRule: invalid expression: {problem}")
    elif trait_type == "RULE_BASED_TRAIT" and values.get("type") != CONVERSION_TYPE:
        found.append("traitRule: may not be empty")
    if trait_type == "ALGO_TRAIT" and values.get("algoModelId") is None:
        found.append("algoModelId: may not be empty")
    return found


def changed(state: State, old: Row | None, row: Row) -> None:
    """Count and keep the versions of the rule."""
    if old is not None and old.get("traitRule") != row.get("traitRule"):
        history = state.rule_versions.setdefault(row["sid"], [version_of(old)])
        row["traitRuleVersion"] = old["traitRuleVersion"] + 1
        history.append(version_of(row))


def version_of(row: Row) -> dict[str, Any]:
    """Return one entry of `trait-rule/versions`; its fields are inferred."""
    return {name: row[name] for name in ("sid", "traitRuleVersion", "traitRule", "updateTime", "upUID")}
