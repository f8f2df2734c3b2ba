"""One delivered file → its rows, with every line accounted for."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from itertools import repeat, takewhile
from typing import TYPE_CHECKING

from airflow_provider_aam.api.counted import counted
from airflow_provider_aam.api.errors import AAMSourceError
from airflow_provider_aam.api.pool import in_order
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.feeds.read_receipt import FileRead
from airflow_provider_aam.feeds.reading.given import Delivered
from airflow_provider_aam.feeds.reading.part import Part
from airflow_provider_aam.files.blocks import read_blocks
from airflow_provider_aam.files.rejects import Rejects

if TYPE_CHECKING:
    import pyarrow as pa

BLOCKS_AHEAD = 32
"""Split while a group of rows is packed: as many as make one, and more."""
READ_AHEAD = 4

log = logging.getLogger(__name__)


class Reading:
    """``split`` makes rows of blocks, in ``threads`` at once. ``check_lines`` compares with ``.info`` files."""

    def __init__(
        self,
        file: Delivered,
        split: Callable[[bytes], Part],
        rejects: Rejects,
        *,
        threads: int,
        header_lines: int = 0,
        check_lines: bool = True,
    ) -> None:
        self._file, self._split, self._rejects = file, split, rejects
        self._threads, self._header_lines, self._check = threads, header_lines, check_lines
        self._name = one_line(file.uri)
        self._lines = self._rows = self._rejected = 0

    @property
    def result(self) -> FileRead:
        """When all rows have been taken."""
        return FileRead(uri=self._file.uri, lines=self._lines, rows=self._rows, rejected=self._rejected)

    def rows(self) -> Iterator[pa.RecordBatch]:
        """Raises :class:`AAMSourceError` for what cannot be read, and in the end for another number of lines."""
        self._check_size()
        for part in in_order(self._split, self._body(), concurrency=BLOCKS_AHEAD, threads=self._threads):
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
        for block in _ahead(read_blocks(self._file.path, name=self._name)):
            rest = block
            while rest and self._lines < self._header_lines:
                rest = rest[rest.index(b"\n") + 1 :]
                self._lines += 1
            if rest:
                yield rest

    def _check_size(self) -> None:
        if self._file.size is None:
            return
        try:
            size = self._file.path.stat().st_size
        except OSError:
            return  # reading says why
        if size != self._file.size:
            raise AAMSourceError(
                f"{self._name} has {counted(size, 'byte')}; it had {self._file.size:,} when it was found complete. "
                "Nothing was written."
            )

    def _check_lines(self) -> None:
        told = self._file.lines
        if self._check and told not in (None, self._lines):
            raise AAMSourceError(
                f"{self._name} has {counted(self._lines, 'line')}; its .info file says {told:,}. Nothing was written. "
                "Was the file changed, or cut short? If your .info files count other lines than those of the "
                "unpacked file, set check_lines=False."
            )


def _ahead(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Read, and unpacked, in a thread of their own."""
    return takewhile(len, in_order(lambda _: next(blocks, b""), repeat(None), concurrency=READ_AHEAD, threads=1))
