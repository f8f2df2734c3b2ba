"""Synthetic destinations, mappings, derived signals and models by the thousand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_provider_aam.emulator.seeds.objects import first_data_source, put_rows, template
from airflow_provider_aam.emulator.seeds.words import CHANNELS, CODES

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.state import State


def seed_destinations(state: State, count: int) -> None:
    """Add serialized URL destinations."""
    base, start = template(state, "destinations"), len(state.collections["destinations"])
    rows = []
    for n in range(start + 1, start + count + 1):
        address = f"://d{n}.example.com/s?d=%ALIAS%"
        urls = {"urlFormatString": f"http{address}", "secureUrlFormatString": f"https{address}", "delimiter": ","}
        rows.append(base | {"name": f"{CHANNELS[n % len(CHANNELS)]} {n}", "serializationEnabled": True} | urls)
    put_rows(state, "destinations", rows)


def seed_mappings(state: State, count: int) -> None:
    """Add mappings, spread over destinations and segments; few segments are mapped twice to one destination."""
    base, start = template(state, "mappings"), len(state.collections["mappings"])
    destinations, sids = state.collections["destinations"].ids, state.collections["segments"].ids
    rows = []
    for n in range(start, start + count):
        turn, place = divmod(n, len(destinations))
        sid = sids[(turn + place) % len(sids)]
        aliases = {"traitAlias": str(sid), "valueAlias": str(sid), "url": f"https://x.example.com/{sid}"}
        rows.append(base | {"destinationId": destinations[place], "sid": sid, **aliases})
    put_rows(state, "mappings", rows)


def seed_derived_signals(state: State, count: int) -> None:
    """Add derived signals, each with a source of its own."""
    base, start = template(state, "derived_signals"), len(state.collections["derived_signals"])
    rows = []
    for n in range(start + 1, start + count + 1):
        target = {"targetKey": "c_group", "targetValue": CODES[n % len(CODES)]}
        rows.append(base | {"sourceKey": "c_item", "sourceValue": str(n)} | target)
    put_rows(state, "derived_signals", rows)


def seed_models(state: State, count: int) -> None:
    """Add models that never ran."""
    if not count:
        return
    base, start = template(state, "models"), len(state.collections["models"])
    sources, sids = [first_data_source(state)], state.collections["traits"].ids
    numbers = range(start + 1, start + count + 1)
    rows = [base | {"name": f"Look-alikes {n}", "dataSources": sources, "sid": sids[n % len(sids)]} for n in numbers]
    put_rows(state, "models", rows)
