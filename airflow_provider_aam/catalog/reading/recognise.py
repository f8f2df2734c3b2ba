"""Which kind of object a table holds: by its name, else by its columns."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

KindColumns = Mapping[str, Collection[str]]
"""The key of each kind (``traits``, ``segmentFolders``, …) and the columns that an object of it may have."""

_NO_LETTER = re.compile(r"[\W_]+")


def is_name_of(name: str, key: str) -> bool:
    """Whether a file or sheet of this name holds the kind: trait-folders, Trait Folder, traitFolders."""
    plain, plural = _NO_LETTER.sub("", name).lower(), key.lower()
    return plain in (plural, plural.removesuffix("s"))


def kind_of_name(name: str | None, kinds: Collection[str]) -> str | None:
    return next((key for key in kinds if name is not None and is_name_of(name, key)), None)


def kinds_of_columns(columns: Collection[str], kinds: KindColumns) -> list[str]:
    """The kinds that may have these columns. One is an answer; several, or none, leave it open.

    The columns are those of Adobe's bulk workbook or our own. Only rule and type columns are sure to tell traits from
    segments: an update of either holds ``sid`` and the fields to change. A mapping names its destination and has a
    ``traitType`` as well. The baseline of a model is its ``sid``. A misspelt column does not hide a kind that
    another column belongs to alone.
    """
    names = {name for name in columns if name}
    sure = _sure_kind(names)
    if sure in kinds:
        return [sure]
    fitting = [key for key in kinds if names and names <= set(kinds[key])]
    owners = [[key for key in kinds if name in kinds[key]] for name in names]
    return fitting or sorted({owner[0] for owner in owners if len(owner) == 1})


def _sure_kind(names: set[str]) -> str:
    if "segmentRule" in names:
        return "segments"
    is_mapping = "destinationId" in names or "destinationMappingId" in names
    if "traitRule" in names or ("traitType" in names and not is_mapping):
        return "traits"
    return "models" if "algoModelId" in names and "sid" not in names else ""
