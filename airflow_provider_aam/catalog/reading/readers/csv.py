"""CSV as spreadsheets write it: a header row, one object a row; comma, semicolon or tab; an empty cell is absent."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import IO

from airflow_provider_aam.catalog.problems import Place, Problem
from airflow_provider_aam.catalog.reading.readers.header import check_header
from airflow_provider_aam.catalog.reading.readers.text import decode_text
from airflow_provider_aam.catalog.reading.rows import RowPacker, SourceRow, Table

_DELIMITERS = ",;\t"


def read_csv(file: IO[bytes], source: str, _keys: Sequence[str], findings: list[Problem]) -> list[Table]:
    """The keys play no part: a table holds one kind of object."""
    text = decode_text(file.read(), source, findings, marks=b"\n,;\t")
    if text is None:
        return []
    if not text.strip():
        problem = "is empty; expected a header row with column names"
        findings.append(Problem(place=Place(source=source, line=1), text=problem))
        return []
    header_line = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=header_line.count)
    table = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[SourceRow] = []
    header: tuple[str, ...] = ()
    pack = RowPacker().pack
    last_line = 0
    try:
        header = tuple(cell.strip() for cell in next(table, []))
        if not check_header(header, Place(source=source, line=1), findings):
            return []
        last_line = table.line_num
        for cells in table:
            place = Place(source=source, line=last_line + 1)
            last_line = table.line_num
            if len(cells) > len(header):
                problem = f"{len(cells)} cells under {len(header)} columns: quote cells that hold the delimiter"
                findings.append(Problem(place=place, text=problem))
            elif any(cell.strip() for cell in cells):
                values = {name: cell for name, cell in zip(header, cells, strict=False) if cell.strip()}
                rows.append(pack(values, place))
    except csv.Error as broken:
        place = Place(source=source, line=last_line + 1)
        findings.append(Problem(place=place, text=f"is not well-formed CSV: {broken}"))
    return [Table(source=source, rows=rows, header=header)]
