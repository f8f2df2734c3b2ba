"""What must hold of a model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_provider_aam.emulator.core.listing import all_of
from airflow_provider_aam.emulator.core.refusals import Refusal, limit_exceeded
from airflow_provider_aam.emulator.core.resource import PERMISSIONS

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_provider_aam.emulator.core.call import Call
    from airflow_provider_aam.emulator.core.collection import Row
    from airflow_provider_aam.emulator.core.state import State

ALGORITHM = {"algoTypeId": 1, "name": "TraitWeight", "description": "TF-IDF"}


def problems(state: State, values: Row, key: int | None) -> list[str]:
    """Return what is wrong with a model about to be stored."""
    found, traits = [], state.collections["traits"].rows
    if values.get("algoTypeId") not in (None, ALGORITHM["algoTypeId"]):
        found.append("algoTypeId: does not exist")
    sid = values.get("sid")
    if sid is not None and sid not in traits and sid not in state.collections["segments"].rows:
        found.append("sid: does not exist")
    sources = state.collections["data_sources"].rows
    found += [f"dataSources: {each} does not exist" for each in values.get("dataSources") or [] if each not in sources]
    excluded, maximum = values.get("excludedTraits") or [], state.settings.limits["excluded_traits_per_model"]
    found += [f"excludedTraits: {each} does not exist" for each in excluded if each not in traits]
    if len(excluded) > maximum:
        found.append(f"excludedTraits: can be {maximum}")
    if key is not None and not found:
        _refuse_one_active_too_many(state, values, key)
    return found


def limit(state: State, values: Row) -> None:
    """Refuse an active model too many."""
    _refuse_one_active_too_many(state, values, None)


def _refuse_one_active_too_many(state: State, values: Row, key: int | None) -> None:
    maximum, rows = state.settings.limits["active_models"], state.collections["models"].rows
    others = sum(row["status"] == "ACTIVE" for other, row in rows.items() if other != key)
    if values.get("status") == "ACTIVE" and others >= maximum:
        raise limit_exceeded("active models", maximum)


def usage(state: State) -> list[dict[str, Any]]:
    """Return how many there are and how many there may be; AAM's shape is unpublished, this one is inferred."""
    active = sum(row["status"] == "ACTIVE" for row in state.collections["models"].rows.values())
    return [{"type": "ACTIVE", "limit": state.settings.limits["active_models"], "count": active}]


def in_use(state: State, row: Row) -> None:
    """400 with the ids of the active traits that use the model [doc]."""
    traits = state.collections["traits"]
    users = traits.with_value("algoModelId", row["algoModelId"])
    if active := [sid for sid in users if traits.rows[sid]["status"] == "ACTIVE"]:
        raise Refusal(400, active)


def keep(call: Call) -> Callable[[Row], bool] | None:
    """Return the list's filter."""
    conditions: list[Callable[[Row], bool]] = []
    uses, seed = call.integer("usesDataSource"), call.integer("containsSeedFromDataSource")
    if uses is not None:
        conditions.append(lambda row: uses in row["dataSources"])
    if seed is not None:
        conditions.append(lambda row: (_baseline(call.state, row) or {}).get("dataSourceId") == seed)
    return all_of(conditions)


def extras(call: Call, *, one: bool) -> Callable[[Row], dict[str, Any]] | None:
    """Return what the `include…` parameters add to a row."""
    kind, permissions = one and call.flag("returnbaselinetraittype"), call.flag("includePermissions")
    if not kind and not permissions:
        return None
    granted: dict[str, Any] = {"permissions": PERMISSIONS} if permissions else {}

    def of(row: Row) -> dict[str, Any]:
        baseline = _baseline(call.state, row)
        return granted | ({"baselineTraitType": baseline["traitType"] if baseline else None} if kind else {})

    return of


def _baseline(state: State, row: Row) -> Row | None:
    sid = row["sid"]
    return state.collections["traits"].rows.get(sid) or state.collections["segments"].rows.get(sid)
