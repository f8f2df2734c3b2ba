"""What must hold of a model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_provider_aam.emulator.core.limits import Limit
from airflow_provider_aam.emulator.core.refusals import Refusal

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.call import Call
    from airflow_provider_aam.emulator.core.collection import Row
    from airflow_provider_aam.emulator.core.listing import Condition
    from airflow_provider_aam.emulator.core.state import State

ALGORITHM = {"algoTypeId": 1, "name": "TraitWeight", "description": "TF-IDF"}
ACTIVE = Limit("active_models", 20, "active models", "status", "ACTIVE", on_update=True)
EXCLUDED = Limit("excluded_traits_per_model", 500, "excluded traits", of_one=True)


def problems(state: State, values: Row, key: int | None) -> list[str]:  # noqa: ARG001
    """Return what is wrong with a model about to be stored."""
    found, maximum = [], state.settings.limits[EXCLUDED.name]
    if values.get("algoTypeId") not in (None, ALGORITHM["algoTypeId"]):
        found.append("algoTypeId: does not exist")
    if len(values.get("excludedTraits") or []) > maximum:
        found.append(f"excludedTraits: can be {maximum}")
    return found


def in_use(state: State, row: Row) -> None:
    """400 with the ids of the active traits that use the model [doc]."""
    traits = state.collections["traits"]
    users = traits.with_value("algoModelId", row["algoModelId"])
    if active := [sid for sid in users if traits.rows[sid]["status"] == "ACTIVE"]:
        raise Refusal(400, active)


def keep(call: Call) -> list[Condition]:
    """Return the condition that `containsSeedFromDataSource` puts."""
    seed = call.integer("containsSeedFromDataSource")
    return [] if seed is None else [lambda row: (_baseline(call.state, row) or {}).get("dataSourceId") == seed]


def baseline_type(state: State, row: Row) -> dict[str, Any]:
    """Return what the model finds others alike to."""
    baseline = _baseline(state, row)
    return {"baselineTraitType": baseline["traitType"] if baseline else None}


def _baseline(state: State, row: Row) -> Row | None:
    sid = row["sid"]
    return state.collections["traits"].rows.get(sid) or state.collections["segments"].rows.get(sid)
