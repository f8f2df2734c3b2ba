"""What a reference means: an object that AAM has, or one that the plan is about to create."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from airflow_provider_aam.account.account import Account
from airflow_provider_aam.account.keys import Key, key_of
from airflow_provider_aam.account.names import Names
from airflow_provider_aam.api.errors import AAMLookupFailed
from airflow_provider_aam.api.resources import Resource
from airflow_provider_aam.catalog.drafts import Reference
from airflow_provider_aam.catalog.kinds import Kind


class Pending:
    """An object that the plan creates. ``text`` is in place of its id until AAM has given one."""

    __slots__ = ("fields", "kind", "text")

    def __init__(self, kind: Kind, text: str, fields: Mapping[str, Any]) -> None:
        self.kind = kind
        self.text = text
        self.fields = fields

    def __str__(self) -> str:
        return self.text


Target = int | Pending
_Meanings = dict[tuple[str, str, Key, Target | None], list[Target]]
"""Resource, field, key, data source (``None``: any) → what has it there."""


class Targets(Names[Pending]):
    """Words and ids of all kinds, as the account and the plan so far have them."""

    def __init__(self, account: Account) -> None:
        super().__init__(account)
        self._planned: _Meanings = {}
        self._excused: _Meanings = {}
        self._renamed: dict[tuple[str, str], set[int]] = {}

    def add(self, pending: Pending) -> None:
        """From now on its words mean it."""
        self._enter(self._planned, pending.kind.resource, pending.fields, pending)

    def excuse(self, pending: Pending) -> None:
        """Its row is wrong and refused: its words, where they mean nothing else, are no other row's fault."""
        self._enter(self._excused, pending.kind.resource, pending.fields, pending)

    def rename(self, kind: Kind, object_id: int, fields: Mapping[str, Any]) -> None:
        """An object gets the codes and names in ``fields``: rows mean it by those, no longer by the ones it had."""
        resource = kind.resource
        names = [name for name in resource.naming if name in fields]
        record = (self.account.objects(resource).get(object_id) if names else None) or {}
        owner = record.get("dataSourceId")
        after = {"dataSourceId": int(owner) if owner else owner, **fields}
        for name in names:
            here = ("dataSourceId", name) if resource.is_owned else (name,)
            if key_of(after, here) != key_of(record, here):
                self._renamed.setdefault((resource.name, name), set()).add(object_id)
                only = {each: after[each] for each in ("dataSourceId", name)}
                self._enter(self._planned, resource, only, object_id)

    def find_reference(self, reference: Reference, word: int | str) -> Target:
        """The object that a column's word or id means. Raises :class:`AAMLookupFailed`."""
        if isinstance(word, int):
            if not self.may_be(reference, word):
                raise AAMLookupFailed(self.unknown(reference.to, word))
            return word
        try:
            return self.find(reference.to, word)
        except AAMLookupFailed as nothing:
            if reference.or_to is None:
                raise
            try:
                return self.find(reference.or_to, word)
            except AAMLookupFailed:
                raise nothing from None

    def may_be(self, reference: Reference, object_id: int) -> bool:
        """Whether the id may be meant: by a list that shows it, or because lists do not show all."""
        if not reference.listed or object_id == reference.none or self.holds(reference.to, object_id):
            return True
        return reference.or_to is not None and self.holds(reference.or_to, object_id)

    def more(self, resource: Resource, field: str, word: str, owner: Target | None) -> Sequence[Target]:
        return self._meant(self._planned, resource, field, word, owner)

    def last_resort(self, resource: Resource, field: str, word: str, owner: Target | None) -> Sequence[Target]:
        return self._meant(self._excused, resource, field, word, owner)

    def more_words(self, resource: Resource) -> Iterable[str]:
        return (key[0] for name, _, key, _ in self._planned if name == resource.name)

    def renamed(self, resource: Resource, field: str) -> set[int]:
        return self._renamed.get((resource.name, field), set())

    @staticmethod
    def _meant(
        meanings: _Meanings, resource: Resource, field: str, word: str, owner: Target | None
    ) -> Sequence[Target]:
        key = key_of({field: word}, (field,)) if meanings else None
        return meanings.get((resource.name, field, key, owner), ()) if key is not None else ()

    @staticmethod
    def _enter(meanings: _Meanings, resource: Resource, fields: Mapping[str, Any], target: Target) -> None:
        for name in resource.naming:
            key = key_of(fields, (name,))
            owners = (None, fields.get("dataSourceId")) if resource.is_owned else (None,)
            for owner in dict.fromkeys(owners if key is not None else ()):
                meanings.setdefault((resource.name, name, key or (), owner), []).append(target)
