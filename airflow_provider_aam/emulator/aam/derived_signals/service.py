"""Derived signals [doc: the methods' text of 2018]."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_provider_aam.emulator.core.fields import Field
from airflow_provider_aam.emulator.core.limits import Limit
from airflow_provider_aam.emulator.core.refusals import conflict
from airflow_provider_aam.emulator.core.resource import Resource
from airflow_provider_aam.emulator.core.service import Service

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.collection import Row
    from airflow_provider_aam.emulator.core.state import State


def _problems(state: State, values: Row, key: int | None) -> list[str]:
    """409 for a source that another one has already."""
    collection = state.collections["derived_signals"]
    for other in collection.with_value("sourceValue", values.get("sourceValue")):
        if other != key and collection.rows[other]["sourceKey"] == values.get("sourceKey"):
            source = f"{values['sourceKey']}={values['sourceValue']}"
            raise conflict(f"Derived signal {other} has the source {source} already.")
    return []


def _changed(state: State, old: Row | None, row: Row) -> None:  # noqa: ARG001
    if old is not None:
        row["version"] = old["version"] + 1


DERIVED_SIGNALS = Resource(
    name="derived_signals",
    noun="Derived signal",
    path="/v1/signals/derived",
    id_field="derivedSignalId",
    first_id=9_001,
    verbs=("list", "create", "get", "update", "delete"),
    fields=(
        Field("sourceKey", "string", "Key of the signal that is seen.", required=True),
        Field("sourceValue", "string", "Its value; the pair is unique.", required=True),
        Field("targetKey", "string", "Key of the signal that is added.", required=True),
        Field("targetValue", "string", "Its value.", required=True),
        Field("integrationCode", "string", "The customer's own id."),
        Field("version", "integer", "Counts changes; from 1 is inferred.", writable=False),
    ),
    indexed=("sourceValue",),
    limits=(Limit("derived_signals", 50_000, "derived signals"),),
    filled={"sourceKey": "c_a", "sourceValue": "1", "targetKey": "c_b", "targetValue": "2"},
    constants={"version": 1},
    problems=_problems,
    changed=_changed,
)

SERVICE = Service(
    tag="Derived signals",
    about="Signals that AAM adds when it sees another one.",
    resources=(DERIVED_SIGNALS,),
)
