"""Objects put straight into the account, past every rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_provider_aam.emulator.aam.datasources.routes import DATA_SOURCES
from airflow_provider_aam.emulator.aam.derived_signals.routes import DERIVED_SIGNALS
from airflow_provider_aam.emulator.aam.destinations.routes import DESTINATIONS
from airflow_provider_aam.emulator.aam.mappings.routes import MAPPINGS
from airflow_provider_aam.emulator.aam.models.routes import MODELS
from airflow_provider_aam.emulator.aam.segments.routes import SEGMENTS
from airflow_provider_aam.emulator.aam.traits.routes import TRAITS
from airflow_provider_aam.emulator.core.state import DEFAULT_MERGE_RULE_ID, PID, TECHNICAL_USER_ID

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.collection import Row
    from airflow_provider_aam.emulator.core.state import State

RESOURCES = {
    each.name: each for each in (TRAITS, SEGMENTS, DATA_SOURCES, DESTINATIONS, MAPPINGS, DERIVED_SIGNALS, MODELS)
}
OF_A_DATA_SOURCE = ("traits", "segments")
FOLDERS = ("trait_folders", "segment_folders")
# What an object put here gets where neither the caller nor the resource's declared default says anything.
FILLED: dict[str, Row] = {
    "traits": {"name": "A trait", "traitType": "RULE_BASED_TRAIT", "folderId": 0, "traitRule": 'c_page == "home"'},
    "segments": {"name": "A segment", "folderId": 0, "mergeRuleDataSourceId": DEFAULT_MERGE_RULE_ID, "segmentRule": ""},
    "data_sources": {"name": "A data source"},
    "destinations": {"name": "A destination", "destinationType": "PUSH"},
    "mappings": {"destinationId": 0, "sid": 0, "startDate": "2026-01-01"},
    "derived_signals": {"sourceKey": "c_a", "sourceValue": "1", "targetKey": "c_b", "targetValue": "2"},
    "models": {"name": "A model", "algoTypeId": 1, "lookBackPeriod": 30, "dataSources": [], "sid": 0},
}


def template(state: State, name: str) -> Row:
    """Return a row with every field of a resource at its default, in the order AAM prints them, and no id yet."""
    resource = RESOURCES[name]
    values = {each.name: each.default for each in resource.fields if each.writable}
    return resource.stamped(state, values | FILLED[name], key=0, user_id=TECHNICAL_USER_ID)


def add_objects(state: State, name: str, objects: list[Row]) -> list[Row]:
    """Store objects without checking them; what they do not say is filled in. Returns them as stored."""
    if name not in state.collections:
        raise ValueError(f"unknown collection {name!r}; known: {', '.join(state.collections)}")
    return [_add(state, name, each) for each in objects]


def _add(state: State, name: str, given: Row) -> Row:
    collection = state.collections[name]
    if name in RESOURCES:
        row = template(state, name)
        if name in OF_A_DATA_SOURCE and "dataSourceId" not in given:
            row["dataSourceId"] = first_data_source(state)
    elif name in FOLDERS:
        row = {"folderId": 0, "parentFolderId": 0, "pid": PID, "name": "A folder"}
    else:
        row = {collection.id_field: 0, "pid": PID}
    row |= given
    if collection.id_field in given:
        state.note_id(name, given[collection.id_field])
    else:
        row[collection.id_field] = state.next_id(name)
    return _put(state, name, row)


def _put(state: State, name: str, row: Row) -> Row:
    if name in RESOURCES:
        row = RESOURCES[name].completed(state, row)
    state.collections[name].put(row)
    return row


def first_data_source(state: State) -> int:
    """Return the lowest data source; one is made if there is none, since every trait and segment needs one."""
    sources = state.collections["data_sources"]
    if not sources.ids:
        add_objects(state, "data_sources", [{"name": "Web behaviour", "integrationCode": "web"}])
    return sources.ids[0]


def put_rows(state: State, name: str, rows: list[dict[str, Any]]) -> list[int]:
    """Store complete rows under new ids and return these."""
    collection = state.collections[name]
    ids = []
    for row in rows:
        key = row[collection.id_field] = state.next_id(name)
        _put(state, name, row)
        ids.append(key)
    return ids
