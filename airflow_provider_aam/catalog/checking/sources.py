"""What a source describes, whichever way it is given, and what is wrong with it, offline."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, cast

from airflow_provider_aam.api.errors import AAMSourceError
from airflow_provider_aam.catalog.checking.check import Catalog, check_catalog, find_faults
from airflow_provider_aam.catalog.checking.remarks import partial_rows, repeated
from airflow_provider_aam.catalog.kinds import KINDS
from airflow_provider_aam.catalog.problems import in_order
from airflow_provider_aam.catalog.reading.documents import CatalogPath, read_catalog
from airflow_provider_aam.catalog.reading.source import rows_from_list

Uri = str | os.PathLike[str]
Source = Uri | Sequence[Uri] | Sequence[Mapping[str, Any]] | Mapping[str, Sequence[Mapping[str, Any]]]
"""A file or folder, several of them, rows of one kind, or rows by key of their kind."""
OpenUri = Callable[[str], CatalogPath]
LOCAL = cast("OpenUri", Path)

MOST_NAMED = 3


def load(
    source: Source,
    *,
    kind: str | None = None,
    match_on: str | None = None,
    open_uri: OpenUri = LOCAL,
    objects: bool = True,
) -> tuple[Catalog, str]:
    """The rows by kind, and what to call the source in plans and messages.

    ``kind``, a key such as ``traits``, says what all rows are; without it files tell themselves, and a list of rows is
    refused. Raises :class:`AAMSourceError` with everything that is wrong with the source; when one file cannot be read,
    with what is wrong with the rows of the others, if rows are to describe whole ``objects``.
    """
    if isinstance(source, Mapping):
        known = [kind] if kind else [*KINDS]
        unknown = ", ".join(repr(key) for key in source if key not in known)
        if unknown:
            raise AAMSourceError(
                f"source has rows of {unknown}; known here: {', '.join(known)}. Nothing was changed in AAM."
            )
        rows = {key: rows_from_list(rows, source=f"source {key}") for key, rows in source.items()}
        return _by_kind(rows), "source rows"
    uris = _uris(source)
    if uris:
        columns = {key: frozenset(each.model.columns()) for key, each in KINDS.items()}
        check = partial(find_faults, match_on=match_on) if objects else None
        held = read_catalog([open_uri(uri) for uri in uris], kinds=columns, only=kind, check=check)
        more = f" and {len(uris) - MOST_NAMED} more" if len(uris) > MOST_NAMED else ""
        return _by_kind(held), ", ".join(uris[:MOST_NAMED]) + more
    if kind is None:
        raise AAMSourceError(
            "source is a list of rows, and nothing tells what they are: give kind, or a mapping such as "
            '{"traits": […]}. Nothing was changed in AAM.'
        )
    return _by_kind({kind: rows_from_list(source)}), "source list"


def check(catalog: Catalog) -> tuple[list[str], list[str]]:
    """What is wrong with the rows, each as ``file:line: field: problem``, and the warnings."""
    checked, findings = check_catalog(catalog)
    return in_order([*findings, *repeated(checked)]), [*partial_rows(checked)]


def ways_to_match(kind: str | None) -> tuple[str, ...]:
    """What ``match_on`` may be: for rows of this kind, or, without one, of any."""
    kinds = [*KINDS.values()] if kind is None else [KINDS[kind]]
    return tuple(dict.fromkeys(way for each in kinds for way in each.match_on))


def _by_kind(rows: Mapping[str, Any]) -> Catalog:
    return {KINDS[key]: each for key, each in rows.items()}


def _uris(source: Any) -> list[str]:
    """Empty when it is neither a URI nor a list of URIs."""
    if isinstance(source, str | os.PathLike):
        return [os.fspath(source)]
    items = [*source] if isinstance(source, Sequence) else []
    return [os.fspath(item) for item in items] if all(isinstance(item, str | os.PathLike) for item in items) else []
