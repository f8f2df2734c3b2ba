"""Plan in one task, apply in another, so that somebody can read and approve the plan between them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any

from airflow_provider_aam.api.errors import AAMArgumentError
from airflow_provider_aam.compat import BaseOperator, Context
from airflow_provider_aam.failures import task_failures
from airflow_provider_aam.operators.catalog import ChangingOperator, optional_path, too_small
from airflow_provider_aam.operators.outlets import note_outlets
from airflow_provider_aam.operators.paths import open_path

if TYPE_CHECKING:
    from airflow_provider_aam.catalog import PushReceipt

_SHA256 = re.compile(r"[0-9a-f]{64}")


class AAMPlanOperator(ChangingOperator):
    """
    Write down what would make AAM as a catalog says, and change nothing.

    ``source``, ``source_conn_id``, ``kind``, ``match_on``, ``create_folders``, ``prune``, ``prune_scope``,
    ``max_deletes``, ``max_changes_ratio`` and ``aam_conn_id`` are as in :class:`AAMPushCatalogOperator`.

    :param plan_path: URI under which the plan is written as JSON. Give each run its own, as in
        ``…/{{ run_id }}/plan.json``: an apply carries out the file that it finds.
    :return: ``plan_uri``; ``sha256`` of the plan file, for :class:`AAMApplyOperator`; ``has_changes``; ``counts``
        (``create, update, delete, unchanged, create_folders``) and ``counts_by_kind``; ``summary``, a few lines of
        Markdown for whoever approves it: counts by kind, then up to 30 changes, deletes first. Each is an XCom of its
        own as well, so that ``plan.output["sha256"]`` means it.
    """

    ui_color = "#fdeccb"

    def __init__(self, *, plan_path: str, **kwargs: Any) -> None:
        super().__init__(plan_path=plan_path, **{"multiple_outputs": True, **kwargs})

    def execute(self, context: Context) -> dict[str, Any]:
        from airflow_provider_aam.catalog import sha256_of, summarise

        with task_failures():
            plan = self._plan(self._options(), identified=True)
        uri = str(self.plan_path)
        counts = plan.counts()
        note_outlets(self, context, {"uri": uri, **counts})
        return {
            "plan_uri": uri,
            "sha256": sha256_of(plan),
            "has_changes": bool(plan.changes),
            "counts": counts,
            "counts_by_kind": plan.counts_by_kind(),
            "summary": summarise(plan, uri),
        }

    def _problems(self) -> list[str]:
        missing = [] if self.plan_path else ["plan_path is empty; the plan needs a file"]
        return [*super()._problems(), *missing]


class AAMApplyOperator(BaseOperator):
    """
    Carry out exactly the plan that :class:`AAMPlanOperator` has written.

    Refused, before anything is written, when the file is not the approved one, was made for another account, or the
    account moved under it where that matters: the message names what moved. Safe to run twice: what an earlier run
    has done is not done again, and what it left is finished.

    :param plan_path: URI of the plan file. (templated)
    :param sha256: The sha256 that the plan task returned; a file of another content is refused. ``None`` takes the
        file as it is. (templated)
    :param outcome_path: URI under which every row's end is written as JSON Lines, as it happens. (templated)
    :param max_failed: Rows that may be rejected or end unknown before the task fails.
    :param max_concurrency: Writes under way at once at most, 1 to 64, in place of the Connection's (32).
    :param aam_conn_id: The AAM Connection. (templated)
    :return: A receipt, as of :class:`AAMPushCatalogOperator`.
    """

    template_fields: Sequence[str] = ("plan_path", "sha256", "outcome_path", "aam_conn_id")
    ui_color = "#fad6d0"

    def __init__(
        self,
        *,
        plan_path: str,
        sha256: str | None = None,
        outcome_path: str | None = None,
        max_failed: int = 0,
        max_concurrency: int | None = None,
        aam_conn_id: str = "aam_default",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.plan_path = plan_path
        self.sha256 = sha256
        self.outcome_path = outcome_path
        self.max_failed = max_failed
        self.max_concurrency = max_concurrency
        self.aam_conn_id = aam_conn_id

    def execute(self, context: Context) -> dict[str, Any]:
        with task_failures():
            receipt = self._apply()
        note_outlets(self, context, receipt.as_asset_extra())
        return receipt.as_xcom()

    def _apply(self) -> PushReceipt:
        from airflow_provider_aam.catalog import apply_saved, read_plan
        from airflow_provider_aam.hooks.aam import AAMHook

        self._refuse_bad_arguments()
        plan_path = open_path(self.plan_path, None, what="plan_path")
        plan = read_plan(plan_path, sha256=self.sha256)
        outcome_path = optional_path(self.outcome_path, what="outcome_path")
        with closing(AAMHook(self.aam_conn_id)) as hook:
            return apply_saved(
                hook.get_conn(),
                plan,
                plan_path=plan_path,
                outcome_path=outcome_path,
                max_failed=self.max_failed,
                max_concurrency=self.max_concurrency,
            )

    def _refuse_bad_arguments(self) -> None:
        problems = too_small(self, max_failed=0, max_concurrency=1)
        if not self.plan_path:
            problems.append("plan_path is empty; it must name the plan file")
        if self.sha256 is not None and not _SHA256.fullmatch(str(self.sha256)):
            problems.append(f"sha256 is {self.sha256!r}; 64 hexadecimal digits were due, as the plan task returns them")
        if problems:
            raise AAMArgumentError.from_problems(f"task {self.task_id}", problems)
