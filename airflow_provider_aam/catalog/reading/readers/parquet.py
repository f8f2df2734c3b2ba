"""Parquet: one object a row, a null is absent."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import IO

from airflow_provider_aam.catalog.problems import Place, Problem
from airflow_provider_aam.catalog.reading.readers.lists import ONE_VALUE_DUE, plain_list
from airflow_provider_aam.catalog.reading.rows import RowPacker, SourceRow, Table


def read_parquet(file: IO[bytes], source: str, _keys: Sequence[str], findings: list[Problem]) -> list[Table]:
    """The keys play no part: a table holds one kind of object."""
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError:
        problem = "is Parquet, which needs pyarrow: pip install 'airflow-provider-aam[parquet]'"
        findings.append(Problem(place=Place(source=source), text=problem))
        return []
    content = file.read()
    try:
        table = parquet.ParquetFile(io.BytesIO(content)).read()
    except (pa.ArrowException, OSError) as broken:
        first_line = str(broken).partition("\n")[0]
        findings.append(Problem(place=Place(source=source), text=f"is not well-formed Parquet: {first_line}"))
        return []
    header = tuple(table.column_names)
    twice = sorted({name for name in header if header.count(name) > 1})
    findings.extend(Problem(place=Place(source=source), text=f"the column {name!r} stands twice") for name in twice)
    pack = RowPacker().pack
    rows: list[SourceRow] = []
    for batch in table.to_batches():
        for row in batch.to_pylist():
            place = Place(source=source, row=len(rows) + 1)
            rows.append(pack({name: _mend(value) for name, value in row.items() if not _is_nothing(value)}, place))
            findings += [
                Problem(place=place, field=name, text=ONE_VALUE_DUE)
                for name, value in row.items()
                if isinstance(value, dict) or (isinstance(value, list) and plain_list(value) is None)
            ]
    return [Table(source=source, rows=rows, header=header)]


def _is_nothing(value: object) -> bool:
    return value is None or value != value  # noqa: PLR0124  NaN


def _mend(value: object) -> object:
    """pandas makes floats of whole numbers, and NaN of nothing, as soon as one cell of a column is empty."""
    if isinstance(value, list):
        return plain_list(value)
    return int(value) if isinstance(value, float) and value.is_integer() else value
