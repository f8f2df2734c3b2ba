"""Which of a saved plan's creates an earlier run has made, and what has come into their place in the meantime."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_provider_aam.account.account import Account
from airflow_provider_aam.account.keys import Key, key_of
from airflow_provider_aam.api.collection import Record
from airflow_provider_aam.catalog.kinds import Kind
from airflow_provider_aam.catalog.plan.difference import diff_shown
from airflow_provider_aam.catalog.plan.plan import Change, Plan

_Made = tuple[str, int]
"""Key of a kind, id of an object."""


class Made:
    """Looks for what creates describe in the account as it is now."""

    def __init__(self, account: Account, plan: Plan) -> None:
        self._account = account
        self._known: set[tuple[str, int | None]] = {(each.kind, each.id) for each in plan.changes}
        self._known |= {(each.kind, each.id) for each in plan.unchanged}
        self._found: set[_Made] = set()
        self._others: dict[_Made, tuple[Change, str]] = {}
        self._caseless: dict[tuple[str, tuple[str, ...]], dict[Key | None, int]] = {}

    def find(self, kind: Kind, change: Change) -> int | None:
        """The id of the object, if it has been made."""
        fields = tuple(name for name in change.key if name not in kind.refine)
        key = key_of(change.key, fields)
        others: dict[_Made, str] = {}
        for object_id in self._account.objects(kind.resource).find(fields, key) if key is not None else []:
            differs = _differences(kind, change, self._account.objects(kind.resource).get(object_id) or {})
            if not differs:
                self._found.add((kind.key, object_id))
                return object_id
            if object_id not in change.beside:
                others[kind.key, object_id] = f"exists by now and differs: {differs}"
        others = others or self._misspelt(kind, change, fields)
        self._others |= {made: (change, text) for made, text in others.items()}
        return None

    def others(self) -> Iterator[tuple[Change, str]]:
        """What is there since the plan was made, in the place of what it creates, and is none of that."""
        return (other for made, other in self._others.items() if made not in self._found)

    def _misspelt(self, kind: Kind, change: Change, fields: tuple[str, ...]) -> dict[_Made, str]:
        """The object that AAM stored with its code or name in other case; those that the plan knows are others."""
        key = _caseless(key_of(change.key, fields)) if {"integrationCode", "name"} & {*fields} else None
        if key is None:
            return {}
        if (kind.key, fields) not in self._caseless:
            caseless = self._caseless[kind.key, fields] = {}
            for each, object_id in self._account.objects(kind.resource).keys(fields):
                caseless.setdefault(_caseless(each), object_id)
        found = self._caseless[kind.key, fields].get(key)
        if found is None or (kind.name, found) in self._known:
            return {}
        record = self._account.objects(kind.resource).get(found) or {}
        stored = ", ".join(f"{name} {record.get(name)!r}" for name in fields if record.get(name) != change.key[name])
        return {(kind.key, found): f"exists by now, as {kind.name} {found} with {stored}"}


def _differences(kind: Kind, change: Change, record: Record) -> str:
    wanted = {name: value for name, value in change.after().items() if not kind.is_tree or name == "name"}
    differs = [each for each in diff_shown(kind, wanted, record) if each.field not in kind.model.only_on_create]
    return ", ".join(f"{each.field} is {each.before!r}, the plan has {each.after!r}" for each in differs)


def _caseless(key: Key | None) -> Key | None:
    return None if key is None else tuple(part.casefold() for part in key)
