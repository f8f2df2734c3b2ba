"""The rows that a task's ``source`` stands for, whichever way it is given."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from airflow_provider_aam.operators.paths import open_path

if TYPE_CHECKING:
    from airflow_provider_aam.catalog.planning.options import Catalog
    from airflow_provider_aam.catalog.reading.documents import Check

Uri = str | os.PathLike[str]
Source = Uri | Sequence[Uri] | Sequence[Mapping[str, Any]] | Mapping[str, Sequence[Mapping[str, Any]]]
"""A file or folder, several of them, rows of one kind, or rows by key of their kind."""

MOST_NAMED = 3


def read_rows(
    source: Source, conn_id: str | None, *, kind: str | None, check: Check | None = None
) -> tuple[Catalog, str]:
    """The rows by kind, and what to call the source in plans and messages.

    ``kind``, a key such as ``traits``, says what all rows are; without it files tell themselves, and a list of rows is
    refused. Raises :class:`AAMSourceError` with everything that is wrong with the source; when one file cannot be read,
    with what ``check`` finds in the others.
    """
    from airflow_provider_aam.api.errors import AAMSourceError
    from airflow_provider_aam.catalog.kinds import KINDS
    from airflow_provider_aam.catalog.reading.source import rows_from_list

    if isinstance(source, Mapping):
        known = [kind] if kind else [*KINDS]
        unknown = ", ".join(repr(key) for key in source if key not in known)
        if unknown:
            raise AAMSourceError(f"source has rows of {unknown}; known here: {', '.join(known)}. Nothing was changed.")
        held = {KINDS[key]: rows_from_list(rows, source=f"the {key} given as source") for key, rows in source.items()}
        return held, "the rows given as source"
    uris = _uris(source)
    if uris:
        return _read_files(uris, conn_id, kind, check)
    if kind is None:
        raise AAMSourceError(
            "source is a list of rows, and nothing tells what they are: give kind, or a mapping such as "
            '{"traits": […]}. Nothing was changed.'
        )
    return {KINDS[kind]: rows_from_list(source)}, "the list given as source"


def _read_files(uris: Sequence[str], conn_id: str | None, kind: str | None, check: Check | None) -> tuple[Catalog, str]:
    from airflow_provider_aam.catalog.kinds import KINDS
    from airflow_provider_aam.catalog.reading.documents import read_catalog

    columns = {key: frozenset(each.model.columns()) for key, each in KINDS.items()}
    paths = [open_path(uri, conn_id, what="source") for uri in uris]
    held = read_catalog(paths, kinds=columns, only=kind, check=check)
    more = f" and {len(uris) - MOST_NAMED} more" if len(uris) > MOST_NAMED else ""
    return {KINDS[key]: rows for key, rows in held.items()}, ", ".join(uris[:MOST_NAMED]) + more


def _uris(source: Any) -> list[str]:
    """Empty when it is no URI, and no list of URIs."""
    if isinstance(source, str | os.PathLike):
        return [os.fspath(source)]
    items = [*source] if isinstance(source, Sequence) else []
    return [os.fspath(item) for item in items] if all(isinstance(item, str | os.PathLike) for item in items) else []
