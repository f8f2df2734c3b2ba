"""Who still needs what a plan deletes: mappings, segments, models, folders' contents."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from airflow_provider_aam.account.account import Account, including
from airflow_provider_aam.api.collection import Record
from airflow_provider_aam.api.errors import AAMPlanRefused
from airflow_provider_aam.api.numbers import whole_number
from airflow_provider_aam.api.resources import Resource
from airflow_provider_aam.catalog.kinds import KINDS, Kind, Use
from airflow_provider_aam.catalog.plan.plan import Change
from airflow_provider_aam.catalog.planning.changes import Changes
from airflow_provider_aam.catalog.planning.targets import Targets
from airflow_provider_aam.catalog.problems import in_lines

_SID = re.compile(r"(?<!\d)(\d+)T\b", re.IGNORECASE)
MOST_NAMED = 3
MOST_ASKED = 50
"""Up to so many deletes AAM is asked who uses each; beyond, the users' whole list is read."""


def refuse_used(account: Account, doomed: Mapping[str, Sequence[Record]], changes: Iterable[Change]) -> None:
    """Raises :class:`AAMPlanRefused` when, after the plan, objects would still need what it deletes.

    ``doomed`` by key of the kind. ``changes`` are the plan's updates: a segment that stops naming a trait sets it free.
    """
    usage = _Usage(account, doomed, changes)
    problems = [problem for key, records in doomed.items() for problem in usage.problems(KINDS[key], records)]
    if problems:
        raise AAMPlanRefused(
            "Plan refused: it would delete objects that are still in use. Nothing was changed in AAM. Remove these "
            f"references first, or keep the objects:\n{in_lines(problems)}"
        )


class _Usage:
    def __init__(self, account: Account, doomed: Mapping[str, Sequence[Record]], changes: Iterable[Change]) -> None:
        self._account = account
        self._changes = Changes(Targets(account))
        self._gone = {key: {int(r[KINDS[key].id_field]) for r in records} for key, records in doomed.items()}
        self._after = {(change.kind, change.id): change.after() for change in changes if change.action == "update"}

    def problems(self, kind: Kind, records: Sequence[Record]) -> Iterator[str]:
        wanted = {int(record[kind.id_field]): record for record in records}
        for use in kind.used_by:
            users: dict[int, list[Record]] = {}
            for user in self._users(use, wanted):
                for object_id in self._needed(user, use, wanted):
                    users.setdefault(object_id, []).append(user)
            for object_id, found in users.items():
                name = self._called(kind, wanted[object_id])
                yield f"{kind.name} {name} is in use by {self._named(KINDS[use.by], found)}"

    def _called(self, kind: Kind, record: Record) -> str:
        """As plans do, and by AAM's id."""
        label, object_id = self._changes.label(kind, record), str(record[kind.id_field])
        return label if object_id in label else f"{label} ({object_id})"

    def _named(self, by: Kind, users: Sequence[Record]) -> str:
        names = ", ".join(self._called(by, user) for user in users[:MOST_NAMED])
        more = f" and {len(users) - MOST_NAMED:,} more" if len(users) > MOST_NAMED else ""
        return f"{by.name if len(users) == 1 else by.plural} {names}{more}"

    def _users(self, use: Use, wanted: Mapping[int, Record]) -> Iterator[Record]:
        """All objects that may need one of ``wanted``, but for those that the plan deletes."""
        by = KINDS[use.by]
        gone = self._gone.get(use.by, set())
        for user in self._candidates(use, wanted):
            if int(user[by.id_field]) not in gone:
                yield {**user, **self._after.get((by.name, int(user[by.id_field])), {})}

    def _candidates(self, use: Use, wanted: Mapping[int, Record]) -> Iterator[Record]:
        by = KINDS[use.by]
        if not wanted:
            return
        if self._account.is_read(by.resource) and by.resource.name not in self._account.filters:
            yield from self._account.objects(by.resource)
        elif len(wanted) > MOST_ASKED:
            yield from Account(self._account.client).objects(by.resource)
        elif use.filter is not None:
            collection = self._account.client.collection(by.resource.name)
            for object_id in wanted:
                yield from collection.fetch_all(**{use.filter: object_id})
        elif use.filter_around is not None and by.resource.within is not None:
            yield from self._around(by.resource, by.resource.within, use.filter_around, wanted)
        else:
            yield from self._account.objects(by.resource)

    def _around(self, within: Resource, around: Resource, name: str, wanted: Iterable[int]) -> Iterator[Record]:
        """What is within the objects that AAM finds with a list parameter."""
        collection = self._account.client.collection(around.name)
        for object_id in wanted:
            for record in collection.fetch_all(**{name: object_id}):
                whole = collection.get(int(record[around.id_field]), **including(within.name))
                yield from whole.get(within.name) or []

    def _needed(self, user: Record, use: Use, wanted: Mapping[int, Record]) -> set[int]:
        """Which of ``wanted`` the object needs: a server that ignores a filter returns all objects.

        A segment whose rule is not shown may need any of them, and what may be used is not deleted.
        """
        found: set[int] = set()
        for name in use.fields:
            value = user.get(name)
            if name in KINDS[use.by].rules:
                found |= set(wanted) if not value else {int(sid) for sid in _SID.findall(str(value))} & set(wanted)
            else:
                found |= {int(each) for each in _ids(value)} & set(wanted)
        return found


def _ids(value: Any) -> Iterator[Any]:
    """Those of a field that holds an id, several, or objects with an id."""
    if isinstance(value, list | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _ids(item)
    elif whole_number(value) is not None:
        yield value
