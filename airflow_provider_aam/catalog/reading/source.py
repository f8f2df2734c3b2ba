"""Rows of desired objects, from a file of any known format or from a list."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import PurePosixPath
from typing import IO, Protocol, cast

from airflow_provider_aam.api.errors import AAMSourceError
from airflow_provider_aam.catalog.problems import Place, Problem, refuse
from airflow_provider_aam.catalog.reading.limits import Findings, TooMuch, most, spend
from airflow_provider_aam.catalog.reading.readers import NEVER_ZIPPED, READERS, Reader
from airflow_provider_aam.catalog.reading.recognise import is_name_of
from airflow_provider_aam.catalog.reading.rows import SourceRow, Table
from airflow_provider_aam.files.refusals import UNREADABLE, may_pass, reason


class Unreadable(Exception):
    """A source could not be opened, or not be read to its end; says why."""

    def __init__(self, error: BaseException) -> None:
        self.may_pass = may_pass(error)
        super().__init__(f"cannot be read: {reason(error)}. Check the path, and the connection of the file system.")


NO_SUFFIX = f"has no known suffix; known are {', '.join(READERS)} (all but {', '.join(NEVER_ZIPPED)} also .gz)"


class ReadablePath(Protocol):
    """What is needed of a pathlib, universal-pathlib or Airflow object storage path."""

    @property
    def name(self) -> str: ...

    def open(self, mode: str = "r") -> IO[bytes]: ...


def read_tables(path: ReadablePath, keys: Sequence[str], findings: list[Problem]) -> list[Table]:
    """What the file holds; nothing, and a finding, when it cannot be opened or read, or its suffix is unknown.

    Raises a retryable :class:`AAMSourceError` when the store is in trouble that may pass.
    """
    source = str(path)
    reader = reader_for(path.name)
    if reader is None:
        findings.append(Problem(place=Place(source=source), text=NO_SUFFIX))
        return []
    found = Findings()
    try:
        with _open(path) as file:
            return reader(file, source, keys, found)
    except (Unreadable, TooMuch) as refused:
        if isinstance(refused, Unreadable) and refused.may_pass:
            trouble = AAMSourceError(f"{source} {refused} Nothing was changed in AAM. Try again later.")
            trouble.retryable = True
            raise trouble from refused
        findings.append(Problem(place=Place(source=source), text=str(refused)))
        return []
    finally:
        findings.extend(found)


def rows_of(tables: Sequence[Table], key: str, source: str, findings: list[Problem]) -> list[SourceRow]:
    """The rows of one kind: those of the only table, or of the sheet that is called like the kind."""
    named = [table for table in tables if table.title is not None and is_name_of(table.title, key)]
    if len(tables) > 1 and not named:
        titles = ", ".join(str(table.title) for table in tables)
        problem = f"holds the sheets {titles}; call the one to be read {key!r}"
        findings.append(Problem(place=Place(source=source), text=problem))
        return []
    return [row for table in named or tables for row in table.rows]


def rows_from_list(items: object, *, source: str = "source list") -> list[SourceRow]:
    """Rows from what another task returned. Raises :class:`AAMSourceError` when it is not a list of mappings."""
    findings: list[Problem] = []
    rows: list[SourceRow] = []
    if not isinstance(items, Sequence) or isinstance(items, str | bytes):
        raise AAMSourceError(f"{source} is a {type(items).__name__}; expected a list of objects, or a file's URI.")
    for number, item in enumerate(items, start=1):
        place = Place(source=source, row=number)
        if isinstance(item, Mapping):
            rows.append(SourceRow(values={str(name): value for name, value in item.items()}, place=place))
        else:
            findings.append(Problem(place=place, text=f"expected an object, found {type(item).__name__}"))
    refuse(source, findings)
    return rows


def reader_for(name: str) -> Reader | None:
    """The reader of a file of this name; None when its suffix is unknown."""
    suffixes = [suffix.lower() for suffix in PurePosixPath(name).suffixes]
    zipped = suffixes[-1:] == [".gz"]
    suffix = (suffixes[:-1] if zipped else suffixes)[-1:]
    return None if not suffix or (zipped and suffix[0] in NEVER_ZIPPED) else READERS.get(suffix[0])


@contextmanager
def _open(path: ReadablePath) -> Iterator[IO[bytes]]:
    with ExitStack() as files:
        try:
            file = files.enter_context(path.open("rb"))
        except UNREADABLE as unreadable:
            raise Unreadable(unreadable) from unreadable
        unzipped = gzip.GzipFile(fileobj=file) if path.name.lower().endswith(".gz") else file
        yield cast("IO[bytes]", _Guarded(unzipped))


class _Guarded:
    """A file whose errors are :class:`Unreadable`, however late they are met; it ends at the limit."""

    def __init__(self, file: IO[bytes] | gzip.GzipFile) -> None:
        self._file = file
        self._left = most("bytes, unpacked")

    def read(self, size: int = -1) -> bytes:
        try:
            content = self._file.read(self._left + 1 if size < 0 else size)
        except UNREADABLE as unreadable:
            raise Unreadable(unreadable) from unreadable
        self._left -= len(content)
        if self._left < 0:
            spend("bytes, unpacked", most("bytes, unpacked") + 1)
        return content
