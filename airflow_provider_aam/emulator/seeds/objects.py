"""Objects put straight into the account, past every rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.collection import Row
    from airflow_provider_aam.emulator.core.state import State


def add_objects(state: State, name: str, objects: list[Row]) -> list[Row]:
    """Store objects without checking them; what they do not say is filled in. Returns them as stored."""
    if name not in state.collections:
        raise ValueError(f"unknown collection {name!r}; known: {', '.join(state.collections)}")
    return [_add(state, name, each) for each in objects]


def _add(state: State, name: str, given: Row) -> Row:
    row = base_row(state, name, given)
    id_field = state.resources[name].id_field
    if id_field in given:
        state.note_id(name, given[id_field])
    else:
        row[id_field] = state.next_id(name)
    return _put(state, name, row)


def base_row(state: State, name: str, given: Row | None = None) -> Row:
    """Return what is given, and all else at its default: a row that only lacks its id."""
    given = given or {}
    resource = state.resources[name]
    row = resource.template(state) | given
    for each in resource.fields:
        if each.required and each.of == ("data_sources",) and row[each.name] is None:
            row[each.name] = first_data_source(state)
    return row


def _put(state: State, name: str, row: Row) -> Row:
    row = state.resources[name].completed(state, row)
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
