"""A plan, carried out wave by wave, the changes of a wave side by side; every end written down."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Mapping, Sequence, Set
from itertools import groupby
from typing import Any

from airflow_provider_aam.api.client import AAMClient
from airflow_provider_aam.api.counted import counted
from airflow_provider_aam.api.errors import AAMError, AAMLimitReached, AAMOutcomeUnknown, AAMServerError
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.catalog.applying.creating import Unsettled
from airflow_provider_aam.catalog.applying.effects import Effects
from airflow_provider_aam.catalog.applying.existing import find_folders
from airflow_provider_aam.catalog.applying.outcomes import Outcome, OutcomeLog
from airflow_provider_aam.catalog.applying.write import Writer, failed
from airflow_provider_aam.catalog.kinds import KINDS, Kind
from airflow_provider_aam.catalog.plan.links import linked
from airflow_provider_aam.catalog.plan.plan import Change, Link, Plan, makes_folder

log = logging.getLogger(__name__)

MOST_PASSING_IN_A_ROW = 10

Numbered = tuple[int, Change]
"""A change and its position in the plan, by which links name it."""


def apply_plan(
    client: AAMClient,
    plan: Plan,
    outcomes: OutcomeLog,
    *,
    max_failed: int,
    done: Mapping[int, int | None],
) -> Effects:
    """Carry out ``plan``; ``outcomes`` hears of every row as soon as it has ended, the unchanged ones first.

    ``done`` are the positions of changes that an earlier run has made already, with the objects' ids.

    When more than ``max_failed`` creates and updates fail, nothing is deleted: what was to be deleted may be the old
    form of what could not be created.

    Refusals of single rows become outcomes. Raises, after the rest has been noted as not tried, what makes every
    further row pointless: a refused credential, or :data:`MOST_PASSING_IN_A_ROW` consecutive rows that failed because
    AAM was down. An interruption lets the writes under way end, and starts no other. Safe to repeat: plan again,
    apply again.
    """
    for row in plan.unchanged:
        outcomes.add(Outcome(status="unchanged", kind=row.kind, label=row.label, id=row.id, place=row.place))
    run = _Course(client, plan, outcomes, done)
    numbered = [(at, change) for at, change in enumerate(plan.changes) if not run.is_done(at, change)]
    writes = [each for each in numbered if each[1].action != "delete"]
    deletes = [each for each in numbered if each[1].action == "delete"]
    run.waves(writes)
    run.deletes_wait_for = len(outcomes.bad) if len(outcomes.bad) > max_failed else 0
    run.waves(deletes)
    if run.ended is not None:
        raise run.ended
    return run.effects


class _Course:
    """What rows teach those after them: which ids there are, that the account is full, that AAM is down."""

    def __init__(self, client: AAMClient, plan: Plan, outcomes: OutcomeLog, done: Mapping[int, int | None]) -> None:
        self.ended: AAMError | None = None
        self.effects = Effects()
        self.deletes_wait_for = 0
        self._client = client
        self._plan = plan
        self._outcomes = outcomes
        self._kinds = {kind.name: kind for kind in KINDS.values()}
        self._writers: dict[str, Writer] = {}
        self._done: Set[int] = done.keys()
        self._ids: dict[int, int] = {at: object_id for at, object_id in done.items() if object_id is not None}
        self._passing_in_a_row = 0
        self._waiting: list[tuple[int, Change, AAMOutcomeUnknown]] = []
        self._full: dict[tuple[str, Any], AAMLimitReached] = {}
        self._one_at_a_time = threading.Lock()

    def is_done(self, at: int, change: Change) -> bool:
        if at not in self._done:
            return False
        object_id = self._ids.get(at, change.id)
        note = "already done by an earlier run"
        self._outcomes.add(Outcome.of(change, "unchanged", id=object_id, message=note))
        return True

    def waves(self, numbered: Iterable[Numbered]) -> None:
        for _, wave in groupby(numbered, key=lambda each: each[1].wave):
            waiting = [*wave]
            present = self._folders_present(change for _, change in waiting)
            rest = []
            for at, change in waiting:
                path = change.key.get("path") if makes_folder(change) else None
                found = present.get((change.kind, path))
                if found is None:
                    rest.append((at, change))
                else:
                    self._ids[at] = found
                    note = "created by someone else in the meantime"
                    self._note(Outcome.of(change, "unchanged", id=found, message=note))
            self._side_by_side(rest)

    def _folders_present(self, changes: Iterable[Change]) -> dict[tuple[str, Any], int]:
        """The folders of a wave that exist by now."""
        paths: dict[str, list[str]] = {}
        for change in changes:
            if makes_folder(change):
                paths.setdefault(change.kind, []).append(change.key["path"])
        found: dict[tuple[str, Any], int] = {}
        for kind, wanted in paths.items() if self.ended is None else ():
            try:
                there = find_folders(self._client.collection(self._kinds[kind].resource.name), wanted)
            except AAMError as error:
                self.ended = error
                return {}
            found |= {(kind, path): min(ids) for path, ids in there.items()}
        return found

    def _side_by_side(self, rest: Sequence[Numbered]) -> None:
        """Creates that got no response are looked for again when all others have been tried."""
        try:
            self._client.side_by_side(self._carry_out, rest)
            self._client.side_by_side(self._settle, [*self._waiting])
        finally:
            for _, change, lost in self._waiting:  # of an interruption
                self._outcomes.add(failed(change, lost))
            self._waiting.clear()

    def _carry_out(self, numbered: Numbered) -> None:
        at, change = numbered
        try:
            outcome = self._write(change, wait=len(self._waiting) >= MOST_PASSING_IN_A_ROW)
        except Unsettled as unsettled:
            log.info(
                "%s “%s”: no response to its create, and AAM does not show it yet. The other rows go on; then it is "
                "looked for again, for up to %g s.",
                change.kind,
                one_line(change.label),
                self._client.timeout_s,
            )
            self._waiting.append((at, change, unsettled.lost))
            return
        self._keep_id(at, outcome)
        self._note(outcome, change)

    def _settle(self, waiting: tuple[int, Change, AAMOutcomeUnknown]) -> None:
        at, change, lost = waiting
        outcome = failed(change, lost) if self.ended is not None else self._write(change, lost=lost)
        self._keep_id(at, outcome)
        self._waiting.remove(waiting)
        self._outcomes.add(outcome, change)

    def _keep_id(self, at: int, outcome: Outcome) -> None:
        if outcome.id is not None and outcome.status in ("created", "unchanged"):
            self._ids[at] = outcome.id

    def _write(self, change: Change, *, lost: AAMOutcomeUnknown | None = None, wait: bool = True) -> Outcome:
        obstacle = self._obstacle(change) if lost is None else None
        if obstacle is not None:
            return obstacle
        ids = {link: self._ids[link.to] for link in change.links}
        try:
            change = linked(change, ids)
            outcome = self._writer(change.kind).write(change, lost=lost, wait=wait)
        except AAMLimitReached as reached:
            self._full[self._limit_of(change)] = reached
            return failed(change, reached)
        except AAMError as error:
            self.ended = error
            return failed(change, error)
        with self._one_at_a_time:
            self.effects.add(change, outcome)
        return outcome

    def _writer(self, kind: str) -> Writer:
        if kind not in self._writers:
            self._writers[kind] = Writer.of(self._client, self._kinds[kind], self._plan)
        return self._writers[kind]

    def _obstacle(self, change: Change) -> Outcome | None:
        """Why it is not even tried: what earlier rows have met."""
        if self.ended is not None:
            return _not_tried(change, f"the run stopped: {self.ended}", passing=self.ended.retryable)
        if change.action == "delete" and self.deletes_wait_for:
            return _not_tried(change, f"{counted(self.deletes_wait_for, 'row')} before it failed")
        full = self._full.get(self._limit_of(change)) if change.action == "create" else None
        if full is not None:
            return _not_tried(change, f"AAM refused an earlier one: {full}")
        missing = [link for link in change.links if link.to not in self._ids]
        return _not_tried(change, _waits_for(missing)) if missing else None

    def _limit_of(self, change: Change) -> tuple[str, Any]:
        """AAM counts kinds apart, and some kinds by type."""
        by = self._kind(change).limits.by
        return change.kind, next((field.after for field in change.fields if field.field == by), None)

    def _kind(self, change: Change) -> Kind:
        return self._kinds[change.kind]

    def _note(self, outcome: Outcome, change: Change | None = None) -> None:
        self._outcomes.add(outcome, change)
        with self._one_at_a_time:
            self._passing_in_a_row = self._passing_in_a_row + 1 if outcome.passing else 0
            if self._passing_in_a_row < MOST_PASSING_IN_A_ROW or self.ended is not None:
                return
            self.ended = AAMServerError(
                f"Stopped after {self._passing_in_a_row} consecutive failed writes; AAM seems to be down. The last: "
                f"{outcome.message} Run the task again later: finished rows are not repeated."
            )


def _waits_for(missing: Iterable[Link]) -> str:
    texts = dict.fromkeys(link.text.strip("{}") for link in missing)
    names = ", ".join(f"its folder {text}" if text.startswith("/") else text for text in texts)
    return f"{names} could not be created"


def _not_tried(change: Change, why: str, *, passing: bool = False) -> Outcome:
    return Outcome.of(change, "rejected", id=change.id, message=f"not tried, because {why}", passing=passing)
