"""Rows of desired objects, from a file of any known format or from a list."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import IO, Protocol

from airflow_provider_aam.api.errors import AAMSourceError
from airflow_provider_aam.catalog.findings import Finding, Place, refuse
from airflow_provider_aam.catalog.readers import READERS, Reader
from airflow_provider_aam.catalog.rows import SourceRow

UNREADABLE = (OSError, EOFError, zlib.error, ValueError, NotImplementedError)
"""What the file systems behind a path, and a broken .gz, raise."""


class ReadablePath(Protocol):
    """What is needed of a pathlib, universal-pathlib or Airflow object storage path."""

    @property
    def name(self) -> str: ...

    def open(self, mode: str = "r") -> IO[bytes]: ...


def read_source(path: ReadablePath, *, key: str) -> list[SourceRow]:
    """Every row of the file. ``key`` names the collection where a document may hold several (``traits:``).

    Raises :class:`AAMSourceError` when the file cannot be opened, has an unknown suffix or is not well-formed.
    """
    source = str(path)
    reader, zipped = _reader_for(path.name)
    try:
        with path.open("rb") as file:
            content = file.read()
        content = gzip.decompress(content) if zipped else content
    except UNREADABLE as unreadable:
        reason = getattr(unreadable, "strerror", None) or str(unreadable) or type(unreadable).__name__
        raise AAMSourceError(
            f"the source {source} cannot be read: {reason}. Check the path, and the connection of the file system."
        ) from unreadable
    findings: list[Finding] = []
    rows = reader(content, source, key, findings)
    refuse(source, findings)
    return rows


def rows_from_list(items: object, *, source: str = "the list given as source") -> list[SourceRow]:
    """Rows from what another task returned. Raises :class:`AAMSourceError` when it is no list of mappings."""
    findings: list[Finding] = []
    rows: list[SourceRow] = []
    if not isinstance(items, Sequence) or isinstance(items, str | bytes):
        raise AAMSourceError(f"{source} is a {type(items).__name__}; a list of mappings or a file's URI was due.")
    for number, item in enumerate(items, start=1):
        place = Place(source=source, row=number)
        if isinstance(item, Mapping):
            rows.append(SourceRow(values={str(name): value for name, value in item.items()}, place=place))
        else:
            findings.append(Finding(place=place, problem=f"a {type(item).__name__} stands where a mapping was due"))
    refuse(source, findings)
    return rows


def _reader_for(name: str) -> tuple[Reader, bool]:
    suffixes = [suffix.lower() for suffix in PurePosixPath(name).suffixes]
    zipped = suffixes[-1:] == [".gz"]
    suffix = (suffixes[:-1] if zipped else suffixes)[-1:]
    reader = READERS.get(suffix[0]) if suffix else None
    if reader is None or (zipped and suffix == [".parquet"]):
        known = ", ".join(READERS)
        raise AAMSourceError(f"the source {name!r} has no known suffix; known are {known} (all but .parquet also .gz).")
    return reader, zipped
