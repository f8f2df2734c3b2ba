"""CSV as spreadsheets write it: a header row, one object a row; comma, semicolon or tab; an empty cell is absent."""

from __future__ import annotations

import csv
import io

from airflow_provider_aam.catalog.findings import Finding, Place
from airflow_provider_aam.catalog.readers.text import decode_text
from airflow_provider_aam.catalog.rows import SourceRow

_DELIMITERS = ",;\t"


def read_csv(content: bytes, source: str, _key: str, findings: list[Finding]) -> list[SourceRow]:
    """The collection key plays no part: a table holds one kind of object."""
    text = decode_text(content, source, findings)
    if text is None:
        return []
    header_line = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=header_line.count)
    table = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[SourceRow] = []
    last_line = 0
    try:
        header = _read_header(next(table, []), source, findings)
        last_line = table.line_num
        for cells in table:
            place = Place(source=source, line=last_line + 1)
            last_line = table.line_num
            if len(cells) > len(header):
                problem = f"{len(cells)} cells under {len(header)} columns: quote cells that hold the delimiter"
                findings.append(Finding(place=place, problem=problem))
            elif any(cell.strip() for cell in cells):
                values = {name: cell for name, cell in zip(header, cells, strict=False) if cell.strip()}
                rows.append(SourceRow(values=values, place=place))
    except csv.Error as broken:
        place = Place(source=source, line=last_line + 1)
        findings.append(Finding(place=place, problem=f"is not well-formed CSV: {broken}"))
    return rows


def _read_header(cells: list[str], source: str, findings: list[Finding]) -> list[str]:
    header = [cell.strip() for cell in cells]
    place = Place(source=source, line=1)
    if not any(header):
        findings.append(Finding(place=place, problem="has no header row with column names"))
    twice = sorted({name for name in header if name and header.count(name) > 1})
    findings.extend(Finding(place=place, problem=f"the column {name!r} stands twice") for name in twice)
    return header
