"""Invented population figures: the same for one trait and day, plausible among each other."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cache
from typing import TYPE_CHECKING

from airflow_provider_aam.emulator.aam.segments.members import segment_members

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_provider_aam.emulator.core.collection import Row
    from airflow_provider_aam.emulator.core.state import State, User

# period: its share of the lifetime figure in percent. 7-60 are documented, 1 observed, 90 and Lifetime inferred.
PERIODS = {"1Day": 4, "7Day": 17, "14Day": 29, "30Day": 48, "60Day": 71, "90Day": 84, "Lifetime": 100}
_REACH_MS = {period: int(period.removesuffix("Day")) * 86_400_000 for period in PERIODS if period != "Lifetime"}
_REACH_MS["Lifetime"] = 2**63
_PERIOD = re.compile("^[a-z]+(?:Uniques)?")


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


def trait_metrics(state: State, row: Row, *, percent: int = 100, at_ms: int | None = None) -> dict[str, int]:
    """Return `uniques1Day` … `countLifetime`: as set by `set_metrics` or invented, and whom inbound files added.

    `percent` of the former, and the latter as of `at_ms`, by default now.
    """
    lifetime = lifetime_of(row["sid"])
    invented = dict(periods("uniques", lifetime, 100)) | dict(periods("count", lifetime * 3, 100))
    return _grown(state, row["sid"], invented, state.members.get(row["sid"], {}), percent, at_ms)


def segment_metrics(state: State, row: Row, *, percent: int = 100, at_ms: int | None = None) -> dict[str, int]:
    """Return `instantUniques1Day` … `totalUniquesLifetime`, made up in the same way."""
    lifetime = lifetime_of(row["sid"])
    invented = dict(periods("instantUniques", lifetime, 1000)) | dict(periods("totalUniques", lifetime, 100))
    members = segment_members(state, row["segmentRule"]) if state.members else {}
    return _grown(state, row["sid"], invented, members, percent, at_ms)


def _grown(
    state: State, sid: int, invented: dict[str, int], members: dict[User, int], percent: int, at_ms: int | None
) -> dict[str, int]:
    figures = invented | state.metrics.get(sid, {})
    at_ms = state.clock.now_ms() if at_ms is None else at_ms
    ages = sorted(at_ms - since for since in members.values() if since <= at_ms)
    added = {period: bisect_left(ages, since) for period, since in _REACH_MS.items()}
    grown = figures.items() if percent == 100 else ((name, value * percent // 100) for name, value in figures.items())
    return {name: value + added[_PERIOD.sub("", name)] for name, value in grown} if ages else dict(grown)


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
