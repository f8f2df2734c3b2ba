"""Parquet: one object a row, a null is absent."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import IO, Any

from airflow_provider_aam.catalog.problems import Place, Problem
from airflow_provider_aam.catalog.reading.limits import spend
from airflow_provider_aam.catalog.reading.readers.header import repeated
from airflow_provider_aam.catalog.reading.readers.lists import ONE_VALUE_EXPECTED, plain_list
from airflow_provider_aam.catalog.reading.rows import RowPacker, SourceRow, Table

_BATCH = 1_000


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
        header, batches = _read(parquet, content)
    except (pa.ArrowException, OSError, UnicodeError) as broken:
        first_line = str(broken).partition("\n")[0]
        findings.append(Problem(place=Place(source=source), text=f"is not well-formed Parquet: {first_line}"))
        return []
    place = Place(source=source)
    findings.extend(Problem(place=place, text=f"the column {name!r} is a duplicate") for name in repeated(header))
    pack = RowPacker().pack
    rows: list[SourceRow] = []
    for batch in batches:
        for row in batch:
            place = Place(source=source, row=len(rows) + 1)
            rows.append(pack({name: _mend(value) for name, value in row.items() if not _is_nothing(value)}, place))
            findings += [
                Problem(place=place, field=name, text=ONE_VALUE_EXPECTED)
                for name, value in row.items()
                if isinstance(value, dict) or (isinstance(value, list) and plain_list(value) is None)
            ]
    return [Table(source=source, rows=rows, header=header)]


def _read(parquet: Any, content: bytes) -> tuple[tuple[str, ...], list[list[dict[str, Any]]]]:
    """Column names, and rows in batches. A text that is kept once for many rows counts in each."""
    about = parquet.ParquetFile(io.BytesIO(content)).metadata
    spend("rows", about.num_rows)
    spend("columns", about.num_columns)
    spend("bytes, unpacked", sum(about.row_group(at).total_byte_size for at in range(about.num_row_groups)))
    leaves = [about.schema.column(at) for at in range(about.num_columns)]
    texts = [leaf.path for leaf in leaves if leaf.physical_type == "BYTE_ARRAY"]
    batches, unpacked = [], 0
    file = parquet.ParquetFile(io.BytesIO(content), read_dictionary=texts)
    for batch in file.iter_batches(batch_size=_BATCH):
        unpacked += sum(map(_size, batch.columns))
        spend("bytes, unpacked", unpacked)
        batches.append(batch.to_pylist())
    return tuple(file.schema_arrow.names), batches


def _size(column: Any) -> int:
    import pyarrow.compute as pc
    from pyarrow import types

    if not types.is_dictionary(column.type):
        return int(column.nbytes)
    return pc.sum(pc.take(pc.binary_length(column.dictionary), column.indices)).as_py() or 0


def _is_nothing(value: object) -> bool:
    return value is None or value != value  # noqa: PLR0124  NaN


def _mend(value: object) -> object:
    """pandas makes floats of whole numbers, and NaN of nothing, as soon as one cell of a column is empty."""
    if isinstance(value, list):
        return plain_list(value)
    return int(value) if isinstance(value, float) and value.is_integer() else value
