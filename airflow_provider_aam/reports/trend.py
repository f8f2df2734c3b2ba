"""The trend report: the figures of traits or segments, day by day, to one file."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, cast

import msgspec

from airflow_provider_aam.api.client import AAMClient
from airflow_provider_aam.api.errors import AAMArgumentError, AAMBadAnswer, AAMLookupFailed, Fate
from airflow_provider_aam.api.moments import of_epoch_ms, utc_now
from airflow_provider_aam.api.numbers import whole_number
from airflow_provider_aam.api.reports import SIDS_PER_REQUEST, TREND_INTERVALS, Reported
from airflow_provider_aam.api.resources import Type
from airflow_provider_aam.api.rows import Rows
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.files.columns import OTHER, Columns
from airflow_provider_aam.files.formats import choose_format
from airflow_provider_aam.files.staging import Destination, path_of, stage
from airflow_provider_aam.files.writers import open_writer
from airflow_provider_aam.reports.period import Period
from airflow_provider_aam.reports.selection import parse_kind, parse_sids

log = logging.getLogger(__name__)

FIGURES = {
    "traits": ("count", "uniques", "populationCount", "populationUniques"),
    "segments": ("instantUniques", "totalUniques"),
}
"""Those with columns of their own. Of traits they are Adobe's; of segments they are inferred."""
REQUESTS_HELD = 4


@dataclass(frozen=True, kw_only=True)
class TrendReceipt:
    """One complete file; ``rows`` are days of objects. ``start`` and ``end`` are dates, ``end`` is not in the file."""

    kind: str
    interval: str
    start: str
    end: str
    sids: int
    sids_without_figures: int
    """Those for which AAM had nothing in the whole period."""
    uri: str
    format: str
    rows: int
    bytes: int
    sha256: str
    started_at: datetime
    finished_at: datetime

    def as_xcom(self) -> dict[str, Any]:
        """JSON-safe: timestamps as ISO 8601 text."""
        return {
            **asdict(self),
            "started_at": self.started_at.isoformat(),
            "finished_at": self.finished_at.isoformat(),
        }

    def as_asset_extra(self) -> dict[str, Any]:
        return {"rows": self.rows, "bytes": self.bytes, "sha256": self.sha256, "uri": self.uri}


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What a trend is about: ``sids``, or everything that AAM lists with ``filters``."""

    kind: Reported
    interval: str
    sids: tuple[int, ...] | None
    filters: Mapping[str, Any] | None

    @classmethod
    def parse(cls, *, kind: object, interval: str = "1D", sids: object = None, filters: object = None) -> Subject:
        """Raises :class:`AAMArgumentError` that names every problem."""
        problems: list[str] = []
        parsed = parse_kind(problems, kind)
        if interval not in TREND_INTERVALS:
            problems.append(f"interval must be one of {', '.join(TREND_INTERVALS)}, not {interval!r}")
        if (sids is None) == (filters is None):
            problems.append("give either sids or filters ({} for all)")
        if filters is not None and not isinstance(filters, Mapping):
            problems.append(f"filters must be a mapping of AAM's query parameters, not {filters!r}")
        ids = None if sids is None else parse_sids(problems, sids)
        if problems:
            raise AAMArgumentError.from_problems("trend report", problems)
        given = filters if isinstance(filters, Mapping) else None
        return cls(kind=cast("Reported", parsed), interval=interval, sids=ids, filters=given)


def write_trend(
    client: AAMClient,
    destination: Destination,
    subject: Subject,
    period: Period,
    *,
    file_format: str | None = None,
    now: Callable[[], datetime] = utc_now,
) -> TrendReceipt:
    """One row for each object and day of ``period``, in the order of ``sids`` (of ids with ``filters``), then of days.

    Columns: ``sid, name, date`` (UTC), ``epochMs`` (AAM's own timestamp of the day) and the figures; what AAM sends
    next to those is kept as in a pull. Raises :class:`AAMLookupFailed` when AAM leaves an object out, or lists none.
    The file appears complete or not at all. The objects of :data:`REQUESTS_HELD` requests are in memory.
    """
    started_at = now()
    form = choose_format(path_of(destination), file_format)
    columns = Columns(what=f"trend of {subject.kind}", types=_types(subject.kind), keep_other=True)
    if subject.sids is None:
        client.collection(subject.kind).check_filters(subject.filters or {})
    rows = silent = 0
    with stage(destination) as staged:
        sids = _sids_of(client, subject)
        with open_writer(staged.local, form, columns) as (writer, written):
            for series in _series(client, subject, sids, period):
                days = [*_days(subject.kind, series, period)]
                writer.write(Rows(msgspec.Raw(msgspec.json.encode(day)) for day in days))
                rows += len(days)
                silent += not days
        staged.publish()
    if silent:
        log.warning("AAM has no figures of %d of %d %s in this period.", silent, len(sids), subject.kind)
    log.info(
        "Trend of %d %s: %d rows, %d bytes, to %s", len(sids), subject.kind, rows, written.size, one_line(staged.uri)
    )
    return TrendReceipt(
        kind=subject.kind,
        interval=subject.interval,
        start=period.start.to_date_string(),
        end=period.end.to_date_string(),
        sids=len(sids),
        sids_without_figures=silent,
        uri=staged.uri,
        format=form.name,
        rows=rows,
        bytes=written.size,
        sha256=written.sha256,
        started_at=started_at,
        finished_at=now(),
    )


def _types(kind: str) -> Mapping[str, Type]:
    figures = dict.fromkeys(FIGURES[kind], Type.INTEGER)
    fixed = {"sid": Type.INTEGER, "name": Type.TEXT, "date": Type.TEXT, "epochMs": Type.INTEGER}
    return {**fixed, **figures, OTHER: Type.JSON}


def _sids_of(client: AAMClient, subject: Subject) -> Sequence[int]:
    if subject.sids is not None:
        return subject.sids
    listed = client.collection(subject.kind).fetch_all(**(subject.filters or {}))
    if not listed:
        raise AAMLookupFailed(
            f"trend report: AAM lists no {subject.kind} with filters {dict(subject.filters or {})}. Correct the "
            "filters, or give the technical account access to the objects."
        )
    return [int(row["sid"]) for row in listed]


def _series(
    client: AAMClient, subject: Subject, sids: Sequence[int], period: Period
) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Each id with AAM's record of it. Whether AAM's end date is inclusive is not documented: more is asked for."""
    at_once = SIDS_PER_REQUEST * min(client.max_concurrency, REQUESTS_HELD)
    for at in range(0, len(sids), at_once):
        part = sids[at : at + at_once]
        answer = client.reports.trend(
            subject.kind, sids=part, start=period.start_ms, end=period.end_ms, interval=subject.interval
        )
        by_sid = {whole_number(record["sid"]): record for record in answer}
        missing = [sid for sid in part if sid not in by_sid]
        if missing:
            raise AAMLookupFailed(
                f"trend report: AAM left out {len(missing)} of {len(part)} {subject.kind}, like sid "
                f"{', '.join(map(str, missing[:5]))}. They do not exist, or the technical account has no access to "
                "them."
            )
        yield from ((sid, by_sid[sid]) for sid in part)


def _days(kind: str, series: tuple[int, Mapping[str, Any]], period: Period) -> Iterator[dict[str, Any]]:
    sid, record = series
    metrics = record.get("metrics")
    by_day = {whole_number(day): figures for day, figures in metrics.items()} if isinstance(metrics, dict) else None
    if by_day is None or None in by_day or not all(isinstance(figures, dict) for figures in by_day.values()):
        raise AAMBadAnswer(
            f"trend of {kind}: sid {sid} has no metrics of the form {{epoch milliseconds: figures}}.", fate=Fate.UNKNOWN
        )
    within = range(period.start_ms, period.end_ms)
    for day in sorted(each for each in by_day if each is not None and each in within):
        fixed = {"sid": sid, "name": record.get("name"), "date": of_epoch_ms(day).to_date_string(), "epochMs": day}
        yield {**fixed, **by_day[day]}
