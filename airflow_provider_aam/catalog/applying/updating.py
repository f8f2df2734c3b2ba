"""An update or a delete, written so that it happens once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from airflow_provider_aam.account.escapes import unescaped
from airflow_provider_aam.api.collection import Collection, Record
from airflow_provider_aam.api.errors import AAMBadAnswer, AAMNotFound, AAMOutcomeUnknown
from airflow_provider_aam.catalog.applying.outcomes import Outcome
from airflow_provider_aam.catalog.applying.settle import unknown, unknown_if_blind
from airflow_provider_aam.catalog.kinds import Kind
from airflow_provider_aam.catalog.plan.difference import diff, diff_shown, same
from airflow_provider_aam.catalog.plan.plan import Change


@dataclass(frozen=True, kw_only=True)
class Updater:
    kind: Kind
    collection: Collection

    def update(self, change: Change, fields: Mapping[str, Any], object_id: int) -> Outcome:
        """GET, merge, PUT: AAM's PUT replaces the whole object."""
        try:
            present = unescaped(self._read(object_id, change))
        except AAMNotFound as gone:
            text = f"it was deleted after the plan was made. {gone.message}"
            # A later run will create it, unless the row says nothing but its id.
            return Outcome.of(change, "rejected", id=object_id, http_status=404, message=text, passing=bool(change.key))
        if not diff(self.kind, fields, present):
            return Outcome.of(change, "unchanged", id=object_id, message="already had these values")
        try:
            resent = {n: v for n, v in change.resent.items() if same(self.kind, n, v, present.get(n))}
            written = self.collection.replace(object_id, {**change.held, **present, **resent, **fields})
        except (AAMOutcomeUnknown, AAMBadAnswer) as lost:
            with unknown_if_blind(lost):
                written = self._read(object_id, change)
            if diff(self.kind, fields, written):
                raise unknown(lost, "AAM does not show the update yet.") from lost
        if diff_shown(self.kind, fields, written):
            written = self._read(object_id, change)  # the response may be the object as it was
        if ignored := diff_shown(self.kind, fields, written):
            names = ", ".join(field.field for field in ignored)
            note = f"AAM accepted the update but kept its own {names}"
            return Outcome.of(change, "rejected", id=object_id, message=note)
        return Outcome.of(change, "updated", id=object_id)

    def delete(self, change: Change) -> Outcome:
        object_id = int(change.id or 0)
        try:
            deleted = self.collection.delete(object_id, **change.within)
        except AAMOutcomeUnknown as lost:
            with unknown_if_blind(lost):
                gone = self._is_gone(object_id, change)
            if not gone:
                raise
            deleted = True
        return Outcome.of(change, "deleted", id=object_id, message=None if deleted else "was gone already")

    def _read(self, object_id: int, change: Change) -> Record:
        return self.collection.get(object_id, **change.within)

    def _is_gone(self, object_id: int, change: Change) -> bool:
        try:
            self._read(object_id, change)
        except AAMNotFound:
            return True
        return False
