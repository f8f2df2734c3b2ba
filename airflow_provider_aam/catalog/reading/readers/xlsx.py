"""Excel workbooks: each sheet is a table, its first row holds the column names, an empty cell is absent.

A formula is read as the value that the spreadsheet program stored with it; where none is stored, the cell is empty.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from datetime import datetime, time
from typing import IO, Any
from xml.etree.ElementTree import ParseError

from airflow_provider_aam.catalog.problems import Place, Problem
from airflow_provider_aam.catalog.reading.limits import spend
from airflow_provider_aam.catalog.reading.readers.header import check_header
from airflow_provider_aam.catalog.reading.readers.text import is_extra
from airflow_provider_aam.catalog.reading.rows import RowPacker, SourceRow, Table

_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    ParseError,
    OSError,
    EOFError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    NotImplementedError,
)
"""What openpyxl raises on parts of a workbook that are missing, damaged, or not what they should be."""


def read_xlsx(file: IO[bytes], source: str, _keys: Sequence[str], findings: list[Problem]) -> list[Table]:
    """One table a sheet, in the order of the workbook; without empty sheets, and without those named ``x-…``."""
    try:
        from openpyxl import load_workbook
    except ImportError:
        problem = "is a workbook, which needs openpyxl: pip install 'airflow-provider-aam[xlsx]'"
        findings.append(Problem(place=Place(source=source), text=problem))
        return []
    content = io.BytesIO(file.read())
    sheets: list[tuple[str, list[Sequence[Any]]]] = []
    try:
        _weigh(content)
        workbook = load_workbook(content, read_only=True, data_only=True, keep_links=False)
        for sheet in workbook.worksheets:
            if not is_extra(sheet.title):
                sheet.reset_dimensions()
                sheets.append((sheet.title, _lines(sheet)))
    except _BROKEN as broken:
        first_line = str(broken).partition("\n")[0] or type(broken).__name__
        findings.append(Problem(place=Place(source=source), text=f"is not a well-formed workbook: {first_line}"))
        return []
    filled = [(title, lines) for title, lines in sheets if any(lines)]
    if not filled:
        problem = "is empty; expected a sheet with a header row"
        findings.append(Problem(place=Place(source=source), text=problem))
    return [_table(f"{source}[{title}]", title, lines, findings) for title, lines in filled]


def _weigh(content: io.BytesIO) -> None:
    with zipfile.ZipFile(content) as archive:
        packed = archive.infolist()
    sheets = [part.file_size for part in packed if part.filename.startswith("xl/worksheets/")]
    spend("bytes of sheets, unpacked", sum(sheets))
    spend("bytes, unpacked", sum(part.file_size for part in packed) - sum(sheets))


def _lines(sheet: Any) -> list[Sequence[Any]]:
    """Rows and cells that the sheet skips are filled in: they count like the others."""
    fill = sheet._get_row  # noqa: SLF001  the only place where the width of a row is known before it is made

    def fill_narrow(row: Any, *args: Any) -> Any:
        spend("values", row[-1]["column"] if row else 0)
        return fill(row, *args)

    sheet._get_row = fill_narrow  # noqa: SLF001
    lines, cells = [], 0
    for row in sheet.iter_rows():
        cells += len(row)
        lines.append(_cells(row))
        spend("rows", len(lines))
        spend("values", cells)
    return lines


class _Wrong(str):
    """What is in a cell whose formula failed, like ``#REF!``."""

    __slots__ = ()


def _cells(row: Iterable[Any]) -> Sequence[Any]:
    """The row's values as text, without the empty cells at its end."""
    texts = [_Wrong(cell.value) if cell.data_type == "e" else _text(cell.value) for cell in row]
    while texts and not texts[-1].strip():
        del texts[-1]
    return texts


def _text(value: object) -> str:
    """Excel has one kind of number, and a date is one with a format."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat()
    return str(value)


def _table(source: str, title: str, lines: list[Sequence[Any]], findings: list[Problem]) -> Table:
    header = tuple(cell.strip() for cell in lines[0])
    rows: list[SourceRow] = []
    if not check_header(header, Place(source=source, row=1), findings):
        return Table(source=source, title=title, rows=rows)
    pack = RowPacker().pack
    for number, cells in enumerate(lines[1:], start=2):
        place = Place(source=source, row=number)
        if len(cells) > len(header):
            problem = f"{len(cells)} cells under {len(header)} columns: name each column in row 1"
            findings.append(Problem(place=place, text=problem))
        elif cells:
            values = {name: cell for name, cell in zip(header, cells, strict=False) if cell.strip()}
            rows.append(pack(values, place))
            findings += [
                Problem(place=place, field=name, text=f"the cell holds the error {cell}")
                for name, cell in values.items()
                if isinstance(cell, _Wrong)
            ]
    return Table(source=source, title=title, rows=rows, header=header)
