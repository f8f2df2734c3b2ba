"""Rows of files and lists, one after the other and in their order, each with where it comes from."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from typing import IO, Any

import msgspec

from airflow_provider_aam.api.errors import AAMArgumentError, AAMSourceError
from airflow_provider_aam.api.names import near_misses
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.files.refusals import UNREADABLE, may_pass, reason
from airflow_provider_aam.stream.operations import COLUMNS, Rejected, Row

Read = tuple[str, Row] | Rejected
Source = Sequence[Any]
"""Paths, or rows."""
_Reader = Callable[[IO[bytes], str], Generator[Read, None, None]]


def read_rows(source: Source) -> Iterator[Read]:
    """Raises :class:`AAMArgumentError` for files of other formats, :class:`AAMSourceError` for broken ones, and for one
    whose first row has no column ``user``.
    """
    paths = [each for each in source if not isinstance(each, Mapping)]
    readers = [_reader_for(path) for path in paths]
    if paths and len(paths) < len(source):
        raise AAMArgumentError("source: expected files or rows, found both.")
    if not paths:
        yield from _checked("`source` list", ((f"`source` list, row {n}", row) for n, row in enumerate(source, 1)))
    for path, reader in zip(paths, readers, strict=True):
        name = one_line(str(path))
        try:
            with path.open("rb") as file, closing(reader(file, name)) as rows:
                yield from _checked(name, rows)
        except UNREADABLE as broken:
            error = AAMSourceError(f"{name} cannot be read: {one_line(reason(broken))}.")
            error.retryable = may_pass(broken)
            raise error from broken


def _checked(name: str, rows: Iterable[Read]) -> Iterator[Read]:
    for number, read in enumerate(rows):
        if number == 0 and not isinstance(read, Rejected) and "user" not in read[1]:
            raise AAMSourceError(f"{name}: column “user” is missing.{near_misses(['user'], list(read[1]))}")
        yield read


def _reader_for(path: Any) -> _Reader:
    name = str(path).lower()
    zipped, name = name.endswith(".gz"), name.removesuffix(".gz")
    reader = next((reader for suffix, reader in _READERS.items() if name.endswith(suffix)), None)
    if reader is None or (zipped and reader is _parquet):
        raise AAMArgumentError(f"source: {one_line(str(path))} has none of the suffixes {', '.join(_READERS)}, or .gz.")
    if not zipped:
        return reader
    return lambda file, name: reader(gzip.GzipFile(fileobj=file), name)  # type: ignore[arg-type]


def _jsonl(file: IO[bytes], name: str) -> Generator[Read, None, None]:
    decode = msgspec.json.Decoder(dict[str, Any]).decode
    for number, line in enumerate(iter(file.readline, b""), 1):  # Airflow 2.11's files cannot be iterated
        if not line.strip():
            continue
        place = f"{name}:{number}"
        try:
            yield place, decode(line)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as broken:
            yield Rejected(place=place, row=None, code="UNREADABLE", reason=one_line(str(broken)))


def _csv(file: IO[bytes], name: str) -> Generator[Read, None, None]:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    rows = csv.DictReader(text)
    try:
        for row in rows:
            yield f"{name}:{rows.line_num}", {key: row[key] for key in row if key is not None}
    except csv.Error as broken:
        raise AAMSourceError(f"{name}:{rows.line_num}: not CSV ({broken}).") from broken
    finally:
        text.detach()  # the file is its opener's to close


def _parquet(file: IO[bytes], name: str) -> Generator[Read, None, None]:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as missing:
        raise AAMArgumentError(
            f"source: {name} needs pyarrow: pip install 'airflow-provider-aam[parquet]'."
        ) from missing
    try:
        parquet = pq.ParquetFile(file)
        columns = [column for column in COLUMNS if column in parquet.schema_arrow.names]
        rows = (row for batch in parquet.iter_batches(10_000, columns=columns) for row in batch.to_pylist())
        for number, row in enumerate(rows, 1):
            yield f"{name}, row {number}", row
    except pa.ArrowException as broken:
        raise AAMSourceError(f"{name} cannot be read: {one_line(str(broken))}.") from broken


_READERS = {".jsonl": _jsonl, ".ndjson": _jsonl, ".csv": _csv, ".parquet": _parquet}
