"""One change, written so that it happens once: what AAM refuses and what got lost becomes the row's outcome."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from airflow_provider_aam.api.client import AAMClient
from airflow_provider_aam.api.collection import Collection, Record
from airflow_provider_aam.api.errors import (
    AAMApiKeyRejected,
    AAMBadAnswer,
    AAMConflict,
    AAMError,
    AAMNoAnswer,
    AAMNoProductProfile,
    AAMNotFound,
    AAMOutcomeUnknown,
    AAMRefused,
    AAMServerError,
    AAMUnauthorized,
    Fate,
)
from airflow_provider_aam.catalog.diff import diff
from airflow_provider_aam.catalog.kinds import Kind
from airflow_provider_aam.catalog.outcomes import Outcome, Status
from airflow_provider_aam.catalog.plan import Change
from airflow_provider_aam.catalog.settle import look_up, settle

MOST_POSTS = 3

FOR_EVERY_ROW = (AAMUnauthorized, AAMApiKeyRejected, AAMNoProductProfile)
"""Refusals that no row can do anything about: the push ends."""
ABOUT_THE_ROW = (AAMRefused, AAMServerError, AAMNoAnswer, AAMBadAnswer, AAMOutcomeUnknown)


@dataclass(frozen=True, kw_only=True)
class Writer:
    """Writes the changes of one collection. Safe to share between threads.

    ``patience_s`` is how long a write may take on the server that nobody waits for any more.
    """

    kind: Kind
    collection: Collection
    patience_s: float
    sleep: Callable[[float], None]

    @classmethod
    def of(cls, client: AAMClient, kind: Kind, collection: str) -> Self:
        session = client.session
        return cls(
            kind=kind,
            collection=client.collection(collection),
            patience_s=session.timeout_s,
            sleep=session.retries.sleep,
        )

    def write(self, change: Change, late: Mapping[str, Any]) -> Outcome:
        """``late``: fields not known when the plan was made. Raises only what is not about this row alone."""
        fields = {**{field.field: field.after for field in change.fields}, **late}
        try:
            match change.action:
                case "create":
                    return self._create(change, fields)
                case "update":
                    return self._update(change, fields, int(change.id or 0))
                case "delete":
                    return self._delete(change, int(change.id or 0))
        except FOR_EVERY_ROW:
            raise
        except ABOUT_THE_ROW as error:
            return failed(change, error)

    def _create(self, change: Change, fields: Mapping[str, Any]) -> Outcome:
        """POST; a lost answer and a 409 are looked up; POST again only when the object is surely not there."""
        lost: AAMOutcomeUnknown | None = None
        for _ in range(MOST_POSTS):
            try:
                return self._created(change, self.collection.create(fields), fields)
            except AAMOutcomeUnknown as error:
                lost = error
                found = settle(self.collection, change, fate=error.fate, patience_s=self.patience_s, sleep=self.sleep)
            except AAMConflict as conflict:
                found = look_up(self.collection, change)
                if not found:
                    return failed(change, conflict)
            if len(found) > 1:
                ids = ", ".join(str(record[self.collection.resource.id_field]) for record in found)
                return _outcome(
                    change, "unknown", message=f"AAM now has {len(found)} of them ({ids}): delete the extra"
                )
            if found:
                return self._adopt(change, found[0], fields, ours=lost is not None)
            if lost is not None and lost.fate is Fate.RUNNING:
                break
        return failed(change, lost) if lost else _outcome(change, "unknown")

    def _created(self, change: Change, record: Record, fields: Mapping[str, Any]) -> Outcome:
        differs = diff(self.kind, {n: v for n, v in fields.items() if n in record}, record)
        note = f"AAM stored another value for {', '.join(f.field for f in differs)}" if differs else None
        return _outcome(change, "created", id=self._id(record), message=note)

    def _adopt(self, change: Change, record: Record, fields: Mapping[str, Any], *, ours: bool) -> Outcome:
        """An object with our key is there: ours, if an earlier answer was lost; otherwise somebody was quicker."""
        if change.key.get("path") or not diff(self.kind, fields, record):
            status: Status = "created" if ours else "unchanged"
            note = "the answer was lost; found by look-up" if ours else "created by somebody else meanwhile"
            return _outcome(change, status, id=self._id(record), message=note)
        return self._update(change, fields, self._id(record))

    def _update(self, change: Change, fields: Mapping[str, Any], object_id: int) -> Outcome:
        """GET, merge, PUT: AAM's PUT replaces the whole object."""
        present = self.collection.get(object_id)
        if not diff(self.kind, fields, present):
            return _outcome(change, "unchanged", id=object_id, message="was so already when it was to be written")
        try:
            written = self.collection.replace(object_id, {**present, **fields})
        except AAMOutcomeUnknown:
            written = self.collection.get(object_id)
            if diff(self.kind, fields, written):
                raise
        ignored = diff(self.kind, {name: value for name, value in fields.items() if name in written}, written)
        if ignored:
            names = ", ".join(field.field for field in ignored)
            note = f"AAM accepted the update and kept its own {names}: it does not change there"
            return _outcome(change, "rejected", id=object_id, message=note)
        return _outcome(change, "updated", id=object_id)

    def _delete(self, change: Change, object_id: int) -> Outcome:
        try:
            deleted = self.collection.delete(object_id)
        except AAMOutcomeUnknown:
            if not self._is_gone(object_id):
                raise
            deleted = True
        return _outcome(change, "deleted", id=object_id, message=None if deleted else "was gone already")

    def _is_gone(self, object_id: int) -> bool:
        try:
            self.collection.get(object_id)
        except AAMNotFound:
            return True
        return False

    def _id(self, record: Record) -> int:
        return int(record[self.collection.resource.id_field])


def failed(change: Change, error: AAMError) -> Outcome:
    unknown = isinstance(error, AAMOutcomeUnknown)
    cause = error.__cause__ if unknown else error
    return _outcome(
        change,
        "unknown" if unknown else "rejected",
        id=change.id,
        http_status=getattr(cause, "status", None),
        message=error.message,
        passing=error.retryable,
    )


def _outcome(change: Change, status: Status, **more: Any) -> Outcome:
    return Outcome(status=status, kind=change.kind, label=change.label, place=change.place, **more)
