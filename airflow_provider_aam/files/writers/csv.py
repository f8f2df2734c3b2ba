"""CSV as RFC 4180 has it: UTF-8 without a mark, CRLF, a header; row by row."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any, BinaryIO

import msgspec

from airflow_provider_aam.api.resources import Type
from airflow_provider_aam.files.columns import Columns, to_iso


class CsvWriter:
    """Null, absent and empty text are all empty; booleans ``true`` and ``false``; instants ISO 8601 in UTC."""

    def __init__(self, file: BinaryIO, columns: Columns) -> None:
        self._columns = columns
        self._instants = [index for index, kind in enumerate(columns.types.values()) if kind is Type.INSTANT]
        self._booleans = [index for index, kind in enumerate(columns.types.values()) if kind is Type.BOOLEAN]
        self._text = io.TextIOWrapper(file, encoding="utf-8", newline="")
        # With a bare \n as terminator the module of Python 3.11 leaves a \r inside a text unquoted.
        self._csv = csv.writer(self._text, lineterminator="\r\n")
        self._csv.writerow(columns.types)

    def write(self, rows: Sequence[msgspec.Raw]) -> None:
        self._csv.writerows(self._cells(row) for row in rows)

    def close(self) -> None:
        self._text.detach()

    def _cells(self, row: msgspec.Raw) -> list[Any]:
        cells = self._columns.values(row)
        for index in self._instants:
            if cells[index] is not None:
                cells[index] = to_iso(cells[index])
        for index in self._booleans:
            if cells[index] is not None:
                cells[index] = "true" if cells[index] else "false"
        return cells
