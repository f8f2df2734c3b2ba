"""What a plan has to know of the account as it is: one complete list of each kind, read once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from airflow_provider_aam.api.client import AAMClient
from airflow_provider_aam.api.collection import Record, Records
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
    """Two requests: all data sources, and the folder tree."""
    sources = client.data_sources.fetch_all()
    return DataSources(sources), FolderTree(client.collection(kind.folders).fetch_all())


def read_objects(client: AAMClient, kind: Kind, *, only_data_source: int | None = None) -> Records:
    """All objects of the kind, ⌈N/1000⌉ requests.

    ``only_data_source`` lets AAM leave out the others; an answer that holds them all the same is read as well.
    """
    filters = {} if only_data_source is None else {"dataSourceId": only_data_source}
    return client.collection(kind.collection).fetch_all(**filters)


def index_by_key(objects: Iterable[Record], match_on: str) -> dict[tuple[object, ...], list[Record]]:
    """Objects by natural key; objects without one are left out."""
    index: dict[tuple[object, ...], list[Record]] = {}
    for record in objects:
        value = record.get(match_on)
        if value not in (None, ""):
            index.setdefault(key_values(match_on, value, record.get("dataSourceId")), []).append(record)
    return index


def key_values(match_on: str, value: object, data_source_id: object) -> tuple[object, ...]:
    """AAM's ids are unique by themselves, codes and names within a data source."""
    if match_on == "sid":
        return (int(str(value)),)
    return (None if data_source_id is None else int(str(data_source_id)), str(value))
