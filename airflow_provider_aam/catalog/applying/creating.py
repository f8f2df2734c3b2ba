"""A create, written so that it happens once: it is posted again only when nothing is there."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from airflow_provider_aam.account.keys import key_of, plain
from airflow_provider_aam.api.collection import Record, Records
from airflow_provider_aam.api.errors import AAMConflict, AAMOutcomeUnknown, Fate
from airflow_provider_aam.catalog.applying.existing import look_up
from airflow_provider_aam.catalog.applying.outcomes import Outcome, Status
from airflow_provider_aam.catalog.applying.settle import settle, unknown, unknown_if_blind
from airflow_provider_aam.catalog.applying.updating import Updater
from airflow_provider_aam.catalog.plan.difference import diff, diff_shown
from airflow_provider_aam.catalog.plan.plan import Change

MOST_POSTS = 3


class Unsettled(Exception):
    """The object is not there yet; the server may still be at work."""

    def __init__(self, lost: AAMOutcomeUnknown) -> None:
        super().__init__(lost.message)
        self.lost = lost


@dataclass(frozen=True, kw_only=True)
class Creator:
    """``patience_s`` is how long a write may take on the server that no one waits for any more. ``planned`` are the
    values by which the plan's creates are told apart where they share a key."""

    updater: Updater
    patience_s: float
    sleep: Callable[[float], None]
    planned: Sequence[Mapping[str, str]]

    def create(
        self, change: Change, fields: Mapping[str, Any], *, lost: AAMOutcomeUnknown | None = None, wait: bool = True
    ) -> Outcome:
        """POST; a lost response and a 409 are looked up; POST again only when the object is surely not there.

        ``wait=False``: raises :class:`Unsettled` rather than look again and again. Go on then with its ``lost``.
        """
        if change.look_first and lost is None:
            present = look_up(self.updater.collection, change)
            if present:
                return self._adopt(change, present, fields, ours=False)
        found = self._look_after(change, lost, posts=1) if lost else []
        posts = 1 if lost else 0
        while not found:
            posts += 1
            try:
                return self._created(change, self.updater.collection.create(fields), fields)
            except AAMOutcomeUnknown as error:
                lost = error
                found = self._look_after(change, lost, posts=posts, wait=wait)
            except AAMConflict:
                found = (
                    self._settle(change, lost, self.patience_s) if lost else look_up(self.updater.collection, change)
                )
                if not found:
                    raise
        return self._adopt(change, found, fields, ours=lost is not None)

    def _look_after(self, change: Change, lost: AAMOutcomeUnknown, *, posts: int, wait: bool = True) -> Records:
        """What a lost create has made; nothing where it may be posted again."""
        found = self._settle(change, lost, self.patience_s if wait else 0)
        if not found:
            if not wait:
                raise Unsettled(lost) from lost
            if lost.fate is Fate.RUNNING or posts == MOST_POSTS:
                raise lost
            self._refuse_if_stored_otherwise(change, lost)
        return found

    def _settle(self, change: Change, lost: AAMOutcomeUnknown, patience_s: float) -> Records:
        with unknown_if_blind(lost):
            return settle(self.updater.collection, change, patience_s=patience_s, sleep=self.sleep)

    def _refuse_if_stored_otherwise(self, change: Change, lost: AAMOutcomeUnknown) -> None:
        """Raises when an object is new that shares the key but for what tells such objects apart."""
        if not self.updater.kind.refine:
            return
        key = {name: value for name, value in change.key.items() if name not in self.updater.kind.refine}
        with unknown_if_blind(lost):
            found = look_up(self.updater.collection, msgspec.structs.replace(change, key=key))
        new = [str(self._id(record)) for record in found if not self._is_expected(record, change)]
        if new:
            told_apart = ", ".join(name for name in change.key if name not in key)
            raise unknown(
                lost, f"{self.updater.kind.name} {', '.join(new)} is new, with another {told_apart}; it may be this."
            )

    def _is_expected(self, record: Record, change: Change) -> bool:
        """Whether it was there before, or another create of the plan has made it."""
        given = ({name: plain(str(record.get(name))) for name in values} for values in self.planned)
        return self._id(record) in change.beside or any(map(operator.eq, given, self.planned))

    def _created(self, change: Change, record: Record, fields: Mapping[str, Any]) -> Outcome:
        key = [name for name in (("name",) if "path" in change.key else change.key) if name in record]
        if key_of(record, key) != key_of(fields, key):
            differs = [name for name in key if key_of(record, (name,)) != key_of(fields, (name,))]
            stored = ", ".join(f"{name} “{record[name]}”" for name in differs)
            text = (
                f"AAM created it, but stored {stored}: write that in the source. As it is, the next run would not find "
                "it and create another."
            )
            return Outcome.of(change, "rejected", id=self._id(record), message=text)
        changed = diff_shown(self.updater.kind, fields, record)
        note = f"AAM stored another value for {', '.join(f.field for f in changed)}" if changed else None
        return Outcome.of(change, "created", id=self._id(record), message=note)

    def _adopt(self, change: Change, found: Records, fields: Mapping[str, Any], *, ours: bool) -> Outcome:
        """An object with our key is there: ours, if an earlier response was lost; otherwise someone was quicker."""
        if len(found) > 1:
            ids = ", ".join(str(self._id(record)) for record in found)
            text = f"AAM now has {len(found)} of them ({ids}): delete the duplicates"
            return Outcome.of(change, "unknown", message=text)
        (record,) = found
        if "path" in change.key or not diff(self.updater.kind, fields, record):
            status: Status = "created" if ours else "unchanged"
            note = "response lost; found by lookup" if ours else "created by someone else in the meantime"
            return Outcome.of(change, status, id=self._id(record), message=note)
        return self.updater.update(change, fields, self._id(record))

    def _id(self, record: Record) -> int:
        return int(record[self.updater.collection.resource.id_field])
