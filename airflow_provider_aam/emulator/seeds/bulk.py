"""Synthetic objects by the thousand: the same every time, plausible one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_provider_aam.emulator.core.state import PID
from airflow_provider_aam.emulator.seeds.bulk_activation import (
    seed_derived_signals,
    seed_destinations,
    seed_mappings,
    seed_models,
)
from airflow_provider_aam.emulator.seeds.objects import add_objects, first_data_source, put_rows, template
from airflow_provider_aam.emulator.seeds.words import AUDIENCES, CHANNELS, CODES, PAGES, PRODUCTS, SIGNALS

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.state import State

TRAITS_FOR_RULES = 10


def seed_bulk(
    state: State,
    *,
    segments: int = 0,
    traits: int = 0,
    data_sources: int = 0,
    trait_folders: int = 0,
    segment_folders: int = 0,
    destinations: int = 0,
    mappings: int = 0,
    derived_signals: int = 0,
    models: int = 0,
) -> None:
    """Add so many of each. Limits do not apply.

    Traits and segments need a data source, segments' rules and models traits, mappings a segment and a destination:
    if the account has none, one data source, ten traits, one segment, one destination are added.
    """
    _data_sources(state, data_sources)
    _folders(state, "trait_folders", trait_folders)
    _folders(state, "segment_folders", segment_folders)
    _traits(state, traits)
    segments = segments or int(bool(mappings) and not state.collections["segments"].ids)
    if (segments or models) and not state.collections["traits"].ids:
        _traits(state, TRAITS_FOR_RULES)
    _segments(state, segments)
    seed_destinations(state, destinations or int(bool(mappings) and not state.collections["destinations"].ids))
    seed_mappings(state, mappings)
    seed_derived_signals(state, derived_signals)
    seed_models(state, models)


def _data_sources(state: State, count: int) -> None:
    start = len(state.collections["data_sources"])
    numbers = range(start + 1, start + count + 1)
    made = [{"name": f"{CHANNELS[n % len(CHANNELS)]} data {n}", "integrationCode": f"source-{n:04d}"} for n in numbers]
    add_objects(state, "data_sources", made)


def _folders(state: State, name: str, count: int) -> None:
    """Nest by hundreds: every hundredth folder is a new branch of the root, the others are its children."""
    branch, start = 0, len(state.collections[name])
    for n in range(start + 1, start + count + 1):
        branch = 0 if n % 100 == 1 else branch
        word = CHANNELS[n % len(CHANNELS)]
        row = {"parentFolderId": branch, "pid": PID, "name": f"{word} {n}"}
        (key,) = put_rows(state, name, [{"folderId": 0, **row}])
        branch = branch or key


def _traits(state: State, count: int) -> None:
    if not count:
        return
    base, source, start = template(state, "traits"), first_data_source(state), len(state.collections["traits"])
    folders = state.collections["trait_folders"].ids or [0]
    rows = []
    for n in range(start + 1, start + count + 1):
        page, product = PAGES[n % len(PAGES)], PRODUCTS[n // len(PAGES) % len(PRODUCTS)]
        rows.append(
            base
            | {
                "name": f"{page} · {product} {n}",
                "description": f"Visited {page} and looked at {product}",
                "traitType": "RULE_BASED_TRAIT",
                "dataSourceId": source,
                "folderId": folders[n % len(folders)],
                "integrationCode": f"trait-{n:06d}",
                "traitRule": f'{SIGNALS[n % len(SIGNALS)]} == "{CODES[n % len(CODES)]}" AND c_item == "{n}"',
            }
        )
    put_rows(state, "traits", rows)


def _segments(state: State, count: int) -> None:
    if not count:
        return
    base, source, start = template(state, "segments"), first_data_source(state), len(state.collections["segments"])
    folders, sids = state.collections["segment_folders"].ids or [0], state.collections["traits"].ids
    rows = []
    for n in range(start + 1, start + count + 1):
        audience, product = AUDIENCES[n % len(AUDIENCES)], PRODUCTS[n // len(AUDIENCES) % len(PRODUCTS)]
        traits = dict.fromkeys((f"{sids[n % len(sids)]}T", f"{sids[n * 7 % len(sids)]}T"))
        rows.append(
            base
            | {
                "name": f"{audience} · {product} {n}",
                "description": f"{audience} interested in {product}, for activation",
                "dataSourceId": source,
                "folderId": folders[n % len(folders)],
                "integrationCode": f"segment-{n:06d}",
                "segmentRule": (" AND " if n % 3 else " OR ").join(traits),
            }
        )
    put_rows(state, "segments", rows)
