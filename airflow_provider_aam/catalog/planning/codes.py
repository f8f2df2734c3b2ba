"""Integration codes that a plan would give to a second object."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_provider_aam.account.account import Account
from airflow_provider_aam.account.keys import Key, key_of
from airflow_provider_aam.api.collection import Record
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.catalog.checking.check import Checked
from airflow_provider_aam.catalog.kinds import Kind
from airflow_provider_aam.catalog.planning.changes import Planned
from airflow_provider_aam.catalog.planning.targets import Pending, Targets
from airflow_provider_aam.catalog.problems import Problem

CODE = "integrationCode"


class Codes:
    """Hears of every change that is planned, and then knows which of them take a code that something else keeps.

    AAM refuses that where the data source wants unique codes; elsewhere two objects would have one key.
    """

    def __init__(self, account: Account, targets: Targets) -> None:
        self._account = account
        self._targets = targets
        self._taken: list[tuple[Key, Planned, Checked, object]] = []
        self._freed: set[tuple[str, int | None]] = set()

    def add(self, planned: Planned, item: Checked, record: Record) -> None:
        """``record`` is the object as AAM has it, empty for a new one."""
        kind, change = planned.kind, planned.change
        fields = kind.match_on.get(CODE, ())
        after = {**record, **change.after()}
        key = key_of(after, fields) if fields else None
        if key == key_of(record, fields):
            return
        self._freed.add((kind.key, change.id))
        if key is not None and not (change.action == "create" and CODE in change.key):
            self._taken.append((key, planned, item, after.get("dataSourceId")))

    def problems(self) -> Iterator[Problem]:
        first: dict[tuple[str, Key], Checked] = {}
        for key, planned, item, owner in self._taken:
            kind = planned.kind
            earlier = first.setdefault((kind.key, key), item)
            holder = f"what {earlier.row.place} describes" if earlier is not item else None
            holder = holder or self._holder(kind, key, planned, owner)
            if holder:
                text = f"“{one_line(key[-1])}” is already the integration code of {holder}"
                yield Problem(place=item.row.place_of(CODE), field=CODE, text=f"{text}: use another code")

    def _holder(self, kind: Kind, key: Key, planned: Planned, owner: object) -> str | None:
        for object_id in self._account.objects(kind.resource).find(kind.match_on[CODE], key):
            if object_id != planned.change.id and (kind.key, object_id) not in self._freed:
                record = self._account.objects(kind.resource).get(object_id) or {}
                return f"{kind.name} {object_id} “{one_line(str(record.get('name')))}”"
        around = owner if isinstance(owner, int) else None
        others = self._targets.more(kind.resource, CODE, key[-1], around)
        new = (each for each in others if isinstance(each, Pending) and each is not planned.makes)
        return next((f"a {kind.name} that this plan creates" for _ in new), None)
