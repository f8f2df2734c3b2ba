"""Invented population figures: the same for one trait and day, plausible among each other."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_provider_aam.emulator.core.collection import Row
    from airflow_provider_aam.emulator.core.state import State

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


def trait_metrics(state: State, row: Row) -> dict[str, int]:
    """Return `uniques1Day` … `countLifetime`, as set by `set_metrics` or invented."""
    lifetime = lifetime_of(row["sid"])
    invented = dict(periods("uniques", lifetime, 100)) | dict(periods("count", lifetime * 3, 100))
    return invented | state.metrics.get(row["sid"], {})


def segment_metrics(state: State, row: Row) -> dict[str, int]:
    """Return `instantUniques1Day` … `totalUniquesLifetime`, as set by `set_metrics` or invented."""
    lifetime = lifetime_of(row["sid"])
    invented = dict(periods("instantUniques", lifetime, 1000)) | dict(periods("totalUniques", lifetime, 100))
    return invented | state.metrics.get(row["sid"], {})


def set_metrics(state: State, sid: int, metrics: dict[str, int]) -> None:
    """Fix figures of a trait or segment from now on. Raises `ValueError` for unknown ids, names and wrong values."""
    if sid in state.collections["traits"].rows:
        known = [*_names("uniques"), *_names("count")]
    elif sid in state.collections["segments"].rows:
        known = [*_names("instantUniques"), *_names("totalUniques")]
    else:
        raise ValueError(f"unknown sid {sid}: neither a trait nor a segment")
    if unknown := sorted(set(metrics) - set(known)):
        raise ValueError(f"unknown metric {', '.join(unknown)} of {sid}; known: {', '.join(known)}")
    if wrong := [name for name, value in metrics.items() if type(value) is not int or value < 0]:
        raise ValueError(f"Invalid value of {', '.join(wrong)}: a metric is a whole number, 0 or more")
    state.metrics[sid] = state.metrics.get(sid, {}) | metrics
