"""Rows of files and lists in their order, some at a time, and where each of them comes from."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import islice
from typing import Any, TypeVar

import msgspec

from airflow_provider_aam.api.answers import UNREADABLE as NOT_JSON
from airflow_provider_aam.api.counted import counted
from airflow_provider_aam.api.errors import AAMArgumentError, AAMError, AAMSourceError
from airflow_provider_aam.api.names import missing_column
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.files.blocks import read_blocks
from airflow_provider_aam.files.refusals import UNREADABLE, may_pass, reason
from airflow_provider_aam.stream.operations import COLUMNS, Rejected, Rows

T = TypeVar("T")
AT_ONCE = 500
"""Rows: about as many as go into a request."""
Read = Rows | Rejected
Source = Sequence[Any]
"""Paths, or rows."""
_Reader = Callable[[Any, str], Generator[Read, None, None]]
_SAYING = {"trait", "signals"}
"""Columns of which a file with a header has one."""
_decode = msgspec.json.Decoder(dict[str, Any]).decode


def read_rows(source: Source) -> Iterator[Read]:
    """Raises :class:`AAMArgumentError` for files of other formats, :class:`AAMSourceError` for broken ones, and for one
    whose first row has no column ``user``.
    """
    paths = [each for each in source if not isinstance(each, Mapping)]
    readers = [_reader_for(path) for path in paths]
    if paths and len(paths) < len(source):
        raise AAMArgumentError("source: expected files or rows, found both.")
    if not paths:
        yield from _checked("`source` list", _numbered("`source` list, row ", source), has_header=False)
    for path, reader in zip(paths, readers, strict=True):
        name = one_line(str(path))
        try:
            with closing(reader(path, name)) as parts:
                yield from _checked(name, parts, has_header=reader is not _jsonl)
        except AAMError:
            raise
        except UNREADABLE as broken:
            error = AAMSourceError(f"{name} cannot be read: {one_line(reason(broken))}.")
            error.retryable = may_pass(broken)
            raise error from broken


def _checked(name: str, parts: Iterable[Read], *, has_header: bool) -> Iterator[Read]:
    unchecked = True
    for part in parts:
        if unchecked and isinstance(part, Rows):
            unchecked = False
            columns = list(part.rows[0])
            if "user" not in columns:
                raise AAMSourceError(f"{name}: {missing_column('user', columns)}")
            if has_header and not _SAYING & {*columns}:
                raise AAMSourceError(f"{name}: {missing_column('trait', columns)}")
        yield part


def _reader_for(path: Any) -> _Reader:
    name = str(path).lower()
    zipped, name = name.endswith(".gz"), name.removesuffix(".gz")
    reader = next((reader for suffix, reader in _READERS.items() if name.endswith(suffix)), None)
    if reader is None or (zipped and reader is _parquet):
        raise AAMArgumentError(f"source: {one_line(str(path))} has none of the suffixes {', '.join(_READERS)}, or .gz.")
    return _zipped_csv if zipped and reader is _csv else reader


def _jsonl(path: Any, name: str) -> Generator[Read, None, None]:
    number = 1
    for block in read_blocks(path, name=name):
        for lines in _some_of(block.removesuffix(b"\n").split(b"\n")):
            try:
                yield Rows(f"{name}:", range(number, number + len(lines)), [_decode(line) for line in lines], lines)
            except NOT_JSON:
                yield from _one_by_one(name, number, lines)
            number += len(lines)


def _one_by_one(name: str, first: int, lines: Iterable[bytes]) -> Iterator[Read]:
    for number, line in enumerate(lines, first):
        try:
            if line.strip():
                yield Rows(f"{name}:", [number], [_decode(line)], [line])
        except NOT_JSON as broken:
            yield Rejected(place=f"{name}:{number}", row=None, code="UNREADABLE", reason=one_line(str(broken)))


def _csv(path: Any, name: str) -> Generator[Read, None, None]:
    with path.open("rb") as file:
        yield from _csv_lines(file, name)


def _zipped_csv(path: Any, name: str) -> Generator[Read, None, None]:
    with path.open("rb") as packed, gzip.GzipFile(fileobj=packed) as file:
        yield from _csv_lines(file, name)


def _csv_lines(file: Any, name: str) -> Generator[Read, None, None]:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    lines = csv.reader(text)
    try:
        names = next((line for line in lines if line), [])
        for some in _some_of((lines.line_num, line) for line in lines if line):
            whole = [(number, line) for number, line in some if len(line) == len(names)]
            if whole:
                rows = [dict(zip(names, line, strict=True)) for _, line in whole]
                yield Rows(f"{name}:", [number for number, _ in whole], rows, rows)
            for number, line in some if len(whole) < len(some) else ():
                if len(line) != len(names):
                    fault = (
                        f"{counted(len(line), 'cell')} under {counted(len(names), 'column')}; quote cells with commas"
                    )
                    yield Rejected(place=f"{name}:{number}", row=None, code="UNREADABLE", reason=fault)
    except csv.Error as broken:
        raise AAMSourceError(f"{name}:{lines.line_num}: not CSV ({broken}).") from broken
    finally:
        text.detach()  # the file is its opener's to close


def _parquet(path: Any, name: str) -> Generator[Read, None, None]:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as missing:
        raise AAMArgumentError(
            f"source: {name} needs pyarrow: pip install 'airflow-provider-aam[parquet]'."
        ) from missing
    try:
        with path.open("rb") as file:
            parquet = pq.ParquetFile(file)
            columns = [column for column in COLUMNS if column in parquet.schema_arrow.names]
            batches = parquet.iter_batches(10_000, columns=columns)
            yield from _numbered(f"{name}, row ", (row for batch in batches for row in batch.to_pylist()))
    except pa.ArrowException as broken:
        raise AAMSourceError(f"{name} cannot be read: {one_line(str(broken))}.") from broken


def _numbered(origin: str, rows: Iterable[Mapping[str, Any]]) -> Iterator[Rows]:
    first = 1
    for some in _some_of(rows):
        yield Rows(origin, range(first, first + len(some)), some, some)
        first += len(some)


def _some_of(items: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(items)
    while some := [*islice(rest, AT_ONCE)]:
        yield some


_READERS = {".jsonl": _jsonl, ".ndjson": _jsonl, ".csv": _csv, ".parquet": _parquet}
