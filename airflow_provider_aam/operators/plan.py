"""Plan in one task, apply in another, so that someone can read and approve the plan between them."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from airflow_provider_aam.hooks.paths import open_path, optional_path
from airflow_provider_aam.operators.approval import Approval
from airflow_provider_aam.operators.base import QuietOperator, Told
from airflow_provider_aam.operators.catalog import ChangingOperator, subject_of_effects
from airflow_provider_aam.operators.links import Subject, Written

if TYPE_CHECKING:
    from airflow_provider_aam.catalog import Effects
    from airflow_provider_aam.compat import Context
    from airflow_provider_aam.lineage import Lineage

log = logging.getLogger(__name__)

_SHA256 = re.compile(r"[0-9a-f]{64}")
SHORT_SHA256 = 12


class AAMPlanOperator(ChangingOperator):
    """
    Plan the changes that bring AAM in line with a catalog, and save them. Changes nothing in AAM.

    ``source``, ``source_conn_id``, ``kind``, ``match_on``, ``create_folders``, ``prune``, ``prune_scope``,
    ``max_deletes``, ``max_changes_ratio`` and ``aam_conn_id`` are as in :class:`AAMPushCatalogOperator`.

    :param plan_path: URI under which the plan is written as JSON. Give each run its own, as in
        ``…/{{ run_id }}/plan.json``: an apply carries out the file that it finds.
    :return: ``plan_uri``; ``sha256`` of the plan file, for :class:`AAMApplyOperator`; ``has_changes``; ``counts``
        (``create, update, delete, unchanged`` and ``create_folders``, how many of the creates are folders) and
        ``counts_by_kind``; ``summary``, a few lines of Markdown for whoever approves it: the account, counts by kind,
        then up to 30 changes, deletes first, each in full. Each is an XCom of its
        own as well, so that ``plan.output["sha256"]`` means it.
    """

    shown_as = "plan"
    ui_color = "#fdeccb"

    def __init__(self, *, plan_path: str, **kwargs: Any) -> None:
        super().__init__(plan_path=plan_path, **{"multiple_outputs": True, **kwargs})

    def _run(self, context: Context) -> Told:  # noqa: ARG002
        from airflow_provider_aam.catalog import sha256_of, summarise
        from airflow_provider_aam.files.uris import uri_of
        from airflow_provider_aam.hooks.page import plan_address

        plan = self._plan(self._options())
        uri, sha256 = uri_of(self.plan_path), sha256_of(plan)
        counts = plan.counts()
        result = {
            "plan_uri": uri,
            "sha256": sha256,
            "has_changes": bool(plan.changes),
            "counts": counts,
            "counts_by_kind": plan.counts_by_kind(),
            "summary": summarise(plan, uri, page=plan_address(self.aam_conn_id, sha256)),
        }
        return result, {"uri": uri, "sha256": result["sha256"], **counts}

    def _problems(self) -> list[str]:
        missing = [] if self.plan_path else ["plan_path is empty: name the file to save the plan to"]
        return [*super()._problems(), *missing]


class AAMApplyOperator(QuietOperator):
    """
    Apply exactly the plan that :class:`AAMPlanOperator` saved.

    Refused, before anything is written, when the file is not the approved one, was made for another account, or what
    it touches has changed since the plan was made: the message lists what has changed. Safe to run twice: finished
    changes are not repeated, and the rest is completed.

    :param plan_path: URI of the plan file. (templated)
    :param sha256: The sha256 that the plan task returned; a file of another content is refused. ``None`` takes the
        file as it is. (templated)
    :param approved_by: Who approved the plan, for log and receipt: the output of Airflow's ``ApprovalOperator``, or a
        name. (templated)
    :param outcome_path: URI under which the outcome of every row is written as JSON Lines, as it happens. (templated)
    :param max_failed: Rows that may end rejected or unknown before the task fails.
    :param max_concurrency: Concurrent writes, 1 to 64, in place of the Connection's (32).
    :param emit_when_unchanged: Raise an event of the Assets in ``outlets`` when nothing was changed in AAM, too.
    :param aam_conn_id: The AAM Connection. (templated)
    :return: A receipt, as of :class:`AAMPushCatalogOperator`, and ``approved_by`` and ``approved_at``.
    """

    template_fields: Sequence[str] = ("plan_path", "sha256", "approved_by", "outcome_path", "aam_conn_id")
    shown_as = "push"
    ui_color = "#fad6d0"

    def __init__(
        self,
        *,
        plan_path: str,
        sha256: str | None = None,
        approved_by: Mapping[str, Any] | str | None = None,
        outcome_path: str | None = None,
        max_failed: int = 0,
        max_concurrency: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.plan_path = plan_path
        self.sha256 = sha256
        self.approved_by = approved_by
        self.outcome_path = outcome_path
        self.max_failed = max_failed
        self.max_concurrency = max_concurrency
        self._effects: Effects | None = None

    def _problems(self) -> list[str]:
        problems = self._too_small(max_failed=0, max_concurrency=1)
        if not self.plan_path:
            problems.append("plan_path is empty: name the plan file")
        if self.sha256 is not None and not _SHA256.fullmatch(str(self.sha256)):
            problems.append(f"sha256 is {self.sha256!r}: pass sha256=plan.output['sha256'] from the plan task")
        return problems

    def _run(self, context: Context) -> Told:  # noqa: ARG002
        from airflow_provider_aam.api.visible import one_line
        from airflow_provider_aam.catalog import apply_saved, read_plan
        from airflow_provider_aam.files.uris import uri_of

        plan_path = open_path(self.plan_path, None, what="plan_path")
        plan, sha256 = read_plan(plan_path, sha256=self.sha256)
        self.applied_sha256 = sha256
        approval = Approval.of(self.approved_by)
        log.info("%s", approval)
        log.info("Plan file %s, sha256 %s.", one_line(uri_of(plan_path)), sha256[:SHORT_SHA256])
        outcome_path = optional_path(self.outcome_path, what="outcome_path")
        with self._client() as client:
            receipt = apply_saved(
                client,
                plan,
                plan_path=plan_path,
                plan_sha256=sha256,
                outcome_path=outcome_path,
                max_failed=self.max_failed,
                max_concurrency=self.max_concurrency,
            )
        self._effects = receipt.effects
        return {**receipt.as_xcom(), **approval.as_xcom()}, receipt.as_asset_extra()

    def subject(self) -> Subject:
        return subject_of_effects(self._effects) or Subject()

    def written(self) -> Sequence[Written]:
        return [Written(path) for path in (self.outcome_path, self.plan_path) if path]

    def _trace(self, lineage: Lineage, receipt: Mapping[str, Any]) -> None:  # noqa: ARG002
        lineage.read_files(self.plan_path)
        lineage.changed(self._effects)
