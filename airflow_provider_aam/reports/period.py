"""Which whole UTC days a report is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pendulum import DateTime

from airflow_provider_aam.api.errors import AAMArgumentError
from airflow_provider_aam.api.moments import epoch_ms, parse_day

NOT_GIVEN = (None, "", "None")
"""What a template gives when it has nothing to give; a native one gives a lazy object that only equals ``None``."""

Moment = datetime | str | None


@dataclass(frozen=True, kw_only=True)
class Period:
    """From midnight to midnight UTC; the last midnight is outside."""

    start: DateTime
    end: DateTime

    @property
    def start_ms(self) -> int:
        return epoch_ms(self.start)

    @property
    def end_ms(self) -> int:
        return epoch_ms(self.end)


def build_period(
    start: Moment, end: Moment, *, interval: tuple[Moment, Moment] = (None, None), now: datetime
) -> Period:
    """The days from that of ``start`` to the one before that of ``end``: consecutive intervals never share a day.

    Moments are aware ``datetime`` objects or ISO 8601 text; a date alone is its midnight UTC. Without ``start`` and
    ``end`` those of ``interval``, the run's, are taken, or the last day before its end if it holds no midnight; without
    an interval it is the last day before ``now``. Raises :class:`AAMArgumentError`.
    """
    if start in NOT_GIVEN and end in NOT_GIVEN:
        last = parse_day(_first_given(interval[1], now), what="the run's data interval")
        first = parse_day(_first_given(interval[0], interval[1], now), what="the run's data interval")
        return Period(start=min(first, last.subtract(days=1)), end=last)
    last = parse_day(_first_given(end, interval[1], now), what="end")
    first = last.subtract(days=1) if start in NOT_GIVEN else parse_day(start, what="start")
    if first >= last:
        raise AAMArgumentError(
            f"start {start} and end {_first_given(end, interval[1], now)} hold no whole UTC day: the report ends with "
            "the day before `end`. Give a later end, or leave both out for the days of the run's data interval."
        )
    return Period(start=first, end=last)


def _first_given(*moments: Moment) -> datetime | str:
    return next(moment for moment in moments if moment is not None and moment not in NOT_GIVEN)
