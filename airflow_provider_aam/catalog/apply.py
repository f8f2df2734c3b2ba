"""A plan, carried out: folders first, then creates and updates side by side, deletes last; every end written down."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from airflow_provider_aam.api.client import AAMClient
from airflow_provider_aam.api.errors import AAMError, AAMServerError
from airflow_provider_aam.catalog.folders import FolderTree
from airflow_provider_aam.catalog.kinds import Kind
from airflow_provider_aam.catalog.outcomes import Outcome, OutcomeLog
from airflow_provider_aam.catalog.plan import Change, Plan, is_folder
from airflow_provider_aam.catalog.write import Writer, failed

MOST_PASSING_IN_A_ROW = 10
LIMIT_CODE = "resource_limit_exceeded"


def apply_plan(client: AAMClient, plan: Plan, kind: Kind, outcomes: OutcomeLog, *, max_concurrency: int) -> None:
    """Carry out ``plan``; ``outcomes`` hears of every row as soon as it has ended, the unchanged ones first.

    Refusals of single rows become outcomes. Raises, after the rest has been noted as not tried, what makes every
    further row pointless: a refused credential, or :data:`MOST_PASSING_IN_A_ROW` rows in a row that AAM was out of
    order for. Safe to repeat: plan again, apply again.
    """
    for row in plan.unchanged:
        outcomes.add(Outcome(status="unchanged", kind=row.kind, label=row.label, id=row.id, place=row.place))
    run = _Run(client, kind, outcomes)
    run.create_folders([change for change in plan.changes if is_folder(change)])
    objects = [change for change in plan.changes if not is_folder(change)]
    run.side_by_side((change for change in objects if change.action != "delete"), threads=max_concurrency)
    run.side_by_side((change for change in objects if change.action == "delete"), threads=max_concurrency)
    if run.ended is not None:
        raise run.ended


class _Run:
    """What rows teach those after them: which folders there are, that the account is full, that AAM is out of order."""

    def __init__(self, client: AAMClient, kind: Kind, outcomes: OutcomeLog) -> None:
        self.ended: AAMError | None = None
        self._outcomes = outcomes
        self._objects = Writer.of(client, kind, kind.collection)
        self._folders = Writer.of(client, kind, kind.folders)
        self._folder_ids: dict[str, int | None] = {}
        self._passing_in_a_row = 0
        self._full: str | None = None

    def create_folders(self, changes: list[Change]) -> None:
        """One after the other, parents first."""
        tree = FolderTree(self._folders.collection.fetch_all() if changes else [])
        for change in changes:
            path = change.key["path"]
            parent, _, name = path.rpartition("/")
            if parent not in self._folder_ids:
                self._folder_ids[parent] = next(iter(tree.find(parent or "/")), None)
            outcome = self._write(self._folders, change, parent, {"name": name}, "parentFolderId")
            self._folder_ids[path] = outcome.id
            self._note(outcome)

    def side_by_side(self, changes: Iterable[Change], *, threads: int) -> None:
        waiting = deque(changes)

        def work(_: int) -> None:
            while waiting:
                try:
                    change = waiting.popleft()
                except IndexError:
                    return
                self._note(self._write(self._objects, change, change.new_folder, {}, "folderId"))

        with ThreadPoolExecutor(max_workers=threads, thread_name_prefix="aam-write") as pool:
            deque(pool.map(work, range(threads)), maxlen=0)

    def _write(
        self, writer: Writer, change: Change, folder: str | None, late: dict[str, Any], folder_field: str
    ) -> Outcome:
        if self.ended is not None:
            return _not_tried(change, f"the push ended: {self.ended}", passing=True)
        if change.action == "create" and self._full is not None:
            return _not_tried(change, f"AAM refused an earlier one: {self._full}")
        if folder is not None:
            folder_id = self._folder_ids.get(folder)
            if folder_id is None:
                return _not_tried(change, f"its folder {folder} could not be created")
            late = {**late, folder_field: folder_id}
        try:
            return writer.write(change, late)
        except AAMError as error:
            self.ended = error
            return failed(change, error)

    def _note(self, outcome: Outcome) -> None:
        self._outcomes.add(outcome)
        if outcome.status == "rejected" and LIMIT_CODE in (outcome.message or "").lower():
            self._full = outcome.message
        self._passing_in_a_row = self._passing_in_a_row + 1 if outcome.passing else 0
        if self._passing_in_a_row >= MOST_PASSING_IN_A_ROW and self.ended is None:
            self.ended = AAMServerError(
                f"AAM is out of order: {self._passing_in_a_row} rows in a row could not be written. The last: "
                f"{outcome.message} Run the task again later: what is done will not be done again."
            )


def _not_tried(change: Change, why: str, *, passing: bool = False) -> Outcome:
    message = f"not tried, because {why}"
    return Outcome(
        status="rejected",
        kind=change.kind,
        label=change.label,
        id=change.id,
        message=message,
        place=change.place,
        passing=passing,
    )
