"""Data sources and folders by the names that people use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from airflow_provider_aam.api.client import AAMClient
from airflow_provider_aam.api.errors import AAMLookupFailed
from airflow_provider_aam.api.names import near_misses
from airflow_provider_aam.api.numbers import whole_number


def find_data_source(client: AAMClient, wanted: int | str) -> int:
    """The id of a data source, given by its id, integration code or name, in this order of precedence.

    Raises :class:`AAMLookupFailed`, also when several have that code or name.
    """
    rows = client.data_sources.fetch_all()
    for field in ("dataSourceId", "integrationCode", "name"):
        found = [int(row["dataSourceId"]) for row in rows if str(row.get(field)) == str(wanted)]
        if len(found) > 1:
            ids = ", ".join(map(str, found))
            raise AAMLookupFailed(f"data_source {wanted!r}: several have this {field}: {ids}. Give one of these ids.")
        if found:
            return found[0]
    known = [str(row[field]) for row in rows for field in ("integrationCode", "name") if row.get(field)]
    raise AAMLookupFailed(
        f"data_source {wanted!r}: AAM shows none with this id, integration code or name."
        f"{near_misses([str(wanted)], known)}"
    )


def find_folders(client: AAMClient, kind: str, path: str) -> frozenset[int]:
    """The ids of the folder with this path (``/Web/Pricing``, in AAM's spelling; ``/`` for all) and of those below.

    Folders of the same path are all meant. Raises :class:`AAMLookupFailed`.
    """
    rows = client.collection(f"{kind.removesuffix('s')}_folders").fetch_all()
    paths = _paths({int(row["folderId"]): row for row in rows})
    wanted = "/".join(["", *(name.strip() for name in path.split("/") if name.strip())])
    found = frozenset(folder for folder, each in paths.items() if f"{each}/".startswith(f"{wanted}/"))
    if not found:
        raise AAMLookupFailed(
            f"folder {path!r}: AAM shows no such folder of {kind}.{near_misses([wanted], paths.values())} A path is "
            "written like /Web/Pricing, without the root's own name."
        )
    return found


def _paths(rows: Mapping[int, Mapping[str, Any]]) -> Mapping[int, str]:
    """Folder → its path, built of names: whether AAM's own ``path`` begins with the root is not documented."""

    def build(folder: int, seen: frozenset[int] = frozenset()) -> str:
        parent = whole_number(rows[folder].get("parentFolderId"))
        if folder == 0 or folder in seen:
            return ""
        above = build(parent, seen | {folder}) if parent in rows and parent is not None else ""
        return f"{above}/{rows[folder].get('name')}"

    return {folder: build(folder) for folder in rows}
