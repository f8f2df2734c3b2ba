"""Outbound files → one file of rows: user, segments, removed segments."""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_provider_aam.api.counted import counted
from airflow_provider_aam.api.errors import AAMSourceError
from airflow_provider_aam.api.moments import utc_now
from airflow_provider_aam.api.pool import in_order
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.feeds.read_receipt import FileRead, ReadReceipt
from airflow_provider_aam.feeds.reading.given import Delivered
from airflow_provider_aam.feeds.reading.layout import LineLayout
from airflow_provider_aam.files.blocks import read_blocks
from airflow_provider_aam.files.rejects import Rejects
from airflow_provider_aam.files.staging import Destination, path_of, stage
from airflow_provider_aam.files.writers.tables import TableWriter, choose_table_format, open_table

if TYPE_CHECKING:
    import pyarrow as pa

BLOCKS_AHEAD = 16
"""Read and split while a group of rows is packed."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class ReadOrder:
    """``rejects``: where to write lines that do not fit; the task fails when there are more than ``max_rejected``.

    ``check_lines`` compares with ``.info`` files. ``threads``: as many as the process may use by default.
    """

    destination: Destination
    file_format: str | None = None
    layout: LineLayout = field(default_factory=LineLayout)
    rejects: Destination | None = None
    max_rejected: int = 0
    check_lines: bool = True
    threads: int | None = None


def read_delivery(
    files: Sequence[Delivered], order: ReadOrder, *, now: Callable[[], datetime] = utc_now
) -> ReadReceipt:
    """Write a row for each line. Of full files removed segments are not read.

    Raises :class:`AAMSourceError` for files that cannot be read, hold another number of lines than their ``.info`` file
    says, or have too many lines that do not fit. Nothing is written then but the rejects.
    """
    started_at = now()
    form = choose_table_format(path_of(order.destination), order.file_format)
    with tempfile.TemporaryDirectory(prefix="aam-") as scratch, stage(order.destination) as staged:
        rejects = Rejects(Path(scratch) / "rejects.jsonl", counted_by="reason")
        with open_table(staged.local, form, _schema()) as (writer, written):
            read = [_FileReading(file, order, rejects).into(writer) for file in files]
        rejects_uri = rejects.publish(order.rejects)
        _refuse(rejects, order, rejects_uri)
        staged.publish()
    receipt = ReadReceipt(
        uri=staged.uri,
        format=form.name,
        rows=sum(each.rows for each in read),
        bytes=written.size,
        sha256=written.sha256,
        rejected=rejects.counts.total(),
        rejects_uri=rejects_uri,
        files=read,
        started_at=started_at,
        finished_at=now(),
    )
    log.info("%s", receipt)
    return receipt


class _FileReading:
    def __init__(self, file: Delivered, order: ReadOrder, rejects: Rejects) -> None:
        self._file, self._order, self._rejects = file, order, rejects
        self._name = one_line(file.uri)
        self._lines = self._rows = self._rejected = 0

    def into(self, writer: TableWriter) -> FileRead:
        from airflow_provider_aam.feeds.reading.splitting import split

        work = partial(split, layout=self._order.layout, with_removed=self._file.mode != "full")
        threads = self._order.threads or len(os.sched_getaffinity(0))
        for part in in_order(work, self._body(), concurrency=BLOCKS_AHEAD, threads=threads):
            writer.write(part.rows)
            self._rejects.add(
                {"file": self._file.uri, "line": self._lines + number + 1, "reason": reason, "text": text}
                for number, (reason, text) in part.rejected.items()
            )
            self._lines += part.lines
            self._rows += len(part.rows)
            self._rejected += len(part.rejected)
        self._check_lines()
        log.info("%s: %s, %s", self._name, counted(self._lines, "line"), counted(self._rows, "row"))
        return FileRead(uri=self._file.uri, lines=self._lines, rows=self._rows, rejected=self._rejected)

    def _body(self) -> Iterator[bytes]:
        """Without header lines, which are counted here."""
        for block in read_blocks(self._file.path, name=self._name):
            rest = block
            while rest and self._lines < self._order.layout.header_lines:
                rest = rest[rest.index(b"\n") + 1 :]
                self._lines += 1
            if rest:
                yield rest

    def _check_lines(self) -> None:
        told = self._file.lines
        if self._order.check_lines and told not in (None, self._lines):
            raise AAMSourceError(
                f"{self._name} has {counted(self._lines, 'line')}; its .info file says {told:,}. Nothing was written. "
                "Was the file changed, or cut short? If your .info files count other lines than those of the "
                "unpacked file, set check_lines=False."
            )


def _refuse(rejects: Rejects, order: ReadOrder, rejects_uri: str | None) -> None:
    count = rejects.counts.total()
    if count <= order.max_rejected:
        return
    each = "; ".join(f"{reason}: {number:,}" for reason, number in rejects.counts.most_common())
    where = f"Each is in {rejects_uri}." if rejects_uri else "Set rejects_path to see each of them."
    raise AAMSourceError(
        f"{counted(count, 'line')} rejected (max_rejected={order.max_rejected}): {each}. Nothing was written. "
        f"{where} If most are: does layout describe the lines of this destination?"
    )


def _schema() -> pa.Schema:
    import pyarrow as pa

    numbers = pa.list_(pa.int64())
    return pa.schema([("user", pa.string()), ("segments", numbers), ("removed", numbers)])
