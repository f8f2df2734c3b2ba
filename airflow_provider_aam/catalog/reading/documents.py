"""A catalog: one or several files, or folders of them, and the rows of each kind of object that they hold."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol, Self

from airflow_provider_aam.api.errors import AAMSourceError
from airflow_provider_aam.catalog.problems import Place, Problem, refuse
from airflow_provider_aam.catalog.reading.recognise import KindColumns, kind_of_name, kinds_of_columns
from airflow_provider_aam.catalog.reading.rows import SourceRow, Table
from airflow_provider_aam.catalog.reading.source import ReadablePath, Unreadable, read_tables, rows_of
from airflow_provider_aam.files.refusals import UNREADABLE

Check = Callable[[Mapping[str, Sequence[SourceRow]]], Iterable[Problem]]
"""Rows of each kind, by its key → what is wrong with them."""


class CatalogPath(ReadablePath, Protocol):
    """A file, or a folder of files."""

    def is_dir(self) -> bool: ...

    def iterdir(self) -> Iterator[Self]: ...


def read_catalog(
    paths: Iterable[CatalogPath], *, kinds: KindColumns, only: str | None = None, check: Check | None = None
) -> dict[str, list[SourceRow]]:
    """The rows of every kind that the files hold, kinds in the order of ``kinds``, rows in the order of the files.

    A YAML or JSON document holds a list of each kind under its key (``traits:``, ``segmentFolders:``); ``$schema`` and
    ``x-…`` keys are for people. A workbook holds a kind a sheet, any other table one kind. The kind of a table, and of
    a document that is a bare list, is ``only`` where that is given, else what the sheet or the file is called
    (``traits.csv``, ``trait-folders.web.jsonl``: up to the first dot), else what its columns tell. A folder is read
    with its folders, sorted by name. A kind is absent from the answer when no file has a place for it, and has no
    rows when its list is empty.

    Raises :class:`AAMSourceError`, with all findings of all files, when a file is unreadable, of an unknown suffix,
    hidden, empty, not well-formed, or holds a kind that nothing tells; with what ``check`` finds in the other files.
    """
    findings: list[Problem] = []
    held: dict[str, list[SourceRow]] = {}
    named = list(paths)
    if not named:
        raise AAMSourceError("the catalog names no file; give at least one.")
    for path in _files(named, findings):
        known = len(findings)
        read = _rows(path, kinds, only, findings)
        if len(findings) == known:
            for key, rows in read:
                held.setdefault(key, []).extend(rows)
    in_order = {key: held[key] for key in kinds if key in held}
    if findings and check is not None:
        findings += check(in_order)
    refuse(str(named[0]) if len(named) == 1 else "the catalog", findings)
    return in_order


def _rows(
    path: CatalogPath, kinds: KindColumns, only: str | None, findings: list[Problem]
) -> list[tuple[str, list[SourceRow]]]:
    tables = read_tables(path, [only] if only else list(kinds), findings)
    if only:
        return [(only, rows_of(tables, only, str(path), findings))]
    return [(_kind_of(table, path, kinds, findings, alone=len(tables) == 1), table.rows) for table in tables]


def _files(
    paths: Iterable[CatalogPath], findings: list[Problem], *, root: CatalogPath | None = None
) -> Iterator[CatalogPath]:
    """``root``: the folder that was named, when these are in it."""
    for path in paths:
        place = Place(source=str(path))
        if root is not None and path.name.startswith("."):
            findings.append(Problem(place=place, text="is hidden and was not read; move it out of the catalog"))
        elif problem := _strays(path, root):
            findings.append(Problem(place=place, text=problem))
        elif not _is_folder(path):
            yield path
        else:
            try:
                entries = sorted(path.iterdir(), key=lambda entry: entry.name)
            except UNREADABLE as unreadable:
                findings.append(Problem(place=place, text=str(Unreadable(unreadable))))
                continue
            if not entries:
                findings.append(Problem(place=place, text="is an empty folder; expected catalog files in it"))
            yield from _files(entries, findings, root=root or path)


def _is_folder(path: CatalogPath) -> bool:
    try:
        return path.is_dir()
    except PermissionError:  # to list what is in a bucket; its objects may be readable all the same
        return False


def _strays(path: CatalogPath, root: CatalogPath | None) -> str:
    """Why a path of this machine is not read; nothing of any other: object stores have no links."""
    if not os.path.exists(str(path)):  # noqa: PTH110  what Airflow hands in is not a pathlib path
        return ""
    real = Path(os.path.realpath(str(path)))
    if not (real.is_file() or real.is_dir()):
        return "is a device, a pipe or a socket, and was not read; a catalog holds files and folders"
    if root is None:
        return ""
    if not real.is_relative_to(os.path.realpath(str(root))):
        return f"is a link that leads out of {root}, and was not followed; put the file itself there"
    if real.is_dir() and os.path.islink(str(path)):  # noqa: PTH114
        return "is a link to a folder of the same catalog, and was not followed; it is read where it is"
    return ""


def _kind_of(table: Table, path: ReadablePath, kinds: KindColumns, findings: list[Problem], *, alone: bool) -> str:
    """The kind's key; nothing, and a finding, when it cannot be told."""
    key = kind_of_name(table.title, kinds)
    if key is None and alone:
        key = kind_of_name(path.name.partition(".")[0], kinds)
    if key is not None:
        return key
    fitting = kinds_of_columns(table.columns, kinds)
    if len(fitting) == 1:
        return fitting[0]
    said = f"its columns fit {', '.join(fitting)}" if fitting else "neither its name nor its columns tell"
    sheet = "the sheet like the kind, as in “Traits”, or x-… if it is none" if table.title else ""
    problem = (
        f"which kind of object it holds is not clear ({said}): call {sheet or _FILE_HINT}; known: {', '.join(kinds)}"
    )
    findings.append(Problem(place=Place(source=table.source), text=problem))
    return ""


_FILE_HINT = "the file like the kind, as in traits.csv or traits.web.csv"
