"""The account as it is: a complete list of each kind that a plan asks for, read once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from airflow_provider_aam.account.folders import FolderTree
from airflow_provider_aam.account.objects import Objects
from airflow_provider_aam.api.client import AAMClient
from airflow_provider_aam.api.collection import LIST_ATTEMPTS, Record
from airflow_provider_aam.api.errors import AAMBadAnswer, AAMIncomplete, AAMNotFound, AAMPlanRefused, Fate
from airflow_provider_aam.catalog.kinds import DESTINATIONS, MAPPINGS, MODELS, Kind


class Account:
    """``filters`` narrow the lists of some kinds, by key: for those, AAM holds more than is seen here.

    Where a narrowed list is empty the whole is read: how AAM takes a filter is not documented.
    """

    def __init__(self, client: AAMClient, filters: dict[str, dict[str, Any]] | None = None) -> None:
        self.client = client
        self.filters = filters or {}
        self._objects: dict[str, Objects] = {}
        self._trees: dict[str, FolderTree] = {}
        self._urls: dict[str, list[int]] | None = None

    def objects(self, kind: Kind) -> Objects:
        """⌈N/1000⌉ requests the first time; one an object where AAM's list is a summary. None later."""
        if kind.key not in self._objects:
            self._objects[kind.key] = self._read(kind)
        return self._objects[kind.key]

    def is_read(self, kind: Kind) -> bool:
        return kind.key in (self._trees if kind.is_tree else self._objects)

    def tree(self, kind: Kind) -> FolderTree:
        """The folders of a kind that is a tree."""
        if kind.key not in self._trees:
            self._trees[kind.key] = FolderTree(self.client.collection(kind.collection).fetch_all())
        return self._trees[kind.key]

    def partner_sites(self) -> dict[str, list[int]]:
        """Ids by address."""
        if self._urls is None:
            self._urls = {}
            for site in self.client.collection("partner_sites").fetch_all():
                self._urls.setdefault(str(site.get("url")), []).append(int(site["siteId"]))
        return self._urls

    def read_destinations(self, *, with_mappings: bool) -> None:
        """Destinations and, if wanted, their mappings: one request a destination for both."""
        if (MAPPINGS if with_mappings else DESTINATIONS).key in self._objects:
            return
        mappings: list[Record] = []
        destinations = Objects(DESTINATIONS.id_field, self._destinations(mappings, with_mappings=with_mappings))
        if mappings and all(record.get("sid") is None for record in mappings):
            raise AAMBadAnswer(
                f"AAM shows {len(mappings)} mappings and the sid of none: which segments are mapped is not known.",
                fate=Fate.UNKNOWN,
            )
        self._objects[DESTINATIONS.key] = destinations
        if with_mappings:
            self._objects[MAPPINGS.key] = Objects(MAPPINGS.id_field, mappings)

    def _destinations(self, mappings: list[Record], *, with_mappings: bool) -> Iterator[Record]:
        for record in self.client.destinations.read_all(include_mappings=with_mappings):
            mappings += record.pop("mappings", None) or []
            yield record

    def _read(self, kind: Kind) -> Objects:
        if kind.key in (DESTINATIONS.key, MAPPINGS.key):
            self.read_destinations(with_mappings=True)
            return self._objects[kind.key]
        if kind.is_tree:
            return Objects(kind.id_field, self.tree(kind).records())
        if kind.key == MODELS.key:
            return Objects(kind.id_field, self.client.collection(kind.collection).read_all())
        objects = self._listed(kind)
        if not objects and kind.key in self.filters:
            # A server that takes the filter otherwise would have every row created again.
            del self.filters[kind.key]
            objects = self._listed(kind)
        return objects

    def _listed(self, kind: Kind) -> Objects:
        filters = self.filters.get(kind.key, {})
        collection = self.client.collection(kind.collection)
        for _ in range(LIST_ATTEMPTS - 1):
            try:
                return Objects(kind.id_field, collection.list(**filters))
            except AAMIncomplete:
                continue
        return Objects(kind.id_field, collection.list(**filters))


def refuse_bare_list(account: Account, kind: Kind, ways: Sequence[str]) -> None:
    """Refuses a list that says less than AAM knows: every row would look new and be created again.

    Up to three objects are asked for singly; what they do not show is looked for before each create. Raises
    :class:`AAMPlanRefused`.
    """
    objects = account.objects(kind)
    bare = [way for way in ways if not objects.shows(kind.match_on[way])]
    if kind.is_tree or kind.read_singly or kind.within or not bare:
        return
    collection = account.client.collection(kind.collection)
    for object_id in _sample([*objects.ids()]):
        try:
            single = collection.get(object_id)
        except AAMNotFound:
            continue
        listed = objects.listed
        hidden = [name for name in kind.model.columns() if name not in listed and single.get(name) not in (None, "")]
        if hidden:
            raise AAMPlanRefused(
                f"AAM's list of {kind.collection} leaves out {', '.join(hidden)}, although {kind.name} {object_id} has "
                f"it, so rows cannot be matched on {', '.join(bare)} and would all be created again. Nothing was "
                "changed. Does a proxy before AAM drop the query parameter includeDetails? match_on='name' works "
                "without it."
            )


def _sample(ids: Sequence[int]) -> list[int]:
    return [ids[place] for place in dict.fromkeys((0, len(ids) // 2, len(ids) - 1))]
