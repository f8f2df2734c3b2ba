"""Batches of Arrow columns, lists among them, to Parquet or JSON Lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol

import msgspec

from airflow_provider_aam.api.errors import AAMArgumentError
from airflow_provider_aam.files.formats import Format, choose_format
from airflow_provider_aam.files.writers import Written, open_written

if TYPE_CHECKING:
    import pyarrow as pa

GROUP_BYTES = 32 * 2**20
"""Of a row group in memory: large enough to pack well."""
FLUSH_ROWS = 10_000


class TableWriter(Protocol):
    def write(self, batch: pa.RecordBatch) -> None:
        """Append its rows."""

    def close(self) -> None:
        """Write what is left; the file stays open."""


def choose_table_format(file_name: str, file_format: str | None = None) -> Format:
    """Raises as :func:`choose_format`, and for CSV, which has no lists."""
    form = choose_format(file_name, file_format)
    if form.kind == "csv":
        raise AAMArgumentError("CSV cannot hold the lists in these rows: write .parquet, .jsonl or .jsonl.gz.")
    return form


@contextmanager
def open_table(
    path: Path, form: Format, schema: pa.Schema, *, repeating: Sequence[str] | None = None
) -> Iterator[tuple[TableWriter, Written]]:
    """A writer on ``path``, emptied first, and the file, which is complete once the context has ended without error.

    ``repeating``: paths of Parquet columns whose values repeat, for which alone a dictionary is tried; all by default.
    """
    with (
        open_written(path, gzipped=form.gzipped) as (file, written),
        closing(_Parquet(file, schema, repeating) if form.kind == "parquet" else _JsonLines(file)) as writer,
    ):
        yield writer, written


class _Parquet:
    def __init__(self, file: BinaryIO, schema: pa.Schema, repeating: Sequence[str] | None) -> None:
        import pyarrow as pa
        from pyarrow import parquet

        # Of texts, such as ids, smallest and largest say nothing, and take long to find.
        numbers = [column.name for column in schema if pa.types.is_primitive(column.type)]
        dictionaries = True if repeating is None else [*repeating]
        self._writer = parquet.ParquetWriter(
            file, schema, compression="zstd", write_statistics=numbers, use_dictionary=dictionaries
        )
        self._batches: list[pa.RecordBatch] = []
        self._bytes = 0

    def write(self, batch: pa.RecordBatch) -> None:
        self._batches.append(batch)
        self._bytes += batch.nbytes
        if self._bytes >= GROUP_BYTES:
            self._flush()

    def close(self) -> None:
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        import pyarrow as pa

        if self._batches:
            self._writer.write_table(pa.Table.from_batches(self._batches))
            self._batches, self._bytes = [], 0


class _JsonLines:
    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._encoder = msgspec.json.Encoder()

    def write(self, batch: pa.RecordBatch) -> None:
        for start in range(0, len(batch), FLUSH_ROWS):
            self._file.write(self._encoder.encode_lines(batch.slice(start, FLUSH_ROWS).to_pylist()))

    def close(self) -> None:
        """Nothing is held back."""
