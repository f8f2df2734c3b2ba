"""Files of rows: found by path or pattern, and opened as one DuckDB relation without guessing what is in them."""

from __future__ import annotations

import glob
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow_provider_aam.api.errors import AAMArgumentError
from airflow_provider_aam.api.names import missing_column
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.files.staging import Destination, path_of
from airflow_provider_aam.members.reading.headers import csv_relation
from airflow_provider_aam.members.reading.shape import Columns
from airflow_provider_aam.members.reading.stores import in_duckdb

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SUFFIXES = {
    ".parquet": "parquet",
    ".csv": "csv",
    ".csv.gz": "csv",
    ".jsonl": "json",
    ".jsonl.gz": "json",
    ".ndjson": "json",
}
_PATTERN = frozenset("*?[")
_VERSION = ("size", "ETag", "etag", "LastModified", "last_modified", "mtime", "updated", "created")
"""What fsspec's filesystems tell of a file."""


@dataclass(frozen=True, kw_only=True)
class Files:
    """``kind`` is ``parquet``, ``csv`` or ``json``. ``fs`` is an fsspec filesystem; ``None`` for this machine's.

    ``versions`` are sizes, with an ETag or a time of writing where the store tells one.
    """

    paths: tuple[str, ...]
    versions: tuple[str, ...]
    kind: str
    size: int
    fs: Any = None

    def relation(self, con: DuckDBPyConnection, shape: Columns) -> str:
        """SQL that reads them. Raises :class:`AAMArgumentError` when a column of ``shape`` is not there."""
        uri = in_duckdb(con, self.fs)
        files = "[" + ", ".join(text(uri(path)) for path in self.paths) + "]"
        if self.kind == "json":
            return f"read_json({files}, format = 'newline_delimited', columns = {_json_columns(shape)})"
        if self.kind == "csv":
            sql = csv_relation(self.fs, self.paths, lambda path: text(uri(path)), name)
        else:
            sql = f"read_parquet({files}, union_by_name = true)"
        self._check_columns([row[0] for row in con.execute(f"DESCRIBE SELECT * FROM {sql}").fetchall()], shape)
        return sql

    def _check_columns(self, there: Sequence[str], shape: Columns) -> None:
        missing = [name for name in shape.columns if name not in there]
        if missing:
            raise AAMArgumentError.from_problems(
                f"{one_line(self.paths[0])}",
                [missing_column(name, there) for name in missing],
            )


def find_files(source: Destination | Sequence[Destination]) -> Files:
    """The files that ``source`` names: paths, or patterns with ``*``, ``?`` and ``[``; in the order of their names.

    Raises :class:`AAMArgumentError` where nothing matches or the files are of several formats or stores.
    """
    given = list(source) if isinstance(source, Sequence) else [source]
    filesystems = {id(fs): fs for fs in (_filesystem(path) for path in given)}
    if len(filesystems) > 1:
        raise AAMArgumentError("source: all files of one task have to be in one store.")
    (fs,) = filesystems.values()
    paths = sorted({name for path in given for name in _matches(fs, path_of(path))})
    kinds = {_kind(name) for name in paths}
    if len(kinds) != 1:
        raise AAMArgumentError(
            f"source: expected files of one format, found {', '.join(sorted(kinds)) or 'no file'} in "
            f"{', '.join(one_line(path_of(path)) for path in given)}."
        )
    found = [_size_and_version(fs, name) for name in paths]
    return Files(
        paths=tuple(paths if fs is None else map(fs.unstrip_protocol, paths)),
        versions=tuple(version for _, version in found),
        kind=kinds.pop(),
        size=sum(size for size, _ in found),
        fs=fs,
    )


def text(value: str) -> str:
    """``value`` as a literal of SQL."""
    return "'" + value.replace("'", "''") + "'"


def name(column: str) -> str:
    """``column`` as an identifier of SQL."""
    return '"' + column.replace('"', '""') + '"'


def _json_columns(shape: Columns) -> str:
    types = {column: "JSON" if column == shape.lists else "VARCHAR" for column in shape.columns}
    return "{" + ", ".join(f"{name(column)}: '{kind}'" for column, kind in types.items()) + "}"


def _filesystem(path: Destination) -> Any:
    fs = getattr(path, "fs", None)
    return None if fs is None or {"file", "local"} & set(_protocols(fs)) else fs


def _protocols(fs: Any) -> Sequence[str]:
    return [fs.protocol] if isinstance(fs.protocol, str) else list(fs.protocol)


def _matches(fs: Any, path: str) -> list[str]:
    if _PATTERN & set(path):
        found = glob.glob(path) if fs is None else fs.glob(path)  # noqa: PTH207  a pattern of any depth, absolute or not
    else:
        found = [path] if _is_file(fs, path) else []
    if not found:
        folder = fs is None and Path(path).is_dir()
        hint = f" It is a folder: give a pattern of files, such as {one_line(path.rstrip('/'))}/*.parquet." * folder
        raise AAMArgumentError(f"source: no file matches {one_line(path)}.{hint}")
    return list(found)


def _is_file(fs: Any, path: str) -> bool:
    """Not by fsspec's ``isfile``, for which a store that does not respond has no files."""
    if fs is None:
        return Path(path).is_file()
    try:
        return bool(fs.info(path)["type"] == "file")
    except FileNotFoundError:
        return False


def _size_and_version(fs: Any, path: str) -> tuple[int, str]:
    if fs is None:
        stat = Path(path).stat()
        return stat.st_size, f"{stat.st_size} {stat.st_mtime_ns}"
    info = fs.info(path)
    return info["size"], " ".join(str(info[key]) for key in _VERSION if info.get(key))


def _kind(path: str) -> str:
    suffix = next((known for known in SUFFIXES if path.lower().endswith(known)), None)
    if suffix is None:
        raise AAMArgumentError(f"source: {one_line(path)} has none of the suffixes {', '.join(SUFFIXES)}.")
    return SUFFIXES[suffix]
