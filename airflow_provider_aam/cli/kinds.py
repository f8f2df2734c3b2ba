"""Kinds of objects, as the command line names them."""

from __future__ import annotations

from collections.abc import Sequence

from airflow_provider_aam.api.errors import AAMArgumentError
from airflow_provider_aam.catalog import KINDS, kind_of_name


def key_of(name: str | None) -> str | None:
    """The key that ``--kind`` means."""
    return keys_of([name], option="--kind")[0] if name else None


def keys_of(names: Sequence[str], *, option: str) -> list[str]:
    """The keys: ``traitFolders`` for trait-folders and the like. Raises ``AAMArgumentError`` with all unknown names."""
    keys = {name: kind_of_name(name, KINDS) for name in names}
    unknown = [name for name, key in keys.items() if key is None]
    if unknown:
        problems = [f"{option} has {name!r}; known are {', '.join(KINDS)}" for name in unknown]
        raise AAMArgumentError.from_problems("The command line", problems)
    return [key for key in keys.values() if key is not None]


def count_of(key: str, count: int) -> str:
    """``1 trait``, ``1,200 traits``."""
    return f"{count:,} {KINDS[key].name if count == 1 else KINDS[key].plural}"
