"""Rows to bytes: one module a format, all behind :func:`open_writer`."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol, cast

import msgspec

from airflow_provider_aam.files.columns import Columns
from airflow_provider_aam.files.formats import Format
from airflow_provider_aam.files.writers.csv import CsvWriter
from airflow_provider_aam.files.writers.jsonl import JsonlWriter
from airflow_provider_aam.files.writers.parquet import ParquetWriter


class RowWriter(Protocol):
    def write(self, rows: Sequence[msgspec.Raw]) -> None:
        """Append the rows of one page."""

    def close(self) -> None:
        """Write what is left; the file stays open."""


@contextmanager
def open_writer(path: Path, form: Format, columns: Columns) -> Iterator[RowWriter]:
    """A writer on ``path``, emptied first. The file is whole once the context has ended without an error."""
    with ExitStack() as stack:
        file = cast("BinaryIO", stack.enter_context(path.open("wb")))
        if form.gzipped:
            # No time and no name in the header, so that equal rows give equal bytes.
            packed = gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=file, mtime=0)
            file = cast("BinaryIO", stack.enter_context(packed))
        yield stack.enter_context(closing(_build(form, file, columns)))


def _build(form: Format, file: BinaryIO, columns: Columns) -> RowWriter:
    match form.kind:
        case "jsonl":
            return JsonlWriter(file, fields=None if columns.keep_other else tuple(columns.types))
        case "csv":
            return CsvWriter(file, columns)
        case _:
            return ParquetWriter(file, columns)
