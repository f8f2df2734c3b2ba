"""Which objects need what: read from the lists that are there, asked of AAM where that is less."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from airflow_provider_aam.account.account import Account, including
from airflow_provider_aam.api.collection import Record
from airflow_provider_aam.api.numbers import whole_number
from airflow_provider_aam.api.resources import Resource
from airflow_provider_aam.catalog.kinds import KINDS, Use

_SID = re.compile(r"(?<!\d)(\d+)T\b", re.IGNORECASE)
MOST_ASKED = 50
"""Up to so many objects AAM is asked who uses each; beyond, the users' whole list is read."""


def candidates(account: Account, use: Use, wanted: Collection[int]) -> Iterator[Record]:
    """All objects that may need one of ``wanted``, and others."""
    by = KINDS[use.by]
    if not wanted:
        return
    if account.is_read(by.resource) and by.resource.name not in account.filters:
        yield from account.objects(by.resource)
    elif len(wanted) > MOST_ASKED:
        yield from Account(account.client).objects(by.resource)
    elif use.filter is not None:
        collection = account.client.collection(by.resource.name)
        for object_id in wanted:
            yield from collection.fetch_all(**{use.filter: object_id})
    elif use.filter_around is not None and by.resource.within is not None:
        yield from _around(account, by.resource, by.resource.within, use.filter_around, wanted)
    else:
        yield from account.objects(by.resource)


def needed(user: Record, use: Use, wanted: Collection[int]) -> dict[int, str]:
    """Which of ``wanted`` the object needs, each with the field: a server that ignores a filter returns all objects.

    A segment whose rule is not shown may need any of them, and what may be used is not deleted.
    """
    found: dict[int, str] = {}
    for name in use.fields:
        value = user.get(name)
        if name in KINDS[use.by].rules:
            ids = {*wanted} if not value else {int(sid) for sid in _SID.findall(str(value))}
        else:
            ids = {int(each) for each in _ids(value)}
        for object_id in ids & {*wanted}:
            found.setdefault(object_id, name)
    return found


def _around(account: Account, within: Resource, around: Resource, name: str, wanted: Iterable[int]) -> Iterator[Record]:
    """What is within the objects that AAM finds with a list parameter."""
    collection = account.client.collection(around.name)
    for object_id in wanted:
        for record in collection.fetch_all(**{name: object_id}):
            whole = collection.get(int(record[around.id_field]), **including(within.name))
            yield from whole.get(within.name) or []


def _ids(value: Any) -> Iterator[Any]:
    """Those of a field that holds an id, several, or objects with an id."""
    if isinstance(value, list | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _ids(item)
    elif whole_number(value) is not None:
        yield value
