"""Parquet: one object a row, a null is absent."""

from __future__ import annotations

import io

from airflow_provider_aam.api.errors import AAMSourceError
from airflow_provider_aam.catalog.findings import Finding, Place
from airflow_provider_aam.catalog.source import SourceRow


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
        table = parquet.read_table(io.BytesIO(content))
    except pa.ArrowInvalid as broken:
        first_line = str(broken).partition("\n")[0]
        findings.append(Finding(place=Place(source=source), problem=f"is not well-formed Parquet: {first_line}"))
        return []
    return [
        SourceRow(
            values={name: value for name, value in row.items() if value is not None},
            place=Place(source=source, row=number),
        )
        for number, row in enumerate(table.to_pylist(), start=1)
    ]
