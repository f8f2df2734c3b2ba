"""Reports: how traits and segments develop, which are the largest, which changed most."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from airflow_provider_aam.api.actions import Actions
from airflow_provider_aam.api.answers import shape_of
from airflow_provider_aam.api.errors import AAMArgumentError, AAMBadAnswer, Fate
from airflow_provider_aam.api.listing import Records
from airflow_provider_aam.api.pool import in_order

Reported = Literal["traits", "segments"]
REPORTED: tuple[Reported, ...] = ("traits", "segments")
INTERVALS = ("1D", "7D", "14D", "30D", "60D")
TREND_INTERVALS = (*INTERVALS, "90D")
SIDS_PER_REQUEST = 1000
"""No maximum is documented."""


class Reports(Actions):
    """``client.reports``. Timestamps are epoch milliseconds, intervals :data:`INTERVALS`."""

    def trend(
        self,
        kind: Reported,
        *,
        sids: Sequence[int],
        start: int,
        end: int,
        interval: str = "1D",
        **more: Any,
    ) -> Records:
        """One record for each trait or segment, with ``metrics``: timestamp → numbers. AAM may leave some of them out.

        ``more`` is sent as it is (``traitMetricsType="CROSS_DEVICE"``). Many ``sids`` take several requests. Raises
        :class:`AAMBadAnswer` for a response of another shape.
        """
        _check(kind, interval, TREND_INTERVALS)
        problems = [] if sids else ["sids is empty"]
        if start > end:
            problems.append(f"start {start} is after end {end}")
        if problems:
            raise AAMArgumentError.from_problems(f"trend of {kind}", problems)
        period = {"startDate": start, "endDate": end, "interval": interval}
        parts = [[*sids[at : at + SIDS_PER_REQUEST]] for at in range(0, len(sids), SIDS_PER_REQUEST)]

        def ask(part: list[int]) -> Records:
            return _checked(kind, self.call(f"{kind}_trend", body={**period, **more, "sids": part}))

        answers = in_order(ask, parts, concurrency=self._session.sender.places.most)
        return [row for rows in answers for row in rows]

    def largest(
        self, kind: Reported, *, interval: str = "1D", cut_off: int = 0, restrict_type: str | None = None, **paging: Any
    ) -> Records:
        """The largest, ``cut_off`` or more; AAM keeps the response for a day. ``restrict_type`` is a trait type."""
        return self._top("largest", kind, interval, cut_off, restrict_type, paging)

    def most_changed(
        self, kind: Reported, *, interval: str = "1D", cut_off: int = 0, restrict_type: str | None = None, **paging: Any
    ) -> Records:
        """Those that changed most over the interval, with the differences; otherwise like :meth:`largest`."""
        return self._top("most_changed", kind, interval, cut_off, restrict_type, paging)

    def _top(
        self, which: str, kind: Reported, interval: str, cut_off: int, restrict_type: str | None, paging: dict[str, Any]
    ) -> Records:
        _check(kind, interval, INTERVALS)
        rows: Records = self.call(
            f"{which}_{kind}", interval=interval, cutOff=cut_off, restrictType=restrict_type, **paging
        )
        return rows


def _checked(kind: str, rows: list[Any]) -> Records:
    if wrong := [row for row in rows if not isinstance(row, dict) or row.get("sid") is None]:
        shape = shape_of(wrong[0])
        if isinstance(wrong[0], dict):
            shape = f"{shape} of {', '.join([*wrong[0]][:5]) or 'nothing'}"
        raise AAMBadAnswer(
            f"trend of {kind}: AAM returned {shape} instead of an object with sid and metrics.", fate=Fate.UNKNOWN
        )
    return rows


def _check(kind: str, interval: str, intervals: tuple[str, ...]) -> None:
    problems = []
    if kind not in REPORTED:
        problems.append(f"there is no report about {kind!r}, only about {' and '.join(REPORTED)}")
    if interval not in intervals:
        problems.append(f"interval {interval!r} is none of {', '.join(intervals)}")
    if problems:
        raise AAMArgumentError.from_problems("report", problems)
