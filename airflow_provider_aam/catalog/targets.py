"""What a reference means: an object that AAM has, or one that the plan is about to create."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from airflow_provider_aam.api.guide import Step
from airflow_provider_aam.catalog.account import Account
from airflow_provider_aam.catalog.findings import near
from airflow_provider_aam.catalog.keys import key_of
from airflow_provider_aam.catalog.kinds import KINDS, Kind
from airflow_provider_aam.catalog.rules.segment_rule import name_of, parse_word

NONE_SEEN = f"the technical account sees none at all. {Step.TECHNICAL_USER.pointer}"
"""What role-based access control does to an account in no group: empty lists, and no error."""

_NAMED: Mapping[str, tuple[str, ...]] = {
    "dataSources": ("integrationCode", "name"),
    "traitTypes": ("name",),
    "models": ("name",),
    "destinations": ("name",),
}
"""By which fields a word names an object; the first that fits wins."""
_CODED = ("integrationCode", "name")
"""The same for traits and segments, within a data source."""
_OF_DATA_SOURCE = {"traits", "segments"}


class Pending:
    """An object that the plan creates. ``text`` stands for its id until AAM has given one."""

    __slots__ = ("fields", "kind", "text")

    def __init__(self, kind: Kind, text: str, fields: Mapping[str, Any]) -> None:
        self.kind = kind
        self.text = text
        self.fields = fields

    def __repr__(self) -> str:
        return f"<new {self.kind.name} {self.text}>"


Target = int | Pending


class Unresolved(Exception):
    """A word that means nothing, or several things; the text says which."""


class Targets:
    """Words and ids of all kinds, as the account and the plan so far have them."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._pending: dict[tuple[Any, ...], list[Pending]] = {}
        self._known: dict[tuple[str, str], int] = {}

    def add(self, pending: Pending) -> None:
        """From now on its words mean it."""
        fields = pending.fields
        for name in _NAMED.get(pending.kind.key, _CODED):
            key = key_of(fields, (name,))
            if key is not None:
                self._pending.setdefault((pending.kind.key, name, key), []).append(pending)
                if pending.kind.key in _OF_DATA_SOURCE:
                    where = (pending.kind.key, name, key, fields.get("dataSourceId"))
                    self._pending.setdefault(where, []).append(pending)

    def find(self, to: str, word: str) -> Target:
        """Raises :class:`Unresolved`."""
        known = self._known.get((to, word))
        if known is not None:
            return known
        if to in _OF_DATA_SOURCE:
            found = self._coded(to, *_parsed(word))
        elif to == "partnerSites":
            found = [*self._account.partner_sites().get(word, [])]
        else:
            found = self._named(to, word)
        target = self._only(to, word, found)
        if isinstance(target, int):
            self._known[to, word] = target
        return target

    def find_coded(self, to: str, source: str | None, name: str, text: str) -> Target:
        """A trait or segment, by code or name, of one data source or of any. Raises :class:`Unresolved`."""
        known = self._known.get((to, text))
        if known is None:
            target = self._only(to, text, self._coded(to, source, name))
            if isinstance(target, Pending):
                return target
            known = self._known[to, text] = target
        return known

    def knows(self, to: str, object_id: int) -> bool:
        if to == "partnerSites":
            return any(object_id in ids for ids in self._account.partner_sites().values())
        kind = KINDS[to]
        if kind.is_tree:
            return object_id in self._account.tree(kind)
        return object_id in self._account.objects(kind)

    def label(self, to: str, object_id: int | None) -> str:
        """What people know it by; the number, if it is not known."""
        if object_id is None:
            return "none"
        if to in KINDS and KINDS[to].is_tree:
            return self._account.tree(KINDS[to]).path_of(object_id)
        word = None if to == "partnerSites" else self._first_word(to, object_id)
        return word or str(object_id)

    def word(self, to: str, object_id: int) -> str | None:
        """The word that means this object and no other, if there is one."""
        if to == "partnerSites":
            return next((url for url, ids in self._account.partner_sites().items() if ids == [object_id]), None)
        word = self._first_word(to, object_id) if to not in _OF_DATA_SOURCE else self._coded_word(to, object_id)
        if word is None:
            return None
        try:
            return word if self.find(to, word) == object_id else None
        except Unresolved:
            return None

    def _first_word(self, to: str, object_id: int) -> str | None:
        record = self._account.objects(KINDS[to]).get(object_id)
        texts = (str(record.get(name) or "").strip() for name in _NAMED.get(to, _CODED)) if record else iter(())
        return next((text for text in texts if text), None)

    def _coded_word(self, to: str, object_id: int) -> str | None:
        record = self._account.objects(KINDS[to]).get(object_id)
        code = self._first_word(to, object_id)
        if record is None or code is None or record.get("dataSourceId") is None:
            return None
        source = self.word("dataSources", int(record["dataSourceId"]))
        return None if source is None else name_of(source, code)

    def _named(self, to: str, word: str) -> list[Target]:
        objects = self._account.objects(KINDS[to])
        for name in _NAMED[to]:
            key = key_of({name: word}, (name,))
            if key is None:
                return []
            found = [*objects.find((name,), key), *self._pending.get((to, name, key), ())]
            if found:
                return found
        return []

    def _coded(self, to: str, source: str | None, word: str) -> list[Target]:
        objects = self._account.objects(KINDS[to])
        owner = None if source is None else self.find("dataSources", source)
        for name in _CODED:
            key = key_of({name: word}, (name,))
            if key is None:
                return []
            if owner is None:
                found: list[Target] = [*objects.find((name,), key), *self._pending.get((to, name, key), ())]
            else:
                found = [*self._pending.get((to, name, key, owner), ())]
                if isinstance(owner, int):
                    found = [*objects.find(("dataSourceId", name), (str(owner), *key)), *found]
            if found:
                return found
        return []

    def _only(self, to: str, word: str, found: list[Target]) -> Target:
        if len(found) == 1:
            return found[0]
        name = KINDS[to].name if to in KINDS else "partner site"
        if found:
            ids = ", ".join(target.text if isinstance(target, Pending) else str(target) for target in found)
            raise Unresolved(f"“{word}” means {len(found)} {name}s ({ids}): {self._instead(to)}")
        raise Unresolved(f"AAM has no {name} “{word}”{self._hint(to, word)}")

    def _instead(self, to: str) -> str:
        if to in _OF_DATA_SOURCE:
            return "write data source:code, or give the sid instead"
        return f"give {KINDS[to].id_field if to in KINDS else 'siteIDs'} instead"

    def _hint(self, to: str, word: str) -> str:
        if to == "partnerSites":
            return f".{near(word, self._account.partner_sites())}"
        objects = self._account.objects(KINDS[to])
        if not len(objects):
            return f": {NONE_SEEN}" if to == "dataSources" else f": it has no {KINDS[to].name} at all"
        name = _NAMED.get(to, _CODED)[0]
        if to in _OF_DATA_SOURCE:
            word = _parsed(word)[1]
        known = (part for field in _NAMED.get(to, _CODED) for (part,) in objects.index((field,)))
        return f".{near(word, known)}" if len(objects) <= _MOST_COMPARED else f" (looked for by {name} and name)"


_MOST_COMPARED = 5_000
"""Comparing a misspelt word with all names takes long in a large account."""


def _parsed(word: str) -> tuple[str | None, str]:
    try:
        return parse_word(word)
    except ValueError as fault:
        raise Unresolved(str(fault)) from fault
