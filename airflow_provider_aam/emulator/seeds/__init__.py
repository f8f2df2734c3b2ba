"""What an account holds at the start, and objects made by the thousand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_provider_aam.emulator.aam.trait_types.service import predefined_rows
from airflow_provider_aam.emulator.seeds.account import CREATED_MS, seed_account
from airflow_provider_aam.emulator.seeds.bulk import seed_bulk
from airflow_provider_aam.emulator.seeds.objects import add_objects
from airflow_provider_aam.emulator.seeds.surroundings import seed_surroundings

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_provider_aam.emulator.core.state import State

__all__ = ["SEEDS", "add_objects", "seed_bulk"]


def _seed_empty(state: State) -> None:
    """Add what is Adobe's and so in every account: the predefined trait types."""
    for row in predefined_rows(CREATED_MS):
        state.collections["trait_types"].put(row)


def _seed_account(state: State) -> None:
    _seed_empty(state)
    seed_account(state)
    seed_surroundings(state)


SEEDS: dict[str, Callable[[State], None]] = {"empty": _seed_empty, "account": _seed_account}
