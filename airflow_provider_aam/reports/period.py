"""Which whole UTC days a report is about."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from airflow_provider_aam.api.errors import AAMArgumentError
from airflow_provider_aam.api.instants import epoch_ms

DAY_MS = 86_400_000
NOT_GIVEN = (None, "", "None")
"""What a template gives when it has nothing to give; a native one gives a lazy stand-in that only equals ``None``."""
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")

Instant = datetime | str | None


@dataclass(frozen=True, kw_only=True)
class Period:
    """From midnight to midnight UTC, as epoch milliseconds; the last midnight is outside."""

    start_ms: int
    end_ms: int

    def holds(self, instant_ms: int) -> bool:
        return self.start_ms <= instant_ms < self.end_ms


def build_period(
    start: Instant, end: Instant, *, interval: tuple[Instant, Instant] = (None, None), now: datetime
) -> Period:
    """The days from that of ``start`` to the one before that of ``end``: consecutive intervals never share a day.

    Instants are aware ``datetime`` objects or ISO 8601 text; a date alone is its midnight UTC. Without ``start`` and
    ``end`` those of ``interval``, the run's, are taken, or the last day before its end if it holds no midnight; without
    an interval it is the last day before ``now``. Raises :class:`AAMArgumentError`.
    """
    if start in NOT_GIVEN and end in NOT_GIVEN:
        last = _midnight(_first_given(interval[1], now), "the run's data interval")
        first = _midnight(_first_given(interval[0], interval[1], now), "the run's data interval")
        return Period(start_ms=min(first, last - DAY_MS), end_ms=last)
    end_ms = _midnight(_first_given(end, interval[1], now), "end")
    start_ms = end_ms - DAY_MS if start in NOT_GIVEN else _midnight(_first_given(start), "start")
    if start_ms >= end_ms:
        raise AAMArgumentError(
            f"start {start} and end {_first_given(end, interval[1], now)} hold no whole UTC day: the report ends with "
            "the day before `end`. Give a later end, or leave both out for the days of the run's data interval."
        )
    return Period(start_ms=start_ms, end_ms=end_ms)


def _first_given(*instants: Instant) -> datetime | str:
    return next(instant for instant in instants if instant is not None and instant not in NOT_GIVEN)


def _midnight(instant: datetime | str, what: str) -> int:
    """Of the UTC day that ``instant`` is in."""
    if isinstance(instant, str) and _DATE.fullmatch(instant):
        instant = f"{instant}T00:00:00+00:00"
    return epoch_ms(instant, what=what) // DAY_MS * DAY_MS
