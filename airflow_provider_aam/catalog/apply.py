"""A plan, carried out: folders first, then creates and updates side by side, deletes last; every end written down."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from airflow_provider_aam.api.client import AAMClient
from airflow_provider_aam.api.errors import AAMError, AAMLimitReached, AAMServerError
from airflow_provider_aam.catalog.folders import FolderTree
from airflow_provider_aam.catalog.kinds import Kind
from airflow_provider_aam.catalog.outcomes import Outcome, OutcomeLog
from airflow_provider_aam.catalog.plan import Change, Plan, is_folder
from airflow_provider_aam.catalog.write import Writer, failed

MOST_PASSING_IN_A_ROW = 10


def apply_plan(
    client: AAMClient, plan: Plan, kind: Kind, outcomes: OutcomeLog, *, max_concurrency: int, max_failed: int = 0
) -> None:
    """Carry out ``plan``; ``outcomes`` hears of every row as soon as it has ended, the unchanged ones first.

    When more than ``max_failed`` creates and updates fail, nothing is deleted: what was to be deleted may be the old
    form of what could not be created.

    Refusals of single rows become outcomes. Raises, after the rest has been noted as not tried, what makes every
    further row pointless: a refused credential, or :data:`MOST_PASSING_IN_A_ROW` rows in a row that AAM was out of
    order for. An interruption lets the writes under way end, and starts no other. Safe to repeat: plan again, apply
    again.
    """
    for row in plan.unchanged:
        outcomes.add(Outcome(status="unchanged", kind=row.kind, label=row.label, id=row.id, place=row.place))
    run = _Run(client, kind, outcomes)
    run.create_folders(client, [change for change in plan.changes if is_folder(change)])
    objects = [change for change in plan.changes if not is_folder(change)]
    run.side_by_side((change for change in objects if change.action != "delete"), threads=max_concurrency)
    run.deletes_wait_for = len(outcomes.bad) if len(outcomes.bad) > max_failed else 0
    run.side_by_side((change for change in objects if change.action == "delete"), threads=max_concurrency)
    if run.ended is not None:
        raise run.ended


class _Run:
    """What rows teach those after them: which folders there are, that the account is full, that AAM is out of order."""

    def __init__(self, client: AAMClient, kind: Kind, outcomes: OutcomeLog) -> None:
        self.ended: AAMError | None = None
        self.deletes_wait_for = 0
        self._kind = kind
        self._outcomes = outcomes
        self._objects = Writer.of(client, kind, kind.collection)
        self._folder_ids: dict[str, int | None] = {}
        self._passing_in_a_row = 0
        self._full: dict[tuple[str, Any], AAMLimitReached] = {}
        self._one_at_a_time = threading.Lock()

    def create_folders(self, client: AAMClient, changes: list[Change]) -> None:
        """One after the other, parents first. What somebody has created since the plan was made is taken as it is."""
        if not changes or self._kind.folders is None:
            return
        writer = Writer.of(client, self._kind, self._kind.folders)
        for change in changes:
            tree = self._read_tree(writer)
            path = change.key["path"]
            parent, _, name = path.rpartition("/")
            if parent not in self._folder_ids:
                self._folder_ids[parent] = min(tree.find(parent or "/"), default=None)
            present = min(tree.find(path), default=None)
            if present is None:
                outcome = self._write(writer, change, parent, {"name": name}, "parentFolderId")
            else:
                note = "created by somebody else meanwhile"
                outcome = Outcome(status="unchanged", kind=change.kind, label=path, id=present, message=note)
            self._folder_ids[path] = outcome.id
            self._note(outcome)

    def _read_tree(self, writer: Writer) -> FolderTree:
        """Anew for each folder: AAM would let two tasks create the same one side by side."""
        try:
            return FolderTree([] if self.ended else writer.collection.fetch_all())
        except AAMError as error:
            self.ended = error
            return FolderTree([])

    def side_by_side(self, changes: Iterable[Change], *, threads: int) -> None:
        waiting = deque(changes)

        def work() -> None:
            while True:
                try:
                    change = waiting.popleft()
                except IndexError:
                    return
                self._note(self._write(self._objects, change, change.new_folder, {}, "folderId"))

        with ThreadPoolExecutor(max_workers=threads, thread_name_prefix="aam-write") as pool:
            working = [pool.submit(work) for _ in range(min(threads, len(waiting)))]
            try:
                for worker in working:
                    worker.result()
            except BaseException:
                waiting.clear()  # or the pool would wait until all is written
                raise

    def _write(
        self, writer: Writer, change: Change, folder: str | None, late: dict[str, Any], folder_field: str
    ) -> Outcome:
        obstacle = self._obstacle(change, folder)
        if obstacle is not None:
            return obstacle
        if folder is not None:
            late = {**late, folder_field: self._folder_ids[folder]}
        try:
            return writer.write(change, late)
        except AAMLimitReached as reached:
            self._full[self._limit_of(change)] = reached
            return failed(change, reached)
        except AAMError as error:
            self.ended = error
            return failed(change, error)

    def _obstacle(self, change: Change, folder: str | None) -> Outcome | None:
        """Why it is not even tried: what earlier rows have met."""
        if self.ended is not None:
            return _not_tried(change, f"the push ended: {self.ended}", passing=self.ended.retryable)
        if change.action == "delete" and self.deletes_wait_for:
            return _not_tried(change, f"{self.deletes_wait_for} rows before it failed")
        full = self._full.get(self._limit_of(change)) if change.action == "create" else None
        if full is not None:
            return _not_tried(change, f"AAM refused an earlier one: {full}")
        if folder is not None and self._folder_ids.get(folder) is None:
            return _not_tried(change, f"its folder {folder} could not be created")
        return None

    def _limit_of(self, change: Change) -> tuple[str, Any]:
        """AAM counts kinds apart, and some kinds by type."""
        by = self._kind.limited_by
        return change.kind, next((field.after for field in change.fields if field.field == by), None)

    def _note(self, outcome: Outcome) -> None:
        self._outcomes.add(outcome)
        with self._one_at_a_time:
            self._passing_in_a_row = self._passing_in_a_row + 1 if outcome.passing else 0
            if self._passing_in_a_row < MOST_PASSING_IN_A_ROW or self.ended is not None:
                return
            self.ended = AAMServerError(
                f"AAM is out of order: {self._passing_in_a_row} rows in a row could not be written. The last: "
                f"{outcome.message} Run the task again later: what is done will not be done again."
            )


def _not_tried(change: Change, why: str, *, passing: bool = False) -> Outcome:
    return Outcome(
        status="rejected",
        kind=change.kind,
        label=change.label,
        id=change.id,
        message=f"not tried, because {why}",
        place=change.place,
        passing=passing,
    )
