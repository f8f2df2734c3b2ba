"""Rows of a database as a file of this machine, batch by batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow_provider_aam.api.errors import AAMArgumentError, AAMSourceError
from airflow_provider_aam.api.names import missing_column
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.files.staging import Destination
from airflow_provider_aam.members.reading.shape import Columns
from airflow_provider_aam.members.reading.source import Files, find_files

if TYPE_CHECKING:
    import pyarrow as pa

Query = Callable[[], AbstractContextManager[tuple[Sequence[str], Iterator[Sequence[Sequence[Any]]]]]]
"""Opens a result: the names of its columns, and its rows in batches."""


Source = Sequence[Destination] | Query


def find_rows(source: Source, shape: Columns, folder: Path) -> Files:
    """The files of ``source``; the result of a query as one in ``folder``. Raises as the two ways to find them do."""
    return fetch(source, shape, folder) if callable(source) else find_files(source)


def fetch(query: Query, shape: Columns, folder: Path) -> Files:
    """The columns of ``shape`` as texts or lists of texts, in one Parquet file.

    Raises :class:`AAMArgumentError` when one is not there, :class:`AAMSourceError` when its values are
    of several types.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = folder / "query.parquet"
    with query() as (names, batches):
        if missing := [name for name in shape.columns if name not in names]:
            problems = [missing_column(name, names) for name in missing]
            raise AAMArgumentError.from_problems("the result of sql", problems)
        writer = None
        for rows in batches:
            values = dict(zip(names, zip(*rows, strict=True), strict=True))
            table = pa.table({name: _texts(values[name], name) for name in shape.columns})
            if writer is None:
                writer = pq.ParquetWriter(path, table.schema)
            if table.schema != writer.schema:
                raise AAMSourceError("sql: a column holds lists in some rows and single values in others.")
            writer.write_table(table)
        if writer is None:
            writer = pq.ParquetWriter(path, pa.schema([(name, pa.string()) for name in shape.columns]))
        writer.close()
    return find_files(path)


def _texts(values: Sequence[Any], name: str) -> pa.Array:
    import pyarrow as pa

    try:
        column = pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError):  # such as UUIDs, which Arrow does not know
        column = pa.array([None if value is None else str(value) for value in values], pa.string())
    try:
        return column.cast(pa.list_(pa.string()) if pa.types.is_list(column.type) else pa.string())
    except pa.ArrowInvalid as unusable:
        raise AAMSourceError(
            f"sql: column “{one_line(name)}” holds {column.type}, which has no text: cast it in the query."
        ) from unusable
