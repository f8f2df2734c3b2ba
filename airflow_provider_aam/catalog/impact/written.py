"""Catalog files as an account that holds what they describe: the same questions can be asked of both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

from airflow_provider_aam.account.account import Account
from airflow_provider_aam.account.folders import FolderTree
from airflow_provider_aam.account.keys import plain
from airflow_provider_aam.account.names import Names
from airflow_provider_aam.account.objects import Objects
from airflow_provider_aam.api.collection import Record
from airflow_provider_aam.api.errors import AAMLookupFailed
from airflow_provider_aam.api.numbers import whole_number
from airflow_provider_aam.catalog.checking.check import Catalog, Checked, check_catalog
from airflow_provider_aam.catalog.drafts import Reference
from airflow_provider_aam.catalog.impact.tree import FIRST_ID
from airflow_provider_aam.catalog.kinds import DATA_SOURCES, KINDS, TRAITS, Kind
from airflow_provider_aam.catalog.problems import refuse
from airflow_provider_aam.catalog.rules import segment_rule


class CatalogAccount(Account):
    """What the rows describe, and what they name without describing it. Asks nothing of AAM.

    Raises :class:`AAMSourceError` with all problems of rows: what cannot be read cannot be ruled out.
    """

    def __init__(self, catalog: Catalog, source: str) -> None:
        checked, findings = check_catalog(catalog)
        refuse(source, findings)
        self.filters = {}
        self.places: dict[tuple[str, int], str] = {}
        self._ids = count(FIRST_ID)
        self._records: dict[str, dict[int, Record]] = {key: {} for key in KINDS}
        rows = [(kind, item) for kind, items in checked.items() for item in items if not kind.is_tree]
        described = [(kind, item.given, self._enter(kind, item)) for kind, item in rows]
        self._name_owners()
        self._freeze()
        names = Names[int](self)
        for kind, given, record in described:
            record.update(_references(kind, given, names))
        self._name_traits()
        self._freeze()
        names = Names[int](self)
        for kind, _, record in described:
            record.update({name: _resolved(str(record[name]), names) for name in kind.rules & record.keys()})
        self._freeze()

    def _enter(self, kind: Kind, item: Checked) -> Record:
        given = item.given
        object_id = whole_number(given.get(kind.id_field)) or next(self._ids)
        names = {column for column in kind.model.references if kind.model.references[column].field != column}
        record = {name: value for name, value in given.items() if name not in names or name == "dataSource"}
        record |= {kind.id_field: object_id}
        self._records[kind.key][object_id] = record
        self.places[kind.key, object_id] = str(item.row.place)
        return record

    def _name_owners(self) -> None:
        """The data source of each row: one that the files describe, or one that they only name."""
        known = {
            plain(str(record[name])): object_id
            for name in reversed(DATA_SOURCES.resource.naming)
            for object_id, record in self._records[DATA_SOURCES.key].items()
            if record.get(name)
        }
        for records in self._records.values():
            for record in [*records.values()]:
                word = record.pop("dataSource", None)
                if word is not None:
                    record["dataSourceId"] = known.setdefault(plain(str(word)), next(self._ids))
        there = self._records[DATA_SOURCES.key]
        for word, object_id in known.items():
            there.setdefault(object_id, {"dataSourceId": object_id, "integrationCode": word})

    def _name_traits(self) -> None:
        """Traits that rules name and no file describes."""
        names = Names[int](self)
        rules = [str(record[name]) for kind in KINDS.values() for name in kind.rules for record in self._of(kind, name)]
        words = {word.reference: word for rule in rules for word in segment_rule.references(rule)}
        stubs: set[str] = set()
        for word in sorted(words.values(), key=lambda each: each.data_source is None):
            if word.sid is not None:
                self._records[TRAITS.key].setdefault(word.sid, {"sid": word.sid})
            elif word.trait is not None and not _finds(names, word):
                if word.data_source is None and word.trait in stubs:
                    continue
                stubs.add(word.trait)
                owner = {} if word.data_source is None else {"dataSourceId": self._owner(names, word.data_source)}
                object_id = next(self._ids)
                self._records[TRAITS.key][object_id] = {"sid": object_id, "integrationCode": word.trait, **owner}

    def _owner(self, names: Names[int], word: str) -> int:
        try:
            return names.find(DATA_SOURCES.resource, word)
        except AAMLookupFailed:
            there = self._records[DATA_SOURCES.key]
            held = (object_id for object_id, record in there.items() if record.get("integrationCode") == word)
            object_id = next(held, None) or next(self._ids)
            there.setdefault(object_id, {"dataSourceId": object_id, "integrationCode": word})
            return object_id

    def _of(self, kind: Kind, name: str) -> Iterator[Record]:
        return (record for record in self._records[kind.key].values() if record.get(name))

    def _freeze(self) -> None:
        kinds = KINDS.values()
        self._objects = {
            kind.resource.name: Objects(kind.id_field, self._records[kind.key].values())
            for kind in kinds
            if not kind.is_tree
        }
        self._trees = {kind.resource.name: FolderTree(()) for kind in kinds if kind.is_tree}


def _references(kind: Kind, given: Mapping[str, Any], names: Names[int]) -> Record:
    """Ids in place of words, as far as the files describe what is meant."""
    found: Record = {}
    for column, reference in kind.model.references.items():
        if column not in given or reference.to.is_tree or column == "dataSource":
            continue
        words = given[column] if reference.many else [given[column]]
        ids = [each for word in words for each in _meant(names, reference, word)]
        if ids:
            found[reference.field] = ids if reference.many else ids[0]
    return found


def _meant(names: Names[int], reference: Reference, word: Any) -> Iterator[int]:
    for resource in filter(None, (reference.to, reference.or_to)):
        if isinstance(word, int):
            yield word
            return
        try:
            yield names.find(resource, str(word))
        except AAMLookupFailed:
            continue
        return


def _finds(names: Names[int], word: segment_rule.Word) -> bool:
    try:
        names.find_owned(TRAITS.resource, word.data_source, str(word.trait), text=word.reference)
    except AAMLookupFailed:
        return False
    return True


def _resolved(rule: str, names: Names[int]) -> str:
    """With ids; a word that means several traits stays as it is."""
    ids: dict[str, str] = {}
    for word in segment_rule.references(rule):
        if word.trait is not None:
            try:
                sid = names.find_owned(TRAITS.resource, word.data_source, word.trait, text=word.reference)
            except AAMLookupFailed:
                continue
            ids[word.text] = f"{sid}T"
    return segment_rule.replace(rule, ids)
