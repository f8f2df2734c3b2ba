"""Whether what a plan creates still fits into the account."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cached_property

from airflow_provider_aam.account.account import Account
from airflow_provider_aam.catalog.kinds import KINDS, Kind, kind_called
from airflow_provider_aam.catalog.plan.plan import Change

_Bin = tuple[str, str | None]
"""Key of a kind, and the value that AAM counts apart; ``None`` for all objects of the kind."""


def find_overflows(account: Account, changes: Iterable[Change]) -> tuple[list[str], list[str]]:
    """(problems, warnings): kinds of which there would be more than Adobe's documented maximum.

    An account that is beyond a maximum already has another one than documented, so that is only a warning. One request
    for a kind of which the plan did not need the whole list; as many as the list takes where that is near a maximum.
    """
    problems: list[str] = []
    warnings: list[str] = []
    more, fewer = _grown(changes)
    for kind in KINDS.values():
        held = _Held(account, kind)
        for value, most in kind.limits.most.items():
            wanted = (kind.key, _plain(value))
            added = more[wanted] - fewer[wanted]
            if not more[wanted] or added <= 0 or held.surely_below(most - added):
                continue
            present = held.count(value)
            if present + added > most:
                what = kind.plural if value is None else f"{kind.plural} with {kind.limits.by} {value}"
                text = f"AAM would hold {present + added:,} {what}, {most:,} at most ({present:,} now)"
                (warnings if present > most else problems).append(text)
    return problems, warnings


def _grown(changes: Iterable[Change]) -> tuple[Counter[_Bin], Counter[_Bin]]:
    more: Counter[_Bin] = Counter()
    fewer: Counter[_Bin] = Counter()
    for change in changes:
        kind = kind_called(change.kind)
        if kind.limits.most:
            more.update(_bins(kind, change, after=True))
            fewer.update(_bins(kind, change, after=False))
    return more, fewer


def _bins(kind: Kind, change: Change, *, after: bool) -> Iterator[_Bin]:
    """Where the object counts after the change, or before it, as far as the change says so."""
    if change.action == ("create" if after else "delete"):
        yield kind.key, None
    for field in change.fields:
        value = field.after if after else field.before
        if field.field == kind.limits.by and value is not None:
            yield kind.key, _plain(value)


def _plain(value: object) -> str | None:
    """AAM's documents show its words in upper and lower case."""
    return None if value is None else str(value).upper()


class _Held:
    """How many objects of one kind the account holds now."""

    def __init__(self, account: Account, kind: Kind) -> None:
        self._account = account
        self._kind = kind
        self._narrowed = kind.resource.name in account.filters

    @cached_property
    def _total(self) -> int | None:
        collection = self._account.client.collection(self._kind.resource.name)
        return next(iter(collection.iter_pages({}, page_size=1, max_concurrency=1))).total

    def surely_below(self, most: int) -> bool:
        """Whether a narrowed list need not be read whole: all objects together are no more than ``most``."""
        return self._narrowed and self._total is not None and self._total <= most

    def count(self, value: str | None) -> int:
        objects = (Account(self._account.client) if self._narrowed else self._account).objects(self._kind.resource)
        if value is None:
            return len(objects)
        return sum(1 for record in objects if _plain(record.get(self._kind.limits.by or "")) == value)
