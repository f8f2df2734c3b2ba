"""Desired state → AAM: operators that plan, log the plan, and apply it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from airflow_provider_aam.api.errors import AAMConfigError
from airflow_provider_aam.compat import BaseOperator, Context, ObjectStoragePath
from airflow_provider_aam.failures import task_failures
from airflow_provider_aam.operators.outlets import note_outlets
from airflow_provider_aam.operators.paths import open_path

if TYPE_CHECKING:
    from airflow_provider_aam.catalog.planner import PlanOptions
    from airflow_provider_aam.catalog.push import PushReceipt
    from airflow_provider_aam.catalog.rows import SourceRow


class AAMPushTraitsOperator(BaseOperator):
    """
    Make the traits in AAM as a file (or a list) says: create what is missing, update what differs, leave the rest.

    The plan is logged before anything is written. Running the task again writes nothing that is already so, and
    finishes what an interrupted run has begun.

    :param source: URI of a YAML, JSON, JSONL, CSV or Parquet file on any object store that Airflow's ObjectStoragePath
        opens, or a list of mappings, for example from XCom. Templated, a literal list in all its texts.
    :param source_conn_id: Connection of the object store, if its URI needs one.
    :param match_on: How a row finds its trait: ``integrationCode`` (within the data source), ``name`` (within the data
        source) or ``sid`` (updates only).
    :param create_folders: Create missing folders of ``folder`` paths; off, a missing folder is an error.
    :param prune: Delete traits in ``prune_scope`` that the source does not hold.
    :param prune_scope: ``{"dataSource": "…"}``, ``{"folder": "/…"}`` or both; needed by ``prune``.
    :param max_deletes: Refuse a plan that deletes more traits.
    :param max_changes_ratio: Refuse a plan that updates or deletes a larger share of the traits it was compared with,
        0 to 1.
    :param max_failed: Rows that may be rejected or end unknown before the task fails.
    :param dry_run: Plan only: log it, write ``plan_path``, change nothing.
    :param plan_path: URI under which the plan is written as JSON.
    :param outcome_path: URI under which every row's end is written as JSON Lines, as it happens.
    :param max_concurrency: Writes under way at once, if fewer than the Connection's ``max_concurrency`` (4).
    :param aam_conn_id: The AAM Connection.
    :return: A receipt: ``source, dry_run, plan`` and ``outcomes`` (counts), ``plan_uri, outcome_uri, started_at,
        finished_at``.
    """

    template_fields: Sequence[str] = (
        "source",
        "source_conn_id",
        "match_on",
        "prune_scope",
        "plan_path",
        "outcome_path",
        "aam_conn_id",
    )
    template_fields_renderers: ClassVar[dict[str, str]] = {"source": "json", "prune_scope": "json"}
    ui_color = "#fad6d0"

    def __init__(
        self,
        *,
        source: str | os.PathLike[str] | Sequence[Mapping[str, Any]],
        source_conn_id: str | None = None,
        match_on: str = "integrationCode",
        create_folders: bool = True,
        prune: bool = False,
        prune_scope: Mapping[str, str] | None = None,
        max_deletes: int = 10,
        max_changes_ratio: float = 1.0,
        max_failed: int = 0,
        dry_run: bool = False,
        plan_path: str | None = None,
        outcome_path: str | None = None,
        max_concurrency: int | None = None,
        aam_conn_id: str = "aam_default",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.source = source
        self.source_conn_id = source_conn_id
        self.match_on = match_on
        self.create_folders = create_folders
        self.prune = prune
        self.prune_scope = prune_scope
        self.max_deletes = max_deletes
        self.max_changes_ratio = max_changes_ratio
        self.max_failed = max_failed
        self.plan_only = dry_run  # BaseOperator.dry_run is a method
        self.plan_path = plan_path
        self.outcome_path = outcome_path
        self.max_concurrency = max_concurrency
        self.aam_conn_id = aam_conn_id

    def execute(self, context: Context) -> dict[str, Any]:
        with task_failures():
            receipt = self._push()
        note_outlets(self, context, receipt.as_asset_extra())
        return receipt.as_xcom()

    def _push(self) -> PushReceipt:
        from airflow_provider_aam.catalog.kinds import TRAITS
        from airflow_provider_aam.catalog.push import push
        from airflow_provider_aam.hooks.aam import AAMHook

        options = self._options()
        rows, source = self._read(TRAITS.key)
        plan_path, outcome_path = self._path(self.plan_path, "plan_path"), self._path(self.outcome_path, "outcome_path")
        hook = AAMHook(self.aam_conn_id)
        try:
            return push(
                hook.get_conn(),
                {TRAITS: rows},
                options,
                source=source,
                plan_path=plan_path,
                outcome_path=outcome_path,
                dry_run=self.plan_only,
                max_failed=self.max_failed,
                max_concurrency=self.max_concurrency,
            )
        finally:
            hook.close()

    def _options(self) -> PlanOptions:
        """Raises :class:`AAMConfigError` that names every argument that cannot be."""
        from airflow_provider_aam.catalog.guards import Guards
        from airflow_provider_aam.catalog.kinds import TRAITS
        from airflow_provider_aam.catalog.planner import PlanOptions
        from airflow_provider_aam.catalog.prune import check_scope

        problems = []
        if self.match_on not in TRAITS.match_on:
            problems.append(f"match_on is {self.match_on!r}; it must be one of {', '.join(TRAITS.match_on)}")
        if self.prune_scope and not self.prune:
            problems.append("prune_scope is given and prune is off: set prune=True or remove it")
        if not 0 <= self.max_changes_ratio <= 1:
            problems.append(f"max_changes_ratio is {self.max_changes_ratio}; it must be from 0 to 1")
        for name, least in (("max_deletes", 0), ("max_failed", 0), ("max_concurrency", 1)):
            value = getattr(self, name)
            if value is not None and value < least:
                problems.append(f"{name} is {value}; it must be {least} or more")
        if problems:
            raise AAMConfigError.from_problems(f"task {self.task_id}", problems)
        return PlanOptions(
            match_on=self.match_on,
            create_folders=self.create_folders,
            prune_scope=check_scope(self.prune_scope) if self.prune else None,
            guards=Guards(max_deletes=self.max_deletes, max_changes_ratio=self.max_changes_ratio),
        )

    def _read(self, key: str) -> tuple[list[SourceRow], str]:
        from airflow_provider_aam.catalog.source import read_source, rows_from_list

        if isinstance(self.source, str | os.PathLike):
            uri = os.fspath(self.source)
            return read_source(open_path(uri, self.source_conn_id, what="source"), key=key), uri
        return rows_from_list(self.source), "the list given as source"

    def _path(self, uri: str | None, what: str) -> ObjectStoragePath | None:
        return open_path(uri, None, what=what) if uri else None
