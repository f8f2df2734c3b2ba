"""Folders as trees: paths, depths, children."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_provider_aam.emulator.core.state import PID

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.collection import Collection, Row

ROOT_ID = 0
MAX_DEPTH = 5  # [doc: usage limits]; that the root is not counted is inferred

Children = dict[int, list[int]]


def children_of(collection: Collection) -> Children:
    """Return the ids of each folder's children."""
    children: Children = {}
    for key in collection.ids:
        children.setdefault(collection.rows[key]["parentFolderId"], []).append(key)
    return children


def depth_of(collection: Collection, key: int) -> int:
    """Return how far below the root a folder is; the root is at 0."""
    depth = 0
    while key != ROOT_ID:
        key = collection.rows[key]["parentFolderId"]
        depth += 1
    return depth


def height_of(children: Children, key: int) -> int:
    """Return how many levels there are below a folder."""
    return max((1 + height_of(children, child) for child in children.get(key, [])), default=0)


def path_of(collection: Collection, key: int, root_name: str) -> str:
    """Return `/All Traits/Web/Shop`. The leading slash is observed, that the root's name comes first is inferred."""
    names: list[str] = []
    while key != ROOT_ID:
        names.append(collection.rows[key]["name"])
        key = collection.rows[key]["parentFolderId"]
    return "/" + "/".join([root_name, *reversed(names)])


def root_row(root_name: str) -> Row:
    """Return the folder that is always there and cannot be changed."""
    return {"folderId": ROOT_ID, "parentFolderId": ROOT_ID, "pid": PID, "name": root_name}


def shown(row: Row, path: str, children: Children, collection: Collection, *, deep: bool) -> dict[str, Any]:
    """Return a folder with its path and, when `deep`, everything below it."""
    below = children.get(row["folderId"], [])
    folder = {**row, "path": path, "folderCount": len(below)}
    if deep:
        rows = [collection.rows[key] for key in below]
        folder["subFolders"] = [shown(each, f"{path}/{each['name']}", children, collection, deep=True) for each in rows]
    return folder
