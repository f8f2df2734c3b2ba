"""What became of inbound files, as AAM's history of a data source tells.

The shape of that response is not published. Its fields are found under the labels of the AAM UI's Onboarding Status
Report, and under those of the documented history of outbound files, in whatever way they are spelled [inferred].
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from airflow_provider_aam.api.answers import shape_of
from airflow_provider_aam.api.collection import Collection
from airflow_provider_aam.api.errors import AAMBadAnswer, Fate
from airflow_provider_aam.api.listing import Record
from airflow_provider_aam.api.moments import epoch_ms, parse_epoch, parse_moment
from airflow_provider_aam.api.numbers import LARGEST, truth_of
from airflow_provider_aam.api.resources import DATA_SOURCES
from airflow_provider_aam.api.session import AAMSession
from airflow_provider_aam.api.visible import one_line

CATEGORIES = ("format_errors", "invalid_aam_id", "invalid_device_id", "no_matching_aam_id", "no_trait_realized")
"""Why AAM did not store a record, by the report's labels."""

_NAME = ("dataFileName", "dataSyncFileName", "fileName")
_RECEIVED = ("receivedRecords", "recordsReceived", "received")
_STORED = ("storedRecords", "recordsStored", "successRecords", "successfulRecords", "successful", "stored")
_PERCENT = ("percentSuccess", "successPercent", "percentSuccessful")
_BEGUN = ("startTime", "jobStartTime", "processedTime", "processingTime")
_SPELLINGS = {"no_trait_realized": ("noTraitRealized", "noTraitsRealized")}
_NUMBER = re.compile(r"\s*([0-9][0-9,]*(?:\.[0-9]+)?)\s*%?\s*")


@dataclass(frozen=True, kw_only=True)
class InboundFile:
    """One file that AAM has processed once. ``None``: AAM did not say.

    ``success`` is AAM's own word. ``errors``: records by :data:`CATEGORIES`, those that AAM names. ``percent_success``
    is from 0 to 100, counted from stored and received records where AAM names only those. ``raw`` is the whole row.
    """

    name: str
    begun_at: datetime | None = None
    success: bool | None = None
    received: int | None = None
    stored: int | None = None
    errors: Mapping[str, int]
    percent_success: float | None = None
    raw: Record


class DataSources(Collection):
    """``client.data_sources``: the verbs of every collection, and what became of inbound files."""

    def __init__(self, session: AAMSession) -> None:
        super().__init__(DATA_SOURCES, session)

    def inbound_history(self, data_source_id: int, *, start: datetime, end: datetime) -> list[InboundFile]:
        """The files that AAM began to process between the two, the oldest first; one request.

        Raises :class:`AAMBadAnswer` when no file can be found in what AAM returns.
        """
        period = {"startDate": epoch_ms(parse_moment(start, what="start"))}
        period["endDate"] = epoch_ms(parse_moment(end, what="end"))
        rows = self.call("inbound_history", data_source_id, **period)
        files = [file for file in map(_parse, rows) if file is not None]
        if rows and not files:
            raise AAMBadAnswer(
                f"inbound history of data source {data_source_id}: expected rows with a file name, found "
                f"{_shape_of_row(rows[0])}.",
                fate=Fate.UNKNOWN,
            )
        # A row without a time is the oldest: it must not cover one that has a time.
        return sorted(files, key=lambda file: file.begun_at.timestamp() if file.begun_at else 0)


def _parse(row: Any) -> InboundFile | None:
    if not isinstance(row, dict):
        return None
    fields = {_plain(name): value for name, value in row.items()}
    name = _first(fields, _NAME)
    if not isinstance(name, str) or not name.strip():
        return None
    percent = _number(_first(fields, _PERCENT))
    received, stored = (_whole(_first(fields, names)) for names in (_RECEIVED, _STORED))
    found = {each: _whole(_first(fields, _SPELLINGS.get(each, (each,)))) for each in CATEGORIES}
    if percent is None and received and stored is not None:
        percent = 100 * stored / received
    return InboundFile(
        name=name.strip().rpartition("/")[2],
        begun_at=parse_epoch(_first(fields, _BEGUN)),
        success=truth_of(_first(fields, ("success",))),
        received=received,
        stored=stored,
        errors={each: count for each, count in found.items() if count is not None},
        percent_success=percent,
        raw=row,
    )


def _first(fields: Mapping[str, Any], names: Iterable[str]) -> Any:
    return next((fields[plain] for plain in map(_plain, names) if fields.get(plain) is not None), None)


def _plain(name: str) -> str:
    """``Percent Success``, ``percent_success`` and ``percentSuccess`` are one."""
    return re.sub(r"[^a-z]", "", name.lower())


def _number(value: Any) -> float | None:
    """``1,024`` and ``98.5 %`` as well."""
    if isinstance(value, str):
        match = _NUMBER.fullmatch(value)
        value = float(match[1].replace(",", "")) if match else None
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if is_number and 0 <= value <= LARGEST else None


def _whole(value: Any) -> int | None:
    return None if (number := _number(value)) is None else int(number)


def _shape_of_row(row: Any) -> str:
    if not isinstance(row, dict):
        return shape_of(row)
    return one_line(f"the keys {', '.join(sorted(map(str, row))) or 'none'}")
