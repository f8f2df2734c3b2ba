"""Synthetic objects by the thousand: the same every time, plausible one by one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from airflow_provider_aam.emulator.core.collection import Row
from airflow_provider_aam.emulator.seeds.objects import base_row, first_data_source, put_rows
from airflow_provider_aam.emulator.seeds.words import AUDIENCES, CHANNELS, CODES, PAGES, PRODUCTS, SIGNALS

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.state import State

TRAITS_FOR_RULES = 10


def seed_bulk(state: State, **counts: int) -> None:
    """Add so many of each resource. Limits do not apply.

    Traits and segments need a data source, segments' rules and models traits, mappings a segment and a destination:
    if the account has none, one data source, ten traits, one segment, one destination are added.
    """
    if unknown := sorted(set(counts) - set(state.resources)):
        raise ValueError(f"unknown collection {', '.join(unknown)}; known: {', '.join(state.resources)}")
    if counts.get("mappings"):
        for name in ("segments", "destinations"):
            counts[name] = counts.get(name) or int(not state.collections[name].ids)
    if (counts.get("segments") or counts.get("models")) and not state.collections["traits"].ids:
        counts["traits"] = counts.get("traits") or TRAITS_FOR_RULES
    for name in [each for each in _SAMPLES if each in counts] + [each for each in counts if each not in _SAMPLES]:
        if counts[name]:
            _add(state, name, counts[name])


def _add(state: State, name: str, count: int) -> None:
    start, base = len(state.collections[name]), base_row(state, name)
    if name in ("trait_folders", "segment_folders"):
        _nest(state, name, base, start, count)
        return
    noun = state.resources[name].noun
    sample = _SAMPLES.get(name) or (lambda _, n: {"name": f"{noun} {n}"} if "name" in base else {})
    put_rows(state, name, [base | sample(state, n) for n in range(start + 1, start + count + 1)])


def _nest(state: State, name: str, base: Row, start: int, count: int) -> None:
    """Nest by hundreds: every hundredth folder is a new branch of the root, the others are its children."""
    branch = 0
    for n in range(start + 1, start + count + 1):
        branch = 0 if n % 100 == 1 else branch
        (key,) = put_rows(state, name, [base | _folder(state, n) | {"parentFolderId": branch}])
        branch = branch or key


def _data_source(state: State, n: int) -> Row:  # noqa: ARG001
    return {"name": f"{CHANNELS[n % len(CHANNELS)]} data {n}", "integrationCode": f"source-{n:04d}"}


def _folder(state: State, n: int) -> Row:  # noqa: ARG001
    return {"name": f"{CHANNELS[n % len(CHANNELS)]} {n}"}


def _trait(state: State, n: int) -> Row:
    folders = state.collections["trait_folders"].ids or [0]
    page, product = PAGES[n % len(PAGES)], PRODUCTS[n // len(PAGES) % len(PRODUCTS)]
    return {
        "name": f"{page} · {product} {n}",
        "description": f"Visited {page} and looked at {product}",
        "folderId": folders[n % len(folders)],
        "integrationCode": f"trait-{n:06d}",
        "traitRule": f'{SIGNALS[n % len(SIGNALS)]} == "{CODES[n % len(CODES)]}" AND c_item == "{n}"',
    }


def _segment(state: State, n: int) -> Row:
    folders, sids = state.collections["segment_folders"].ids or [0], state.collections["traits"].ids
    audience, product = AUDIENCES[n % len(AUDIENCES)], PRODUCTS[n // len(AUDIENCES) % len(PRODUCTS)]
    traits = dict.fromkeys((f"{sids[n % len(sids)]}T", f"{sids[n * 7 % len(sids)]}T"))
    return {
        "name": f"{audience} · {product} {n}",
        "description": f"{audience} interested in {product}, for activation",
        "folderId": folders[n % len(folders)],
        "integrationCode": f"segment-{n:06d}",
        "segmentRule": (" AND " if n % 3 else " OR ").join(traits),
    }


def _destination(state: State, n: int) -> Row:  # noqa: ARG001
    """A serialized URL destination."""
    address = f"://d{n}.example.com/s?d=%ALIAS%"
    urls = {"urlFormatString": f"http{address}", "secureUrlFormatString": f"https{address}", "delimiter": ","}
    return {"name": f"{CHANNELS[n % len(CHANNELS)]} {n}", "serializationEnabled": True, **urls}


def _mapping(state: State, n: int) -> Row:
    """Spread over destinations and segments; few segments are mapped twice to one destination."""
    destinations, sids = state.collections["destinations"].ids, state.collections["segments"].ids
    turn, place = divmod(n - 1, len(destinations))
    sid = sids[(turn + place) % len(sids)]
    aliases = {"traitAlias": str(sid), "valueAlias": str(sid), "url": f"https://x.example.com/{sid}"}
    return {"destinationId": destinations[place], "sid": sid, **aliases}


def _derived_signal(state: State, n: int) -> Row:  # noqa: ARG001
    target = {"targetKey": "c_group", "targetValue": CODES[n % len(CODES)]}
    return {"sourceKey": "c_item", "sourceValue": str(n), **target}


def _model(state: State, n: int) -> Row:
    """It never ran."""
    sids = state.collections["traits"].ids
    return {"name": f"Look-alikes {n}", "dataSources": [first_data_source(state)], "sid": sids[n % len(sids)]}


# In the order of what they need. Of other resources nothing but a name is made up.
_SAMPLES: dict[str, Callable[[State, int], Row]] = {
    "data_sources": _data_source,
    "trait_folders": _folder,
    "segment_folders": _folder,
    "traits": _trait,
    "segments": _segment,
    "destinations": _destination,
    "mappings": _mapping,
    "derived_signals": _derived_signal,
    "models": _model,
}
