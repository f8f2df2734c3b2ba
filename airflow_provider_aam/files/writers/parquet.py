"""Parquet with one type a column, in row groups of a fixed size."""

from __future__ import annotations

from typing import Any, BinaryIO

from airflow_provider_aam.api.resources import Type
from airflow_provider_aam.api.rows import Rows
from airflow_provider_aam.files.columns import Columns

ROWS_PER_GROUP = 10_000
"""Large enough for readers to skip by statistics, small enough to hold in memory."""


class ParquetWriter:
    """Instants are ``timestamp[ms, UTC]``; lists, objects and what has no column are JSON text."""

    def __init__(self, file: BinaryIO, columns: Columns) -> None:
        import pyarrow as pa
        from pyarrow import parquet

        types = {
            Type.INTEGER: pa.int64(),
            Type.NUMBER: pa.float64(),
            Type.TEXT: pa.string(),
            Type.BOOLEAN: pa.bool_(),
            Type.INSTANT: pa.timestamp("ms", tz="UTC"),
            Type.JSON: pa.string(),
        }
        self._columns = columns
        self._schema = pa.schema([(name, types[kind]) for name, kind in columns.types.items()])
        self._batches: list[Any] = []
        self._waiting = 0
        self._writer = parquet.ParquetWriter(file, self._schema, compression="zstd")

    def write(self, rows: Rows) -> None:
        import pyarrow as pa

        if not rows:
            return
        by_column = zip(self._columns.of_lines(rows.lines), self._schema, strict=True)
        arrays = [pa.array(values, type=each.type) for values, each in by_column]
        self._batches.append(pa.record_batch(arrays, schema=self._schema))
        self._waiting += len(rows)
        if self._waiting >= ROWS_PER_GROUP:
            self._flush()

    def close(self) -> None:
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        import pyarrow as pa

        if self._batches:
            self._writer.write_table(pa.Table.from_batches(self._batches, schema=self._schema))
            self._batches, self._waiting = [], 0
