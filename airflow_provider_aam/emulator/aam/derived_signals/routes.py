"""The fields, rules and routes of derived signals [doc: the methods' text of 2018]."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_provider_aam.emulator.core.crud import crud_routes
from airflow_provider_aam.emulator.core.fields import Field
from airflow_provider_aam.emulator.core.refusals import conflict, limit_exceeded
from airflow_provider_aam.emulator.core.resource import Resource

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.collection import Row
    from airflow_provider_aam.emulator.core.state import State

FIELDS = (
    Field(name="sourceKey", kind="string", required=True, about="Key of the signal that is seen."),
    Field(name="sourceValue", kind="string", required=True, about="Its value; the pair is unique."),
    Field(name="targetKey", kind="string", required=True, about="Key of the signal that is added."),
    Field(name="targetValue", kind="string", required=True, about="Its value."),
    Field(name="integrationCode", kind="string", about="The customer's own id."),
    Field(name="derivedSignalId", kind="integer", writable=False, about="Id."),
    Field(name="pid", kind="integer", writable=False, about="Partner id."),
    Field(name="version", kind="integer", writable=False, about="Counts changes; from 1 is inferred."),
    Field(name="createTime", kind="integer", writable=False, about="Epoch milliseconds."),
    Field(name="updateTime", kind="integer", writable=False, about="Epoch milliseconds."),
    Field(name="crUID", kind="integer", writable=False, about="User who created it."),
    Field(name="upUID", kind="integer", writable=False, about="User who changed it last."),
)


def _problems(state: State, values: Row, key: int | None) -> list[str]:
    """409 for a source that another one has already."""
    collection = state.collections["derived_signals"]
    for other in collection.with_value("sourceValue", values.get("sourceValue")):
        if other != key and collection.rows[other]["sourceKey"] == values.get("sourceKey"):
            source = f"{values['sourceKey']}={values['sourceValue']}"
            raise conflict(f"Derived signal {other} has the source {source} already.")
    return []


def _limit(state: State, values: Row) -> None:  # noqa: ARG001
    maximum = state.settings.limits["derived_signals"]
    if len(state.collections["derived_signals"]) >= maximum:
        raise limit_exceeded("derived signals", maximum)


def _changed(state: State, old: Row | None, row: Row) -> None:  # noqa: ARG001
    if old is not None:
        row["version"] = old["version"] + 1


DERIVED_SIGNALS = Resource(
    name="derived_signals",
    noun="Derived signal",
    path="/v1/signals/derived",
    id_field="derivedSignalId",
    fields=FIELDS,
    constants={"version": 1},
    problems=_problems,
    limit=_limit,
    changed=_changed,
)

ROUTES = crud_routes(DERIVED_SIGNALS, tag="Derived signals", verbs=("list", "create", "get", "update", "delete"))
