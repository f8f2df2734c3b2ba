"""One outbound file → its rows, with every line accounted for."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from airflow_provider_aam.api.counted import counted
from airflow_provider_aam.api.errors import AAMSourceError
from airflow_provider_aam.api.pool import in_order
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.feeds.read_receipt import FileRead
from airflow_provider_aam.feeds.reading.given import Delivered
from airflow_provider_aam.feeds.reading.layout import LineLayout
from airflow_provider_aam.files.blocks import read_blocks
from airflow_provider_aam.files.rejects import Rejects

if TYPE_CHECKING:
    import pyarrow as pa

BLOCKS_AHEAD = 16
"""Read and split while a group of rows is packed."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class HowToRead:
    """``check_lines`` compares with ``.info`` files. ``threads``: as many as the process may use by default."""

    layout: LineLayout = field(default_factory=LineLayout)
    check_lines: bool = True
    threads: int | None = None


class Reading:
    """Of full files removed segments are not read."""

    def __init__(self, file: Delivered, how: HowToRead, rejects: Rejects) -> None:
        self._file, self._how, self._rejects = file, how, rejects
        self._name = one_line(file.uri)
        self._lines = self._rows = self._rejected = 0

    @property
    def result(self) -> FileRead:
        """When all rows have been taken."""
        return FileRead(uri=self._file.uri, lines=self._lines, rows=self._rows, rejected=self._rejected)

    def rows(self) -> Iterator[pa.RecordBatch]:
        """Raises :class:`AAMSourceError` for what cannot be read, and in the end for another number of lines."""
        from airflow_provider_aam.feeds.reading.splitting import split

        work = partial(split, layout=self._how.layout, with_removed=self._file.mode != "full")
        threads = self._how.threads or len(os.sched_getaffinity(0))
        for part in in_order(work, self._body(), concurrency=BLOCKS_AHEAD, threads=threads):
            yield part.rows
            self._rejects.add(
                {"file": self._file.uri, "line": self._lines + number + 1, "reason": reason, "text": text}
                for number, (reason, text) in part.rejected.items()
            )
            self._lines += part.lines
            self._rows += len(part.rows)
            self._rejected += len(part.rejected)
        self._check_lines()
        log.info("%s: %s, %s", self._name, counted(self._lines, "line"), counted(self._rows, "row"))

    def _body(self) -> Iterator[bytes]:
        """Without header lines, which are counted here."""
        for block in read_blocks(self._file.path, name=self._name):
            rest = block
            while rest and self._lines < self._how.layout.header_lines:
                rest = rest[rest.index(b"\n") + 1 :]
                self._lines += 1
            if rest:
                yield rest

    def _check_lines(self) -> None:
        told = self._file.lines
        if self._how.check_lines and told not in (None, self._lines):
            raise AAMSourceError(
                f"{self._name} has {counted(self._lines, 'line')}; its .info file says {told:,}. Nothing was written. "
                "Was the file changed, or cut short? If your .info files count other lines than those of the "
                "unpacked file, set check_lines=False."
            )
