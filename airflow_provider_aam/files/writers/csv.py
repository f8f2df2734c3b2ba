"""CSV as RFC 4180 has it: UTF-8 without a mark, CRLF, a header; row by row."""

from __future__ import annotations

import csv
import io
from typing import BinaryIO

from airflow_provider_aam.api.resources import Type
from airflow_provider_aam.api.rows import Rows
from airflow_provider_aam.files.columns import Columns, Values, to_iso

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_BOOLEANS = {True: "true", False: "false", None: None}


class CsvWriter:
    """Null, absent and empty text are all empty; booleans ``true`` and ``false``; instants ISO 8601 in UTC."""

    def __init__(self, file: BinaryIO, columns: Columns, *, escape_formulas: bool = False) -> None:
        self._escape = escape_formulas
        self._columns = columns
        self._text = io.TextIOWrapper(file, encoding="utf-8", newline="")
        # With a bare \n as terminator the module of Python 3.11 leaves a \r inside a text unquoted.
        self._csv = csv.writer(self._text, lineterminator="\r\n")
        self._csv.writerow(columns.types)

    def write(self, rows: Rows) -> None:
        shown = map(_shown, self._columns.types.values(), self._columns.of_lines(rows.lines))
        if self._escape:
            shown = map(_escaped, shown)
        self._csv.writerows(zip(*shown, strict=True))

    def close(self) -> None:
        self._text.detach()


def _escaped(column: Values) -> Values:
    """An apostrophe before texts that a spreadsheet would calculate."""
    return [f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value for value in column]


def _shown(kind: Type, column: Values) -> Values:
    if kind is Type.INSTANT:
        return [None if value is None else to_iso(value) for value in column]
    return [_BOOLEANS[value] for value in column] if kind is Type.BOOLEAN else column
