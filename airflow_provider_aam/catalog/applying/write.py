"""One change, written so that it happens once: what AAM refuses and what got lost becomes the row's outcome."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self

import msgspec

from airflow_provider_aam.account.escapes import unescaped
from airflow_provider_aam.account.keys import key_of, plain
from airflow_provider_aam.api.client import AAMClient
from airflow_provider_aam.api.collection import Collection, Record, Records
from airflow_provider_aam.api.errors import (
    AAMApiKeyRejected,
    AAMBadAnswer,
    AAMConflict,
    AAMError,
    AAMIncomplete,
    AAMLimitReached,
    AAMNoAnswer,
    AAMNoProductProfile,
    AAMNotFound,
    AAMOutcomeUnknown,
    AAMRefused,
    AAMServerError,
    AAMUnauthorized,
    Fate,
)
from airflow_provider_aam.catalog.applying.outcomes import Outcome, Status
from airflow_provider_aam.catalog.applying.settle import look_up, settle
from airflow_provider_aam.catalog.kinds import Kind
from airflow_provider_aam.catalog.plan.difference import diff, diff_shown
from airflow_provider_aam.catalog.plan.links import linked
from airflow_provider_aam.catalog.plan.plan import Change, Link, Plan

MOST_POSTS = 3

NOT_ABOUT_THE_ROW = (AAMUnauthorized, AAMApiKeyRejected, AAMNoProductProfile, AAMLimitReached)
"""Refusals that later rows will meet as well."""
ABOUT_THE_ROW = (AAMRefused, AAMServerError, AAMNoAnswer, AAMBadAnswer, AAMOutcomeUnknown, AAMIncomplete)


@dataclass(frozen=True, kw_only=True)
class Writer:
    """Writes the changes of one collection. Safe to share between threads.

    ``patience_s`` is how long a write may take on the server that nobody waits for any more. ``planned`` are the values
    by which the plan's creates are told apart where they share a key.
    """

    kind: Kind
    collection: Collection
    patience_s: float
    sleep: Callable[[float], None]
    planned: Sequence[Mapping[str, str]]

    @classmethod
    def of(cls, client: AAMClient, kind: Kind, plan: Plan) -> Self:
        keys = (change.key for change in plan.changes if change.kind == kind.name and change.action == "create")
        return cls(
            kind=kind,
            collection=client.collection(kind.resource.name),
            patience_s=client.timeout_s,
            sleep=client.pause,
            planned=[{name: plain(str(key[name])) for name in kind.refine if name in key} for key in keys],
        )

    def write(self, change: Change, ids: Mapping[Link, int]) -> Outcome:
        """``ids`` of what the plan has created for the change's links. Raises only what is not about this row alone."""
        change = linked(change, ids)
        fields = change.after()
        try:
            if change.action == "create":
                return self._create(change, fields)
            if change.action == "update":
                return self._update(change, fields, int(change.id or 0))
            return self._delete(change)
        except NOT_ABOUT_THE_ROW:
            raise
        except ABOUT_THE_ROW as error:
            return failed(change, error)

    def _create(self, change: Change, fields: Mapping[str, Any]) -> Outcome:
        """POST; a lost answer and a 409 are looked up; POST again only when the object is surely not there."""
        if change.look_first:
            present = look_up(self.collection, change)
            if present:
                return self._adopt(change, present, fields, ours=False)
        lost: AAMOutcomeUnknown | None = None
        posts = 0
        while True:
            posts += 1
            try:
                return self._created(change, self.collection.create(fields), fields)
            except AAMOutcomeUnknown as error:
                lost = error
                found = self._settle(change, lost)
                if not found:
                    if lost.fate is Fate.RUNNING or posts == MOST_POSTS:
                        raise
                    self._refuse_if_stored_otherwise(change, lost)
            except AAMConflict:
                found = self._settle(change, lost) if lost else look_up(self.collection, change)
                if not found:
                    raise
            if found:
                return self._adopt(change, found, fields, ours=lost is not None)

    def _settle(self, change: Change, lost: AAMOutcomeUnknown) -> Records:
        with _unknown_if_blind(lost):
            return settle(self.collection, change, patience_s=self.patience_s, sleep=self.sleep)

    def _refuse_if_stored_otherwise(self, change: Change, lost: AAMOutcomeUnknown) -> None:
        """Raises when an object is new that shares the key but for what tells such objects apart."""
        if not self.kind.refine:
            return
        key = {name: value for name, value in change.key.items() if name not in self.kind.refine}
        with _unknown_if_blind(lost):
            found = look_up(self.collection, msgspec.structs.replace(change, key=key))
        new = [str(self._id(record)) for record in found if not self._is_expected(record, change)]
        if new:
            told_apart = ", ".join(name for name in change.key if name not in key)
            raise _unknown(
                lost, f"{self.kind.name} {', '.join(new)} is new, with another {told_apart}; it may be this."
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
            return _outcome(change, "rejected", id=self._id(record), message=text)
        changed = diff_shown(self.kind, fields, record)
        note = f"AAM stored another value for {', '.join(f.field for f in changed)}" if changed else None
        return _outcome(change, "created", id=self._id(record), message=note)

    def _adopt(self, change: Change, found: Records, fields: Mapping[str, Any], *, ours: bool) -> Outcome:
        """An object with our key is there: ours, if an earlier answer was lost; otherwise somebody was quicker."""
        if len(found) > 1:
            ids = ", ".join(str(self._id(record)) for record in found)
            text = f"AAM now has {len(found)} of them ({ids}): delete those that are too many"
            return _outcome(change, "unknown", message=text)
        (record,) = found
        if "path" in change.key or not diff(self.kind, fields, record):
            status: Status = "created" if ours else "unchanged"
            note = "the answer was lost; found by look-up" if ours else "created by somebody else meanwhile"
            return _outcome(change, status, id=self._id(record), message=note)
        return self._update(change, fields, self._id(record))

    def _update(self, change: Change, fields: Mapping[str, Any], object_id: int) -> Outcome:
        """GET, merge, PUT: AAM's PUT replaces the whole object."""
        try:
            present = unescaped(self._read(object_id, change))
        except AAMNotFound as gone:
            text = f"it was there when the plan was made and is not there any more. {gone.message}"
            # A later run will create it, unless the row says nothing but its id.
            return _outcome(change, "rejected", id=object_id, http_status=404, message=text, passing=bool(change.key))
        if not diff(self.kind, fields, present):
            return _outcome(change, "unchanged", id=object_id, message="was so already when it was to be written")
        try:
            written = self.collection.replace(object_id, {**change.held, **present, **change.resent, **fields})
        except (AAMOutcomeUnknown, AAMBadAnswer) as lost:
            with _unknown_if_blind(lost):
                written = self._read(object_id, change)
            if diff(self.kind, fields, written):
                raise _unknown(lost, "It does not show the update yet.") from lost
        if diff_shown(self.kind, fields, written):
            written = self._read(object_id, change)  # the answer may be the object as it was
        if ignored := diff_shown(self.kind, fields, written):
            names = ", ".join(field.field for field in ignored)
            note = f"AAM accepted the update and kept its own {names}: it does not change there"
            return _outcome(change, "rejected", id=object_id, message=note)
        return _outcome(change, "updated", id=object_id)

    def _delete(self, change: Change) -> Outcome:
        object_id = int(change.id or 0)
        try:
            deleted = self.collection.delete(object_id, **change.within)
        except AAMOutcomeUnknown as lost:
            with _unknown_if_blind(lost):
                gone = self._is_gone(object_id, change)
            if not gone:
                raise
            deleted = True
        return _outcome(change, "deleted", id=object_id, message=None if deleted else "was gone already")

    def _read(self, object_id: int, change: Change) -> Record:
        return self.collection.get(object_id, **change.within)

    def _is_gone(self, object_id: int, change: Change) -> bool:
        try:
            self._read(object_id, change)
        except AAMNotFound:
            return True
        return False

    def _id(self, record: Record) -> int:
        return int(record[self.collection.resource.id_field])


@contextmanager
def _unknown_if_blind(lost: AAMError) -> Iterator[None]:
    """Whoever cannot look up what became of a lost write does not know it, whatever the look-up met."""
    try:
        yield
    except AAMError as blind:
        raise _unknown(lost, f"Looking it up failed as well: {blind.message}") from lost


def _unknown(lost: AAMError, text: str) -> AAMOutcomeUnknown:
    return AAMOutcomeUnknown(f"{lost.message} {text}", fate=getattr(lost, "fate", Fate.UNKNOWN))


def failed(change: Change, error: AAMError) -> Outcome:
    return _outcome(
        change,
        "unknown" if isinstance(error, AAMOutcomeUnknown) else "rejected",
        id=change.id,
        http_status=_status_of(error),
        message=error.message,
        passing=error.retryable,
    )


def _status_of(error: BaseException | None) -> int | None:
    """AAM's, from the answer that the error goes back to."""
    while error is not None:
        status = getattr(error, "status", None)
        if status is not None:
            return int(status)
        error = error.__cause__
    return None


def _outcome(change: Change, status: Status, **more: Any) -> Outcome:
    return Outcome(status=status, kind=change.kind, label=change.label, place=change.place, **more)
