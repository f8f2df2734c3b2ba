"""Which deliveries make the state as of a moment: the newest full one, and every incremental one after it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from airflow_provider_aam.api.errors import AAMArgumentError, AAMSourceError
from airflow_provider_aam.api.moments import DAY_OR_MOMENT, KINDS, is_date, parse_day, parse_moment
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.feeds.completeness import MOST_NAMED
from airflow_provider_aam.feeds.names import missing_splits, readings
from airflow_provider_aam.feeds.reading.given import Delivered, Found, Open, find_files, name_of, second_of, some_of

_PATTERN = "Use a pattern like s3://bucket/prefix/s3_12_*."


def find_history(source: str | Sequence[Any], open_uri: Open, as_of: object) -> list[Delivered]:
    """Its files by the time in their names, whenever they arrived. ``as_of``: a moment, or a day to its end, UTC.

    Raises :class:`AAMArgumentError` where there is no full delivery, :class:`AAMSourceError` where files are missing
    that an ``.info`` file lists, or before the number of another.
    """
    before = _end_of(as_of)
    found = find_files(source, open_uri)
    named = [file for file in found.files if file.sent_at is not None and file.sent_at < before]
    full = max((file.sent_at for file in named if file.mode == "full" and file.sent_at), default=None)
    if full is None:
        other = [f"“{one_line(file.uri)}”" for file in found.files if file.sent_at is None]
        hint = f" Not names of delivered files: {', '.join(other[:MOST_NAMED])}. {_PATTERN}" if other else ""
        raise AAMArgumentError(
            f"source has no full delivery from before {before:%Y-%m-%d %H:%M} UTC (files of incremental ones: "
            f"{len(named):,}). The state cannot be rebuilt without one.{hint}"
        )
    _check_series(named)
    if missing := [*_missing(found, full, before)]:
        text = f"The state needs files that .info files list and that are not there: {some_of(missing)}."
        raise AAMSourceError(text)
    needed = [file for file in named if _is_of(file.mode, file.sent_at, full)]
    if gaps := [*_gaps(needed)]:
        raise AAMSourceError(f"The state needs files that are not there: {'; '.join(gaps[:MOST_NAMED])}.")
    return sorted(needed, key=lambda file: (file.sent_at, file.uri))


def _end_of(as_of: object) -> datetime:
    if is_date(as_of):
        return parse_day(as_of, what="as_of") + timedelta(days=1)
    moment = parse_moment(as_of, what="as_of", text=DAY_OR_MOMENT, kinds=f"a date, {KINDS}")
    return moment + timedelta(microseconds=1)


def _is_of(mode: str | None, sent_at: datetime | None, full: datetime) -> bool:
    return sent_at is not None and (sent_at > full if mode == "iter" else sent_at == full)


def _missing(found: Found, full: datetime, before: datetime) -> Iterator[str]:
    there = {file.uri for file in found.files}
    for uri in found.listed:
        name = name_of(uri)
        if uri not in there and name and name.sent_at < before and _is_of(name.mode, second_of(name), full):
            yield name.text


def _gaps(files: Sequence[Delivered]) -> Iterator[str]:
    """Of batches whose names have one reading: where they have two, what looks like a number may be part of a time."""
    splits: dict[str, list[int]] = {}
    for file in files:
        read = readings(file.uri.rpartition("/")[2])
        if len(read) == 1 and read[0].split is not None:
            splits.setdefault(read[0].batch, []).append(read[0].split)
    for batch, numbers in splits.items():
        if missing := missing_splits(numbers):
            yield f"“{one_line(batch)}” has number {max(numbers)} and lacks {', '.join(map(str, missing[:MOST_NAMED]))}"


def _check_series(files: Sequence[Delivered]) -> None:
    """What is delivered to two destinations is not one state."""
    names = [name for name in map(name_of, (file.uri for file in files)) if name]
    series = sorted({"_".join(map(str, (*name.numbers, *filter(None, [name.alias])))) for name in names})
    if len(series) > 1:
        raise AAMArgumentError(
            f"source has files of several destinations: {', '.join(map(one_line, series[:MOST_NAMED]))}. {_PATTERN}"
        )
