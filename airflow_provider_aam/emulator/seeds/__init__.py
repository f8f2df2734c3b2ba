"""What an account holds at the start, and objects made by the thousand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_provider_aam.emulator.seeds.account import seed_account
from airflow_provider_aam.emulator.seeds.bulk import seed_bulk
from airflow_provider_aam.emulator.seeds.objects import add_objects

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_provider_aam.emulator.core.state import State

__all__ = ["SEEDS", "add_objects", "seed_bulk"]


def _seed_nothing(state: State) -> None:
    """Leave the account as it is: no object at all."""


SEEDS: dict[str, Callable[[State], None]] = {"empty": _seed_nothing, "account": seed_account}
