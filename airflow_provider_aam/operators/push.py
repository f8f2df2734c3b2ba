"""Desired state → AAM: operators that plan, log the plan, and apply it at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from airflow_provider_aam.hooks.paths import optional_path
from airflow_provider_aam.operators.base import QuietOperator, Told, told
from airflow_provider_aam.operators.catalog import ChangingOperator, subject_of_effects
from airflow_provider_aam.operators.links import Subject, Written
from airflow_provider_aam.operators.plan import AAMApplyOperator, AAMPlanOperator

if TYPE_CHECKING:
    from airflow_provider_aam.catalog import Effects
    from airflow_provider_aam.compat import Context
    from airflow_provider_aam.lineage import Lineage

__all__ = [
    "AAMApplyOperator",
    "AAMPlanOperator",
    "AAMPushCatalogOperator",
    "AAMPushSegmentsOperator",
    "AAMPushTraitsOperator",
]


class AAMPushCatalogOperator(QuietOperator, ChangingOperator):
    """
    Bring AAM in line with a catalog: create what is missing, update what differs, leave the rest alone.

    A catalog describes data sources, folders, trait types, derived signals, traits, models, segments, destinations and
    mappings; what is referenced is written before what references it. The plan is logged before anything is written.
    Running the task again writes nothing that already matches, and finishes what an interrupted run left.

    :param source: URI of a file (YAML, JSON, JSONL, CSV, Parquet, XLSX) or of a folder of files on any object store
        that Airflow's ObjectStoragePath opens; a list of such URIs; or rows, for example from XCom: a mapping
        ``{"traits": […], "segments": […]}``, or with ``kind`` a list. Templated, a literal value in all its texts.
    :param source_conn_id: Connection of the object store, if its URIs need one.
    :param kind: What all rows are (``traits``, ``segments``, ``segmentFolders``, …), where the source does not say.
    :param match_on: The column that rows are matched on, as in ``integrationCode`` or ``name``; by default a row's
        id, code or name, whichever it gives first.
    :param create_folders: Create missing folders of ``folder`` paths; off, a missing folder is an error.
    :param prune: Delete objects in ``prune_scope`` that the source does not hold.
    :param prune_scope: ``{"dataSource": "…"}``, ``{"folder": "/…"}`` or both, and ``{"kinds": ["traits", …]}``; needed
        by ``prune``.
    :param max_deletes: Refuse a plan that deletes more objects.
    :param max_changes_ratio: Refuse a plan that updates or deletes a larger share of the objects that it was compared
        with, 0 to 1.
    :param max_failed: Rows that may end rejected or unknown before the task fails.
    :param dry_run: Plan only: log it, write ``plan_path``, change nothing.
    :param plan_path: URI under which the plan is written as JSON.
    :param outcome_path: URI under which the outcome of every row is written as JSON Lines, as it happens.
    :param max_concurrency: Concurrent writes, 1 to 64, in place of the Connection's (32).
    :param emit_when_unchanged: Raise an event of the Assets in ``outlets`` when nothing was changed in AAM, too. The
        event's extra has ``changed``, the counts of outcomes, and ``uri`` and ``sha256`` of the plan file.
    :param aam_conn_id: The AAM Connection.
    :return: A receipt: ``source, dry_run, plan`` and ``outcomes`` (counts), ``plan_uri, plan_sha256, outcome_uri,
        started_at, finished_at``, ``written`` (a line per change that was made, the first 50).
    """

    template_fields: Sequence[str] = (*ChangingOperator.template_fields, "outcome_path")
    shown_as = "push"
    ui_color = "#fad6d0"

    def __init__(
        self,
        *,
        max_failed: int = 0,
        dry_run: bool = False,
        outcome_path: str | None = None,
        max_concurrency: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.max_failed = max_failed
        self.plan_only = dry_run  # BaseOperator.dry_run is a method
        self.outcome_path = outcome_path
        self.max_concurrency = max_concurrency
        self._effects: Effects | None = None

    def _run(self, context: Context) -> Told:  # noqa: ARG002
        from airflow_provider_aam.catalog import push

        options = self._options()
        catalog, source = self._read()
        plan_path = optional_path(self.plan_path, what="plan_path")
        outcome_path = optional_path(self.outcome_path, what="outcome_path")
        with self._client() as client:
            receipt = push(
                client,
                catalog,
                options,
                source=source,
                plan_path=plan_path,
                outcome_path=outcome_path,
                dry_run=self.plan_only,
                max_failed=self.max_failed,
                max_concurrency=self.max_concurrency,
            )
        self._effects = receipt.effects
        return told(receipt)

    def subject(self) -> Subject:
        return subject_of_effects(self._effects) or super().subject()

    def written(self) -> Sequence[Written]:
        outcomes = self.outcome_path if not self.plan_only else None
        return (*([Written(outcomes)] if outcomes else []), *super().written())

    def _trace(self, lineage: Lineage, receipt: Mapping[str, Any]) -> None:
        super()._trace(lineage, receipt)
        lineage.changed(self._effects)

    def _problems(self) -> list[str]:
        return [*super()._problems(), *self._too_small(max_failed=0, max_concurrency=1)]


class AAMPushTraitsOperator(AAMPushCatalogOperator):
    """
    Bring AAM's traits in line with a file or list: create what is missing, update what differs, leave the rest.

    Everything but ``kind``, which is fixed, and the default of ``match_on`` is as in :class:`AAMPushCatalogOperator`.

    :param match_on: The column that rows are matched on: ``integrationCode`` (within the data source), ``name`` (within
        the data source) or ``sid`` (updates only).
    """

    def __init__(self, *, match_on: str | None = "integrationCode", **kwargs: Any) -> None:
        super().__init__(kind="traits", match_on=match_on, **kwargs)


class AAMPushSegmentsOperator(AAMPushCatalogOperator):
    """
    Bring AAM's segments in line with a file or list: create what is missing, update what differs, leave the rest.

    A rule names traits by code, as in ``{pricing-visit}``. Everything but ``kind``, which is fixed, and the default of
    ``match_on`` is as in :class:`AAMPushCatalogOperator`.

    :param match_on: The column that rows are matched on: ``integrationCode`` (within the data source), ``name`` (within
        the data source) or ``sid`` (updates only).
    """

    def __init__(self, *, match_on: str | None = "integrationCode", **kwargs: Any) -> None:
        super().__init__(kind="segments", match_on=match_on, **kwargs)
