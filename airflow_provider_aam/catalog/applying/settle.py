"""What became of a create whose answer was lost: looked up by its match key, never blindly repeated."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
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
        return _look_up_folder(collection, change.key["path"])
    fields = tuple(change.key)
    wanted = key_of(change.key, fields)
    around = {name: change.key[name] for name in collection.resource.path_ids}
    found = collection.fetch_all(**_filters(collection, change.key), **around)
    if found and not around and any(all(name not in record for record in found) for name in fields):
        found = _in_full(collection, change.key, found)
    return [record for record in found if key_of(record, fields) == wanted]


def settle(collection: Collection, change: Change, *, patience_s: float, sleep: Callable[[float], None]) -> Records:
    """:func:`look_up`, again after growing pauses of ``patience_s`` in all while nothing is there.

    A server that nobody hears any more may still act, and lists may show a new object late.
    """
    for pause_s in _doubling(patience_s):
        sleep(pause_s)
        found = look_up(collection, change)
        if found:
            return found
    return []


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


def _doubling(total_s: float) -> list[float]:
    pauses = [0.0]
    while sum(pauses) < total_s:
        pauses.append(min(max(1.0, pauses[-1] * 2), total_s - sum(pauses)))
    return pauses


def _look_up_folder(collection: Collection, path: str) -> Records:
    tree = FolderTree(collection.fetch_all())
    return [{collection.resource.id_field: folder_id} for folder_id in tree.find(path)]
