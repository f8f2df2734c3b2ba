"""Outbound files → one file of rows: user, segments, removed segments."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from airflow_provider_aam.api.moments import utc_now
from airflow_provider_aam.feeds.read_receipt import FileRead, ReadReceipt
from airflow_provider_aam.feeds.reading.file import Reading
from airflow_provider_aam.feeds.reading.files import read_files
from airflow_provider_aam.feeds.reading.given import Delivered
from airflow_provider_aam.feeds.reading.layout import LineLayout, ObjectLayout
from airflow_provider_aam.feeds.reading.part import Part, delivery_schema
from airflow_provider_aam.feeds.write_rows import ReadOrder, write_rows
from airflow_provider_aam.files.rejects import Rejects

if TYPE_CHECKING:
    import pyarrow as pa

REPEATING = ("segments.list.element", "removed.list.element")
"""Users do not."""


@dataclass(frozen=True, kw_only=True)
class Lines:
    """How to read them. ``check_lines`` compares with ``.info`` files.

    ``threads``, of which one packs, are as many as the process may use unless told otherwise.
    """

    layout: LineLayout | ObjectLayout = field(default_factory=LineLayout)
    check_lines: bool = True
    threads: int | None = None

    def reading(self, file: Delivered, rejects: Rejects) -> Reading:
        """Of full files removed segments are not read."""
        return Reading(
            file,
            self._split(with_removed=file.mode != "full"),
            rejects,
            threads=max(1, (self.threads or len(os.sched_getaffinity(0))) - 1),
            header_lines=self.layout.header_lines,
            check_lines=self.check_lines,
        )

    def _split(self, *, with_removed: bool) -> Callable[[bytes], Part]:
        from airflow_provider_aam.feeds.reading.objects import read_objects
        from airflow_provider_aam.feeds.reading.splitting import split

        if isinstance(self.layout, ObjectLayout):
            return partial(read_objects, layout=self.layout, with_removed=with_removed)
        return partial(split, layout=self.layout, with_removed=with_removed)


def read_delivery(
    files: Sequence[Delivered], lines: Lines, order: ReadOrder, *, now: Callable[[], datetime] = utc_now
) -> ReadReceipt:
    """Write a row for each line.

    Raises :class:`AAMSourceError` for files that cannot be read, hold another number of lines than their ``.info`` file
    says, or have too many lines that do not fit. Nothing is written then but the rejects.
    """

    def rows(rejects: Rejects, read: list[FileRead]) -> Generator[pa.RecordBatch]:
        for _, batch in read_files(files, partial(lines.reading, rejects=rejects), read):
            yield batch

    return write_rows(order, rows, delivery_schema(), now=now, repeating=REPEATING)
