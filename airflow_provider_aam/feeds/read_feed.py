"""Files of a Customer Data Feed → one file of events."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from airflow_provider_aam.api.moments import utc_now
from airflow_provider_aam.feeds.read_receipt import FileRead, ReadReceipt
from airflow_provider_aam.feeds.reading.file import Reading
from airflow_provider_aam.feeds.reading.files import read_files
from airflow_provider_aam.feeds.reading.given import Delivered
from airflow_provider_aam.feeds.write_rows import ReadOrder, write_rows
from airflow_provider_aam.files.rejects import Rejects

if TYPE_CHECKING:
    import pyarrow as pa


def read_feed(files: Sequence[Delivered], order: ReadOrder, *, now: Callable[[], datetime] = utc_now) -> ReadReceipt:
    """Write a row for each event.

    Raises :class:`AAMSourceError` for files that cannot be read, have another size than when they were found, or too
    many lines that do not fit. Nothing is written then but the rejects.
    """
    from airflow_provider_aam.feeds.reading.events import event_schema, read_events

    def rows(rejects: Rejects, read: list[FileRead]) -> Generator[pa.RecordBatch]:
        def reading(file: Delivered) -> Reading:
            return Reading(file, read_events, rejects, threads=1)

        for _, batch in read_files(files, reading, read):
            yield batch

    return write_rows(order, rows, event_schema(), now=now)
