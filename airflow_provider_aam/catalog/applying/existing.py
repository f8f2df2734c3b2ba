"""What AAM has already of what a plan creates, by match key."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from airflow_provider_aam.account.folders import FolderTree
from airflow_provider_aam.account.keys import key_of
from airflow_provider_aam.api.collection import Collection, Records
from airflow_provider_aam.api.errors import AAMBadAnswer, AAMNotFound, Fate
from airflow_provider_aam.api.resources import Verb
from airflow_provider_aam.catalog.plan.plan import Change

MOST_ASKED_SINGLY = 20

_SEARCHABLE = re.compile(r"[A-Za-z0-9_. -]+")
"""Values that no search can read as anything but themselves; how AAM reads other characters is not documented."""


def look_up(collection: Collection, change: Change) -> Records:
    """Every object in AAM with the change's match key: usually none or one, two when something went wrong."""
    if "path" in change.key:
        folders = find_folders(collection, [change.key["path"]])
        return [{collection.resource.id_field: folder_id} for ids in folders.values() for folder_id in ids]
    fields = tuple(change.key)
    wanted = key_of(change.key, fields)
    around = {name: change.key[name] for name in collection.resource.path_ids}
    found = collection.fetch_all(**_filters(collection, change.key), **around)
    if found and not around and any(all(name not in record for record in found) for name in fields):
        found = _in_full(collection, change.key, found)
    return [record for record in found if key_of(record, fields) == wanted]


def find_folders(collection: Collection, paths: Iterable[str]) -> dict[str, list[int]]:
    """The ids of the folders with these paths, as far as there are any: AAM would create a second one."""
    tree = FolderTree(collection.fetch_all())
    return {path: found for path in paths if (found := tree.find(path))}


def _in_full(collection: Collection, key: Mapping[str, Any], listed: Records) -> Records:
    """What the list shows without its key, asked for in full.

    Raises :class:`AAMBadAnswer` when that cannot be done: who cannot see keys cannot say that an object is not there.
    """
    code = key.get("integrationCode")
    if code is not None and Verb.BY_INTEGRATION_CODE in collection.resource.verbs:
        try:
            return [collection.get_by_integration_code(str(code))]
        except AAMNotFound:
            return []
    if len(listed) <= MOST_ASKED_SINGLY:
        return [collection.get(int(record[collection.resource.id_field])) for record in listed]
    text = f"AAM's list of {collection.resource.name} shows {len(listed)} objects without {', '.join(key)}."
    raise AAMBadAnswer(text, fate=Fate.UNKNOWN)


def _filters(collection: Collection, key: Mapping[str, Any]) -> dict[str, Any]:
    """What lets AAM leave out most other objects; the key is compared here afterwards.

    A value that AAM might search for otherwise is not searched for: not to find the object would make a second one.
    """
    known = collection.resource.list_params
    searchable = {name: value for name, value in key.items() if _SEARCHABLE.fullmatch(str(value))}
    filters = {name: value for name, value in searchable.items() if name in known}
    if "search" in known and "name" in searchable and "name" not in known:
        filters["search"] = searchable["name"]
    return filters
