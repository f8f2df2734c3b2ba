"""What became of a create whose answer was lost: looked up by its natural key, never blindly repeated."""

from __future__ import annotations

from collections.abc import Callable

from airflow_provider_aam.api.collection import Collection, Records
from airflow_provider_aam.api.errors import Fate
from airflow_provider_aam.catalog.account import key_values
from airflow_provider_aam.catalog.folders import FolderTree
from airflow_provider_aam.catalog.plan import Change

PAUSES_S = (0.0, 1.0, 3.0)
"""Before each look-up when the exchange is over: a broken connection says little about the server behind it."""


def look_up(collection: Collection, change: Change) -> Records:
    """Every object in AAM with the change's natural key: usually none or one, two when something went wrong."""
    if "path" in change.key:
        return _look_up_folder(collection, change.key["path"])
    (match_on,) = (name for name in change.key if name != "dataSourceId")
    value, source_id = change.key[match_on], change.key["dataSourceId"]
    wanted = key_values(match_on, value, source_id)
    filters = {match_on: value} if match_on in collection.resource.list_params else {"search": value}
    found = collection.fetch_all(**filters, dataSourceId=source_id)
    return [r for r in found if key_values(match_on, r.get(match_on) or "", r.get("dataSourceId")) == wanted]


def settle(
    collection: Collection, change: Change, *, fate: Fate, patience_s: float, sleep: Callable[[float], None]
) -> Records:
    """:func:`look_up`, again after a pause while nothing is there.

    A server that nobody waits for any more may act later, so after a time-out the pauses add up to ``patience_s``.
    """
    for pause_s in PAUSES_S if fate is Fate.UNKNOWN else _doubling(patience_s):
        sleep(pause_s)
        found = look_up(collection, change)
        if found:
            return found
    return []


def _doubling(total_s: float) -> list[float]:
    pauses = [0.0]
    while sum(pauses) < total_s:
        pauses.append(min(max(1.0, pauses[-1] * 2), total_s - sum(pauses)))
    return pauses


def _look_up_folder(collection: Collection, path: str) -> Records:
    tree = FolderTree(collection.fetch_all())
    return [{collection.resource.id_field: folder_id} for folder_id in tree.find(path)]
