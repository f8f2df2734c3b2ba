"""What a reference means: an object that AAM has, or one that the plan is about to create."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from airflow_provider_aam.account.keys import key_of, plain
from airflow_provider_aam.api.guide import Step
from airflow_provider_aam.catalog.kinds import KINDS, Kind
from airflow_provider_aam.catalog.planning.account import Account
from airflow_provider_aam.catalog.problems import near
from airflow_provider_aam.catalog.rules.segment_rule import name_of, parse_word

NONE_SEEN = f"the technical account sees no data source at all. {Step.TECHNICAL_USER.pointer}"
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
        self._planned: dict[tuple[Any, ...], list[Target]] = {}
        self._excused: dict[tuple[Any, ...], list[Target]] = {}
        self._renamed: dict[tuple[str, str], set[int]] = {}
        self._known: dict[tuple[str, str], int] = {}

    def add(self, pending: Pending) -> None:
        """From now on its words mean it."""
        for name in _NAMED.get(pending.kind.key, _CODED):
            self._enter(self._planned, pending.kind, name, pending.fields, pending)

    def excuse(self, pending: Pending) -> None:
        """Its row is wrong and refused: its words, where they mean nothing else, are no other row's fault."""
        for name in _NAMED.get(pending.kind.key, _CODED):
            self._enter(self._excused, pending.kind, name, pending.fields, pending)

    def rename(self, kind: Kind, object_id: int, fields: Mapping[str, Any]) -> None:
        """An object gets the codes and names in ``fields``: rows mean it by those, no longer by the ones it had."""
        names = [name for name in _NAMED.get(kind.key, _CODED) if name in fields]
        record = (self._account.objects(kind).get(object_id) if names else None) or {}
        owner = record.get("dataSourceId")
        after = {"dataSourceId": int(owner) if owner else owner, **fields}
        for name in names:
            here = ("dataSourceId", name) if kind.key in _OF_DATA_SOURCE else (name,)
            if key_of(after, here) != key_of(record, here):
                self._renamed.setdefault((kind.key, name), set()).add(object_id)
                self._enter(self._planned, kind, name, after, object_id)

    @staticmethod
    def _enter(
        words: dict[tuple[Any, ...], list[Target]], kind: Kind, name: str, fields: Mapping[str, Any], target: Target
    ) -> None:
        key = key_of(fields, (name,))
        if key is None:
            return
        words.setdefault((kind.key, name, key), []).append(target)
        if kind.key in _OF_DATA_SOURCE:
            words.setdefault((kind.key, name, key, fields.get("dataSourceId")), []).append(target)

    def find(self, to: str, word: str) -> Target:
        """Raises :class:`Unresolved`."""
        known = self._known.get((to, word))
        if known is not None:
            return known
        if to in _OF_DATA_SOURCE:
            return self.find_coded(to, *_parsed(word), text=word)
        sites: list[Target] = [*self._account.partner_sites().get(word, [])] if to == "partnerSites" else []
        found = sites if to == "partnerSites" else self._named(to, word)
        target = self._only(to, word, found)
        if isinstance(target, int):
            self._known[to, word] = target
        return target

    def find_coded(self, to: str, source: str | None, name: str, text: str) -> Target:
        """A trait or segment, by code or name, of one data source or of any. Raises :class:`Unresolved`."""
        known = self._known.get((to, text))
        if known is None:
            target = self._only(to, text, self._coded(to, source, name), name)
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

    def unknown(self, to: str, object_id: int) -> str:
        """What is wrong with an id that :meth:`knows` not."""
        name = KINDS[to].name if to in KINDS else "partner site"
        blind = to == "dataSources" and not len(self._account.objects(KINDS[to]))
        return (
            f"AAM has no {name} {object_id}{f': {NONE_SEEN}' if blind else ', or the technical account may not see it'}"
        )

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
        texts = (plain(str(record.get(name) or "")) for name in _NAMED.get(to, _CODED)) if record else iter(())
        return next((text for text in texts if text), None)

    def _coded_word(self, to: str, object_id: int) -> str | None:
        record = self._account.objects(KINDS[to]).get(object_id)
        code = self._first_word(to, object_id)
        if record is None or code is None or record.get("dataSourceId") is None:
            return None
        source = self.word("dataSources", int(record["dataSourceId"]))
        return None if source is None else name_of(source, code)

    def _named(self, to: str, word: str) -> list[Target]:
        keys = {name: key_of({name: word}, (name,)) for name in _NAMED[to]}
        for name, key in keys.items():
            found = self._held(to, name, (name,), key or ()) + self._planned.get((to, name, key), [])
            if found:
                return found
        return next(
            (self._excused[to, name, key] for name, key in keys.items() if (to, name, key) in self._excused), []
        )

    def _coded(self, to: str, source: str | None, word: str) -> list[Target]:
        """Of any data source where ``source`` is ``None``."""
        owner = () if source is None else (self.find("dataSources", source),)
        keys = [(to, name, key_of({name: word}, (name,)), *owner) for name in _CODED]
        for where in keys:
            _, name, key = where[:3]
            fields = ("dataSourceId", name) if owner else (name,)
            held = self._held(to, name, fields, (*map(str, owner), *(key or ())))
            found = held + self._planned.get(where, [])
            if found:
                return found
        return next((self._excused[where] for where in keys if where in self._excused), [])

    def _held(self, to: str, name: str, fields: tuple[str, ...], key: tuple[str, ...]) -> list[Target]:
        """What AAM has under these words, and keeps under them."""
        gone = self._renamed.get((to, name), set())
        return [found for found in self._account.objects(KINDS[to]).find(fields, key) if found not in gone]

    def _only(self, to: str, word: str, found: list[Target], name: str | None = None) -> Target:
        """``name`` is the part of the word that is compared with others, where it is not the whole."""
        if len(found) == 1:
            return found[0]
        kind = KINDS[to].name if to in KINDS else "partner site"
        if found:
            ids = ", ".join(target.text if isinstance(target, Pending) else str(target) for target in found)
            raise Unresolved(f"“{word}” means {len(found)} {kind}s ({ids}): {self._instead(to)}")
        raise Unresolved(f"AAM has no {kind} “{word}”{self._hint(to, name or word)}")

    def _instead(self, to: str) -> str:
        if to in _OF_DATA_SOURCE:
            return "write data source:code, or give the sid instead"
        return f"give {KINDS[to].id_field if to in KINDS else 'siteIDs'} instead"

    def _hint(self, to: str, word: str) -> str:
        if to == "partnerSites":
            return f".{near(word, self._account.partner_sites())}"
        objects = self._account.objects(KINDS[to])
        if len(objects) + len(self._planned) > _MOST_COMPARED:
            return f" (looked for by {' and '.join(_NAMED.get(to, _CODED))})"
        known = [part for name in _NAMED.get(to, _CODED) for (part,) in objects.index((name,))]
        known += [where[2][0] for where in self._planned if where[0] == to]
        if known or len(objects):
            return f".{near(word, known)}"
        return f": {NONE_SEEN}" if to == "dataSources" else f": it has no {KINDS[to].name} at all"


_MOST_COMPARED = 5_000
"""Comparing a misspelt word with all names takes long in a large account."""


def _parsed(word: str) -> tuple[str | None, str]:
    try:
        return parse_word(word)
    except ValueError as fault:
        raise Unresolved(str(fault)) from fault
