"""Rows to bytes: one module a format, all behind :func:`open_writer`."""

from __future__ import annotations

import gzip
import hashlib
import io
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from typing_extensions import Buffer

from airflow_provider_aam.api.rows import Rows
from airflow_provider_aam.files.columns import Columns
from airflow_provider_aam.files.formats import Format
from airflow_provider_aam.files.writers.csv import CsvWriter
from airflow_provider_aam.files.writers.jsonl import JsonlWriter
from airflow_provider_aam.files.writers.parquet import ParquetWriter


class RowWriter(Protocol):
    def write(self, rows: Rows) -> None:
        """Append the rows of one page."""

    def close(self) -> None:
        """Write what is left; the file stays open."""


class Written(io.FileIO):
    """A file that knows its size and SHA-256 without being read again."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, "w")
        self.size = 0
        self._digest = hashlib.sha256()

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def write(self, data: Buffer) -> int:
        count = super().write(data)
        self.size += count
        self._digest.update(memoryview(data)[:count])
        return count


@contextmanager
def open_writer(
    path: Path, form: Format, columns: Columns, *, escape_formulas: bool = False
) -> Iterator[tuple[RowWriter, Written]]:
    """A writer on ``path``, emptied first, and the file, which is whole once the context has ended without an error.

    ``escape_formulas`` is for CSV alone, which spreadsheets open.
    """
    with (
        open_written(path, gzipped=form.gzipped) as (file, written),
        closing(_build(form, file, columns, escape_formulas=escape_formulas)) as writer,
    ):
        yield writer, written


@contextmanager
def open_written(path: Path, *, gzipped: bool) -> Iterator[tuple[BinaryIO, Written]]:
    """The file to write to, and what is known of it when the context has ended."""
    with ExitStack() as stack:
        written = Written(path)
        file = cast("BinaryIO", stack.enter_context(io.BufferedWriter(written)))
        if gzipped:
            # No time and no name in the header, so that equal rows give equal bytes.
            packed = gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=file, mtime=0)
            file = cast("BinaryIO", stack.enter_context(packed))
        yield file, written


def _build(form: Format, file: BinaryIO, columns: Columns, *, escape_formulas: bool) -> RowWriter:
    match form.kind:
        case "jsonl":
            return JsonlWriter(file, fields=None if columns.keep_other else tuple(columns.types))
        case "csv":
            return CsvWriter(file, columns, escape_formulas=escape_formulas)
        case _:
            return ParquetWriter(file, columns)
