"""Parquet: one object a row, a null is absent."""

from __future__ import annotations

import io

from airflow_provider_aam.api.errors import AAMSourceError
from airflow_provider_aam.catalog.findings import Finding, Place
from airflow_provider_aam.catalog.rows import SourceRow


def read_parquet(content: bytes, source: str, _key: str, findings: list[Finding]) -> list[SourceRow]:
    """The collection key plays no part: a table holds one kind of object."""
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as absent:
        raise AAMSourceError(
            f"the source {source} is Parquet, which needs pyarrow: pip install 'airflow-provider-aam[parquet]'"
        ) from absent
    try:
        table = parquet.ParquetFile(io.BytesIO(content)).read()
    except (pa.ArrowException, OSError) as broken:
        first_line = str(broken).partition("\n")[0]
        findings.append(Finding(place=Place(source=source), problem=f"is not well-formed Parquet: {first_line}"))
        return []
    twice = sorted({name for name in table.column_names if table.column_names.count(name) > 1})
    findings.extend(Finding(place=Place(source=source), problem=f"the column {name!r} stands twice") for name in twice)
    rows = []
    for number, row in enumerate(table.to_pylist(), start=1):
        values = {name: _mend(value) for name, value in row.items() if value is not None and value == value}  # noqa: PLR0124  NaN
        rows.append(SourceRow(values=values, place=Place(source=source, row=number)))
    return rows


def _mend(value: object) -> object:
    """pandas makes floats of whole numbers, and NaN of nothing, as soon as one cell of a column is empty."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
