"""From a word that people use to what depends on the trait or segment that it means."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from airflow_provider_aam.account.account import Account
from airflow_provider_aam.account.names import Names
from airflow_provider_aam.api.client import AAMClient
from airflow_provider_aam.api.errors import AAMLookupFailed
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.catalog.checking.check import Catalog
from airflow_provider_aam.catalog.impact.tree import Node, Object, as_json, grow, render
from airflow_provider_aam.catalog.impact.written import CatalogAccount
from airflow_provider_aam.catalog.kinds import DATA_SOURCES, SEGMENTS, TRAITS, Kind

_ID = re.compile(r"([0-9]{1,15})T?", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Impact:
    """``places``: where files describe each object; ``None``: the tree is the account's. ``hidden``: which kinds AAM
    refused to show, with its words."""

    root: Node
    places: Mapping[Object, str] | None
    hidden: Mapping[str, str]

    def as_json(self) -> dict[str, Any]:
        return as_json(self.root, self.places)

    def lines(self) -> Sequence[str]:
        """One for each object that depends on it, as a tree."""
        return [*render(self.root, self.places)]


def impact_in_account(client: AAMClient, word: str, *, kind: Kind | None = None) -> Impact:
    """Raises :class:`AAMLookupFailed` when the word means no trait or segment, or several."""
    account = Account(client)
    root, hidden = grow(account, *_find(account, word, kind, "AAM"))
    return Impact(root=root, places=None, hidden=hidden)


def impact_in_catalog(catalog: Catalog, word: str, *, source: str, kind: Kind | None = None) -> Impact:
    """As :func:`impact_in_account`, of what the files say, offline. Raises :class:`AAMSourceError` for broken rows."""
    account = CatalogAccount(catalog, source)
    root, hidden = grow(account, *_find(account, word, kind, one_line(source)))
    return Impact(root=root, places=account.places, hidden=hidden)


def _find(account: Account, word: str, only: Kind | None, where: str) -> tuple[Kind, int]:
    """``4011006``, ``4011006T``, ``code``, ``data source:code``, a tree's label, or one of those in a rule's braces."""
    text = word.strip().removeprefix("{").removesuffix("}")
    names = Names[int](account)
    found: list[tuple[Kind, int]] = []
    failed: list[str] = []
    for kind in (TRAITS, SEGMENTS) if only is None else (only,):
        try:
            found.append((kind, _meant(names, kind, text)))
        except AAMLookupFailed as nothing:
            failed.append(nothing.message.replace("AAM has", f"{where} has", 1))
    if not found:
        sentences = [text if text.endswith((".", "?")) else f"{text}." for text in dict.fromkeys(failed)]
        raise AAMLookupFailed(" ".join(sentences))
    if len(found) > 1:
        raise AAMLookupFailed(f"“{one_line(word)}” means a trait and a segment: add --kind traits or --kind segments.")
    return found[0]


def _meant(names: Names[int], kind: Kind, text: str) -> int:
    try:
        return names.find(kind.resource, text)
    except AAMLookupFailed:
        if number := _ID.fullmatch(text):
            return names.find(kind.resource, int(number[1]))
        splits = ((text[:at], text[at + 1 :]) for at, letter in enumerate(text) if letter == "/")
        labelled = (_labelled(names, kind, source, code) for source, code in splits)
        found = next(filter(None, labelled), None)
        if found is None:
            raise
        return found


def _labelled(names: Names[int], kind: Kind, source: str, code: str) -> int | None:
    """What ``data source/code`` means as trees show it: a trait or segment without a code has its id there."""
    with suppress(AAMLookupFailed):
        return names.find_owned(kind.resource, source, code, text=code)
    with suppress(AAMLookupFailed):
        owner = names.find(DATA_SOURCES.resource, source)
        if (number := _ID.fullmatch(code)) and (record := names.account.objects(kind.resource).get(int(number[1]))):
            return int(number[1]) if record.get("dataSourceId") == owner else None
    return None
