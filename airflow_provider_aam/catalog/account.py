"""What a plan has to know of the account as it is: one complete list of each kind, read once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from airflow_provider_aam.api.client import AAMClient
from airflow_provider_aam.api.collection import Record, Records
from airflow_provider_aam.api.errors import AAMNotFound, AAMPlanRefused
from airflow_provider_aam.catalog.data_sources import DataSources
from airflow_provider_aam.catalog.folders import FolderTree
from airflow_provider_aam.catalog.kinds import Kind


@dataclass(frozen=True, kw_only=True)
class Account:
    """``objects`` holds every object of the kind that could be meant; the list was proven complete."""

    data_sources: DataSources
    folders: FolderTree
    objects: Records


def read_references(client: AAMClient, kind: Kind) -> tuple[DataSources, FolderTree]:
    """Two requests at most: all data sources, and the folder tree of a kind that has one."""
    sources = DataSources(client.data_sources.fetch_all())
    return sources, FolderTree(client.collection(kind.folders).fetch_all() if kind.folders else [])


def read_objects(client: AAMClient, kind: Kind, *, match_on: str, only_data_source: int | None = None) -> Records:
    """All objects of the kind, ⌈N/1000⌉ requests.

    ``only_data_source`` lets AAM leave out the others; an answer that holds them all the same is read as well. Raises
    :class:`AAMPlanRefused` when the list lacks what rows are matched by.
    """
    filters = {} if only_data_source is None else {"dataSourceId": only_data_source}
    objects = client.collection(kind.collection).fetch_all(**filters)
    if shows_no_keys(objects, kind.match_on[match_on]):
        _refuse_bare_list(client, kind, objects, match_on)
    return objects


def shows_no_keys(objects: Records, fields: Sequence[str]) -> bool:
    """Whether a field of the key is in no object of the list: none may have a value, or the list leaves it out."""
    return bool(objects) and any(all(name not in record for record in objects) for name in fields)


def _refuse_bare_list(client: AAMClient, kind: Kind, objects: Records, match_on: str) -> None:
    """Refuses a list that says less than AAM knows: every row would look new and be created again.

    Up to three objects are asked for singly; what they do not show is looked for before each create.
    """
    listed = {name for record in objects for name in record}
    for record in _sample(objects):
        object_id = int(record[kind.id_field])
        try:
            single = client.collection(kind.collection).get(object_id)
        except AAMNotFound:
            continue
        hidden = [n for n in kind.model.columns() if n not in listed and single.get(n) not in (None, "")]
        if hidden:
            raise AAMPlanRefused(
                f"AAM's list of {kind.collection} leaves out {', '.join(hidden)}, although {kind.name} {object_id} has "
                f"it, so rows cannot be matched on {match_on} and would all be created again. Nothing was changed. "
                "Does a proxy before AAM drop the query parameter includeDetails? match_on='name' works without it."
            )


def _sample(objects: Sequence[Record]) -> list[Record]:
    places = dict.fromkeys((0, len(objects) // 2, len(objects) - 1))
    return [objects[place] for place in places]
