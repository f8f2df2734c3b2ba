"""One change, written once: what AAM refuses and what got lost becomes the row's outcome."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from airflow_provider_aam.account.keys import plain
from airflow_provider_aam.api.client import AAMClient
from airflow_provider_aam.api.errors import (
    AAMApiKeyRejected,
    AAMBadAnswer,
    AAMError,
    AAMIncomplete,
    AAMLimitReached,
    AAMNoAnswer,
    AAMNoProductProfile,
    AAMOutcomeUnknown,
    AAMRefused,
    AAMServerError,
    AAMUnauthorized,
)
from airflow_provider_aam.catalog.applying.creating import Creator
from airflow_provider_aam.catalog.applying.outcomes import Outcome
from airflow_provider_aam.catalog.applying.updating import Updater
from airflow_provider_aam.catalog.kinds import Kind
from airflow_provider_aam.catalog.plan.plan import Change, Plan

NOT_ABOUT_THE_ROW = (AAMUnauthorized, AAMApiKeyRejected, AAMNoProductProfile, AAMLimitReached)
"""Refusals that later rows will meet as well."""
ABOUT_THE_ROW = (AAMRefused, AAMServerError, AAMNoAnswer, AAMBadAnswer, AAMOutcomeUnknown, AAMIncomplete)


@dataclass(frozen=True, kw_only=True)
class Writer:
    """Writes the changes of one collection. Safe to share between threads."""

    creator: Creator
    updater: Updater

    @classmethod
    def of(cls, client: AAMClient, kind: Kind, plan: Plan) -> Self:
        keys = (change.key for change in plan.changes if change.kind == kind.name and change.action == "create")
        updater = Updater(kind=kind, collection=client.collection(kind.resource.name))
        creator = Creator(
            updater=updater,
            patience_s=client.timeout_s,
            sleep=client.pause,
            planned=[{name: plain(str(key[name])) for name in kind.refine if name in key} for key in keys],
        )
        return cls(creator=creator, updater=updater)

    def write(self, change: Change, *, lost: AAMOutcomeUnknown | None = None, wait: bool = True) -> Outcome:
        """``change`` holds ids in place of links. Raises only what is not about this row alone.

        ``lost`` and ``wait`` are for creates, as :meth:`Creator.create` says.
        """
        try:
            if change.action == "create":
                return self.creator.create(change, change.after(), lost=lost, wait=wait)
            if change.action == "update":
                return self.updater.update(change, change.after(), int(change.id or 0))
            return self.updater.delete(change)
        except NOT_ABOUT_THE_ROW:
            raise
        except ABOUT_THE_ROW as error:
            return failed(change, error)


def failed(change: Change, error: AAMError) -> Outcome:
    return Outcome.of(
        change,
        "unknown" if isinstance(error, AAMOutcomeUnknown) else "rejected",
        id=change.id,
        http_status=_status_of(error),
        message=error.message,
        passing=error.retryable,
    )


def _status_of(error: BaseException | None) -> int | None:
    """AAM's, from the response that the error goes back to."""
    while error is not None:
        status = getattr(error, "status", None)
        if status is not None:
            return int(status)
        error = error.__cause__
    return None
