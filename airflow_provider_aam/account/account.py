"""What the account holds: a complete list of each resource that is asked for, read once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from airflow_provider_aam.account.folders import FolderTree
from airflow_provider_aam.account.objects import Objects
from airflow_provider_aam.api.client import AAMClient
from airflow_provider_aam.api.collection import Record
from airflow_provider_aam.api.complete import until_complete
from airflow_provider_aam.api.errors import AAMBadAnswer, Fate
from airflow_provider_aam.api.resources import MAPPINGS, Resource
from airflow_provider_aam.api.resources.declare import AUDIT

PAGES_AT_ONCE = 8
"""Rows are encoded again as they come: more pages would wait in memory for their turn."""


class Account:
    """``filters`` narrow the lists of some resources, by name: for those, AAM holds more than is seen here.

    Where a narrowed list is empty the whole is read: how AAM takes a filter is not documented.
    """

    def __init__(self, client: AAMClient, filters: dict[str, dict[str, Any]] | None = None) -> None:
        self.client = client
        self.filters = filters or {}
        self._objects: dict[str, Objects] = {}
        self._trees: dict[str, FolderTree] = {}

    def objects(self, resource: Resource) -> Objects:
        """⌈N/1000⌉ requests the first time; one per object where AAM's list is a summary. None later."""
        if resource.name not in self._objects:
            self._objects[resource.name] = self._read(resource)
        return self._objects[resource.name]

    def is_read(self, resource: Resource) -> bool:
        return resource.name in (self._trees if resource.is_tree else self._objects)

    def tree(self, resource: Resource) -> FolderTree:
        """The folders of a resource that is a tree."""
        if resource.name not in self._trees:
            self._trees[resource.name] = FolderTree(self.client.collection(resource.name).fetch_all())
        return self._trees[resource.name]

    def _read(self, resource: Resource) -> Objects:
        around = resource.within
        if around is not None and resource.name in around.embedded:
            self.objects(around)
            return self._objects[resource.name]
        if resource.is_tree:
            return Objects(resource.id_field, self.tree(resource).records())
        if resource.in_short:
            return self._read_whole(resource)
        objects = self._listed(resource)
        if not objects and resource.name in self.filters:
            # A server that takes the filter otherwise would have every row created again.
            del self.filters[resource.name]
            objects = self._listed(resource)
        return objects

    def _listed(self, resource: Resource) -> Objects:
        filters = self.filters.get(resource.name, {})
        collection = self.client.collection(resource.name)
        return until_complete(
            lambda: Objects(resource.id_field, map(_lean, collection.list(max_concurrency=PAGES_AT_ONCE, **filters)))
        )

    def _read_whole(self, resource: Resource) -> Objects:
        """Each object by its id, and with it the objects within: one request for both."""
        within: dict[str, list[Record]] = {name: [] for name in resource.embedded}

        def whole() -> Iterator[Record]:
            for record in self.client.collection(resource.name).read_all(**including(*within)):
                for name in within:
                    within[name] += record.pop(name)
                yield record

        objects = Objects(resource.id_field, whole())
        for name, inner in within.items():
            _refuse_anonymous(name, inner)
            self._objects[name] = Objects(resource.embedded[name][0], inner)
        return objects


def _lean(record: Record) -> Record:
    """Without who made and changed it when: no job asks, and it is a tenth of a trait."""
    return {name: value for name, value in record.items() if name not in AUDIT}


def including(*names: str) -> dict[str, bool]:
    """``includeMappings=True``: what AAM has to be asked for, to show the objects within another."""
    return {f"include{name.capitalize()}": True for name in names}


def _refuse_anonymous(name: str, records: Sequence[Record]) -> None:
    if name == MAPPINGS.name and records and all(record.get("sid") is None for record in records):
        text = f"AAM shows {len(records)} mappings and the sid of none: which segments are mapped is not known."
        raise AAMBadAnswer(text, fate=Fate.UNKNOWN)
