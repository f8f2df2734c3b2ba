"""What people call objects, and their ids: by integration code, by name, by path, in this order of precedence.

A text means the object with that integration code, else the one with that name; what AAM does to texts (HTML escapes,
blanks) makes no difference. Codes and names of traits and segments are those of a data source, which may be written
before them (``crm:sg-005``). Folders are called by their path. A number is an id.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Generic, TypeVar

from airflow_provider_aam.account.account import Account
from airflow_provider_aam.account.keys import key_of, plain
from airflow_provider_aam.account.words import name_of, parse_word
from airflow_provider_aam.api.errors import AAMLookupFailed
from airflow_provider_aam.api.guide import Step
from airflow_provider_aam.api.names import near
from airflow_provider_aam.api.numbers import whole_number
from airflow_provider_aam.api.resources import DATA_SOURCES, Resource

_MOST_COMPARED = 5_000
"""Comparing a misspelt word with all names takes long in a large account."""

More = TypeVar("More")


def none_seen(what: str = "data source at all") -> str:
    """What role-based access control does to an account in no group: empty lists, and no error."""
    return f"the technical account sees no {what}. {Step.TECHNICAL_USER.pointer}"


def no_folder_seen() -> str:
    return none_seen("folder below the root")


class Names(Generic[More]):
    """Words and ids of all resources, as the account has them, and ``More``, where a subclass knows of more.

    Lists are read when the first word of their resource is asked for.
    """

    def __init__(self, account: Account) -> None:
        self.account = account
        # Of data sources, destinations and the like; there are too many traits and segments to keep each.
        self._known: dict[tuple[str, str], int] = {}
        self._labels: dict[tuple[str, int], str] = {}

    def find(self, resource: Resource, word: int | str) -> int | More:
        """The object that the word means. Raises :class:`AAMLookupFailed` when there is none, or several.

        Digits mean the data source with that id where none has them as its code or name. Of several folders with one
        path the first made is meant.
        """
        if isinstance(word, int):
            if not self.holds(resource, word):
                raise AAMLookupFailed(self.unknown(resource, word))
            return word
        if resource.is_owned:
            return self.find_owned(resource, *_parsed(word), text=word)
        if resource.is_tree:
            return min(self._folders(resource, word))
        known = self._known.get((resource.name, word))
        if known is not None:
            return known
        found = self._only(resource, word, self._named(resource, word))
        if isinstance(found, int):
            self._known[resource.name, word] = found
        return found

    def find_owned(self, resource: Resource, source: str | None, name: str, *, text: str) -> int | More:
        """A trait or segment, by code or name, of one data source or of any; ``text`` is how it was written.

        Raises :class:`AAMLookupFailed`.
        """
        found = self._owned(resource, source, name)
        if not found and source is not None:
            elsewhere = (each for each in self._owned(resource, None, name) if isinstance(each, int))
            words = [word for each in elsewhere if (word := self._owned_word(resource, each))]
            if words:
                meant = ", ".join(f"“{word}”" for word in words[:3])
                raise AAMLookupFailed(f"AAM has no {resource.label} “{text}”. Did you mean {meant}?")
        return self._only(resource, text, found, name)

    def find_below(self, resource: Resource, path: str) -> frozenset[int]:
        """The ids of the folder with this path (``/`` for all) and of those below. Raises :class:`AAMLookupFailed`."""
        self._folders(resource, path)
        return frozenset(self.account.tree(resource).below(path))

    def holds(self, resource: Resource, object_id: int) -> bool:
        if resource.is_tree:
            return object_id in self.account.tree(resource)
        return object_id in self.account.objects(resource)

    def unknown(self, resource: Resource, object_id: int) -> str:
        """What is wrong with an id that :meth:`holds` does not find."""
        why = f": {none_seen()}" if self._is_blind(resource) else ", or the technical account has no access to it"
        return f"AAM has no {resource.label} {object_id}{why}"

    def label(self, resource: Resource, object_id: int | None) -> str:
        """What people know it by; the number, if it is not known."""
        if object_id is None:
            return "none"
        if resource.is_tree:
            return self.account.tree(resource).path_of(object_id)
        if resource.is_owned:
            return self._first_word(resource, object_id) or str(object_id)
        known = self._labels.get((resource.name, object_id))
        if known is None:
            known = self._labels[resource.name, object_id] = self._first_word(resource, object_id) or str(object_id)
        return known

    def word(self, resource: Resource, object_id: int) -> str | None:
        """The word that means this object and no other, if there is one."""
        if resource.is_tree:
            path = self.account.tree(resource).path_of(object_id)
            return path if self.account.tree(resource).find(path) == [object_id] else None
        word = (self._owned_word if resource.is_owned else self._first_word)(resource, object_id)
        if word is None:
            return None
        try:
            return word if self.find(resource, word) == object_id else None
        except AAMLookupFailed:
            return None

    def more(self, resource: Resource, field: str, word: str, owner: int | More | None) -> Sequence[int | More]:  # noqa: ARG002
        """What else has this word in this field, of any data source or of ``owner``."""
        return ()

    def last_resort(self, resource: Resource, field: str, word: str, owner: int | More | None) -> Sequence[int | More]:  # noqa: ARG002
        """What is meant where nothing else has the word."""
        return ()

    def more_words(self, resource: Resource) -> Iterable[str]:  # noqa: ARG002
        """Words of :meth:`more`, for suggestions."""
        return ()

    def renamed(self, resource: Resource, field: str) -> set[int]:  # noqa: ARG002
        """Objects that the field's present value no longer means."""
        return set()

    def _only(self, resource: Resource, text: str, found: Sequence[int | More], name: str = "") -> int | More:
        """``name`` is the part of the text that is compared with others, where it is not the whole."""
        if len(found) > 1:
            ids = ", ".join(map(str, found))
            raise AAMLookupFailed(f"“{text}” means {len(found)} {resource.label}s ({ids}): {_instead(resource)}")
        if not found:
            raise AAMLookupFailed(f"AAM has no {resource.label} “{text}”{self._hint(resource, name or text)}")
        return found[0]

    def _named(self, resource: Resource, word: str) -> Sequence[int | More]:
        for field in resource.naming:
            found = [*self._held(resource, (field,), (word,)), *self.more(resource, field, word, None)]
            if found:
                return found
        if (
            resource is DATA_SOURCES
            and (object_id := whole_number(word)) is not None
            and self.holds(resource, object_id)
        ):
            return [object_id]
        resorts = (self.last_resort(resource, field, word, None) for field in resource.naming)
        return next(filter(None, resorts), ())

    def _owned(self, resource: Resource, source: str | None, word: str) -> Sequence[int | More]:
        """Of any data source where ``source`` is ``None``."""
        owner = None if source is None else self.find(DATA_SOURCES, source)
        for field in resource.naming:
            fields, words = ((field,), (word,)) if owner is None else (("dataSourceId", field), (owner, word))
            found = [*self._held(resource, fields, words), *self.more(resource, field, word, owner)]
            if found:
                return found
        resorts = (self.last_resort(resource, field, word, owner) for field in resource.naming)
        return next(filter(None, resorts), ())

    def _held(self, resource: Resource, fields: tuple[str, ...], words: Sequence[object]) -> Iterator[int]:
        """What AAM has under these words, and keeps under them."""
        key = key_of(dict(zip(fields, words, strict=True)), fields)
        gone = self.renamed(resource, fields[-1])
        found = self.account.objects(resource).find(fields, key) if key is not None else []
        return (each for each in found if each not in gone)

    def _folders(self, resource: Resource, path: str) -> list[int]:
        tree = self.account.tree(resource)
        found = tree.find(path)
        if not found:
            why = f".{near(tree.normalise(path), tree.paths())}" if tree.paths() else f": {no_folder_seen()}"
            raise AAMLookupFailed(f"AAM has no {resource.label} “{path}”{why}")
        return found

    def _first_word(self, resource: Resource, object_id: int) -> str | None:
        record = self.account.objects(resource).get(object_id)
        texts = (plain(str(record.get(name) or "")) for name in resource.naming) if record else iter(())
        return next((text for text in texts if text), None)

    def _owned_word(self, resource: Resource, object_id: int) -> str | None:
        record = self.account.objects(resource).get(object_id)
        code = self._first_word(resource, object_id)
        if record is None or code is None or record.get("dataSourceId") is None:
            return None
        source = self.word(DATA_SOURCES, int(record["dataSourceId"]))
        return None if source is None else name_of(source, code)

    def _is_blind(self, resource: Resource) -> bool:
        return resource is DATA_SOURCES and not len(self.account.objects(resource))

    def _hint(self, resource: Resource, word: str) -> str:
        objects, more = self.account.objects(resource), [*self.more_words(resource)]
        if len(objects) + len(more) > _MOST_COMPARED:
            return f" (searched by {' and '.join(resource.naming)})"
        known = [part for name in resource.naming for (part,), _ in objects.keys((name,))]
        if known or more or len(objects):
            return f".{near(word, [*known, *more])}"
        return f": {none_seen()}" if self._is_blind(resource) else f": it has no {resource.label} at all"


def _instead(resource: Resource) -> str:
    if resource.is_owned:
        return "write data source:code, or give the sid instead"
    return f"give {'siteIDs' if resource.named_by == ('url',) else resource.id_field} instead"


def _parsed(word: str) -> tuple[str | None, str]:
    try:
        return parse_word(word)
    except ValueError as fault:
        raise AAMLookupFailed(str(fault)) from fault
