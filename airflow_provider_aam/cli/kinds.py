"""Kinds of objects, and the files that hold them, as the command line names both."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import cast

from airflow_provider_aam.api.errors import AAMConfigError
from airflow_provider_aam.catalog.checking.check import find_faults
from airflow_provider_aam.catalog.kinds import KINDS, Kind
from airflow_provider_aam.catalog.reading.documents import CatalogPath, read_catalog
from airflow_provider_aam.catalog.reading.recognise import kind_of_name
from airflow_provider_aam.catalog.reading.rows import SourceRow

_COLUMNS = {key: frozenset(kind.model.columns()) for key, kind in KINDS.items()}


def read_files(paths: Sequence[Path], *, kind: str | None, match_on: str | None = None) -> dict[Kind, list[SourceRow]]:
    """The rows of all files, as one catalog; ``kind`` and ``match_on`` are the values of the options.

    Raises ``AAMConfigError`` for an unknown kind, ``AAMSourceError`` when a file cannot be read, with everything that
    is wrong with the others.
    """
    only = keys_of([kind], option="--kind")[0] if kind else None
    catalog = read_catalog(
        cast("Sequence[CatalogPath]", paths), kinds=_COLUMNS, only=only, check=partial(find_faults, match_on=match_on)
    )
    return {KINDS[key]: rows for key, rows in catalog.items()}


def keys_of(names: Sequence[str], *, option: str) -> list[str]:
    """The keys: ``traitFolders`` for trait-folders and the like. Raises ``AAMConfigError`` with all unknown names."""
    keys = [kind_of_name(name, KINDS) for name in names]
    known = [key for key in keys if key is not None]
    if len(known) < len(keys):
        problems = [
            f"{option} has {name!r}; known are {', '.join(KINDS)}"
            for name, key in zip(names, keys, strict=True)
            if key is None
        ]
        raise AAMConfigError.from_problems("The command line", problems)
    return known


def count_of(key: str, count: int) -> str:
    """``1 trait``, ``1,200 traits``."""
    return f"{count:,} {KINDS[key].name if count == 1 else KINDS[key].plural}"
