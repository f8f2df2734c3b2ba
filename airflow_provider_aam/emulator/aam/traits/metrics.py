"""Invented population figures: the same for one trait and day, plausible among each other."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_provider_aam.emulator.core.collection import Row

# period: its share of the lifetime figure in percent. 7-60 are documented, 1 observed, 90 and Lifetime inferred.
PERIODS = {"1Day": 4, "7Day": 17, "14Day": 29, "30Day": 48, "60Day": 71, "90Day": 84, "Lifetime": 100}


def lifetime_of(sid: int) -> int:
    """Return how many ever qualified; a few traits have nobody."""
    mixed = (sid * 2_654_435_761) & 0xFFFFFFFF
    return 0 if mixed % 23 == 0 else 50 + mixed % 2_000_000


def periods(prefix: str, lifetime: int, scale: int) -> Iterator[tuple[str, int]]:
    """Return `prefix` with each period and its share of `lifetime`."""
    return zip(_names(prefix), [lifetime * share // scale for share in PERIODS.values()], strict=True)


@cache
def _names(prefix: str) -> tuple[str, ...]:
    return tuple(prefix + period for period in PERIODS)


def trait_metrics(row: Row) -> dict[str, Any]:
    """Return `uniques1Day` … `countLifetime`."""
    lifetime = lifetime_of(row["sid"])
    return dict(periods("uniques", lifetime, 100)) | dict(periods("count", lifetime * 3, 100))
