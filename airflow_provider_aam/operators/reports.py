"""Operators that report how traits and segments develop, and that guard their populations."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from airflow_provider_aam.hooks.paths import open_path, optional_path
from airflow_provider_aam.operators.base import RESULT, AAMOperator, Told, told
from airflow_provider_aam.operators.links import Subject, Written, only_id

if TYPE_CHECKING:
    from datetime import datetime

    from airflow_provider_aam.compat import Context
    from airflow_provider_aam.lineage import Lineage

ON_FAILURE = ("fail", "warn")


class AAMTrendReportOperator(AAMOperator):
    """Write the figures of traits or segments, day by day, to one file.

    One row for each object and UTC day: ``sid, name, date, epochMs`` and AAM's figures (traits: ``count, uniques,
    populationCount, populationUniques``; segments, inferred: ``instantUniques, totalUniques``). What AAM sends next to
    those is kept. Without ``start`` and ``end`` the report is of the whole UTC days of the run's data interval, or of
    the day before its end when it holds none (manual runs, hourly and cron-triggered schedules); a run without data
    interval reports the last whole day. The file appears complete or not at all. Returns the receipt as XCom: ``kind,
    interval, start, end, sids, sids_without_figures, uri, format, rows, bytes, sha256, started_at, finished_at``.
    Assets in ``outlets`` get ``rows``, ``bytes``, ``sha256`` and ``uri`` in their event's extra. Safe to retry.

    :param kind: ``traits`` or ``segments``. (templated)
    :param destination: any URI that Airflow's ``ObjectStoragePath`` opens, with one of the suffixes ``.jsonl``,
        ``.jsonl.gz``, ``.csv``, ``.csv.gz`` and ``.parquet``. (templated)
    :param sids: ids of traits, or of segments; any list, such as another task's output. (templated)
    :param filters: instead of ``sids``: all that AAM lists with these query parameters, like ``{"folderId": 7}``.
        (templated)
    :param start: the first day: an aware ``datetime``, ISO 8601 text or a date like ``2026-01-31``. (templated)
    :param end: the first day that is not in the report, in the same forms. (templated)
    :param interval: days that each figure covers: ``1D``, ``7D``, ``14D``, ``30D``, ``60D`` or ``90D``. (templated)
    :param destination_conn_id: the Airflow Connection of the destination. (templated)
    :param file_format: the format (``jsonl``, ``jsonl.gz``, …) when the suffix does not tell. (templated)
    :param aam_conn_id: the Airflow Connection of type ``aam``. (templated)
    """

    template_fields: Sequence[str] = (
        "kind",
        "destination",
        "sids",
        "filters",
        "start",
        "end",
        "interval",
        "destination_conn_id",
        "file_format",
        "aam_conn_id",
    )
    template_fields_renderers: ClassVar[dict[str, str]] = {"sids": "json", "filters": "json"}
    ui_color = "#e6ecf7"

    def __init__(
        self,
        *,
        kind: str,
        destination: str | os.PathLike[str],
        sids: Sequence[int | str] | None = None,
        filters: Mapping[str, Any] | None = None,
        start: datetime | str | None = None,
        end: datetime | str | None = None,
        interval: str = "1D",
        destination_conn_id: str | None = None,
        file_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.kind = kind
        self.destination = destination
        self.sids = sids
        self.filters = filters
        self.start = start
        self.end = end
        self.interval = interval
        self.destination_conn_id = destination_conn_id
        self.file_format = file_format

    def _run(self, context: Context) -> Told:
        from airflow_provider_aam.api.moments import utc_now
        from airflow_provider_aam.reports.period import build_period
        from airflow_provider_aam.reports.trend import Subject, write_trend

        subject = Subject.parse(kind=self.kind, interval=self.interval, sids=self.sids, filters=self.filters)
        interval = context.get("data_interval_start"), context.get("data_interval_end")
        period = build_period(self.start, self.end, interval=interval, now=utc_now())
        destination = open_path(self.destination, self.destination_conn_id, what="destination")
        with self._client() as client:
            return told(write_trend(client, destination, subject, period, file_format=self.file_format))

    def subject(self) -> Subject:
        return Subject(self.kind, only_id(self.sids))

    def written(self) -> Sequence[Written]:
        return (Written(os.fspath(self.destination), self.destination_conn_id),)

    def _trace(self, lineage: Lineage, receipt: Mapping[str, Any]) -> None:
        lineage.read(receipt["kind"])
        lineage.wrote_file(receipt)


class AAMPopulationCheckOperator(AAMOperator):
    """Fail, or warn, when the populations of traits or segments are out of bounds.

    Give one of ``sids``, ``codes``, ``folder`` and ``search``, or ``data_source``, which also narrows ``codes``,
    ``folder`` and ``search``. A selection that finds nothing is an error; so is a figure that AAM leaves out. An
    explicit id or code that AAM has not, and an object of the baseline that is gone, are out of bounds. The log has a
    table, the worst first. Returns the receipt as XCom, also when the task fails: ``kind, metric, passed, checked,
    offending, new, offenders`` (100 at most), ``baseline`` (``created``, ``updated``, ``kept``), ``baseline_uri,
    report_uri, started_at, finished_at``. A failed check fails the task at once, without Airflow's retries.

    :param kind: ``traits`` or ``segments``. (templated)
    :param sids: ids. (templated)
    :param codes: integration codes. (templated)
    :param folder: path of a folder, like ``/Web/Pricing``, with everything below it. (templated)
    :param search: AAM's text search. (templated)
    :param data_source: id, integration code or name of a data source. (templated)
    :param metric: ``uniques30Day`` by default for traits, ``totalUniques30Day`` for segments. (templated)
    :param minimum: the smallest population allowed.
    :param maximum: the largest one allowed.
    :param max_drop: by which share of the last accepted value a population may drop: 0.2 is a fifth.
    :param max_rise: by which share of it a population may rise.
    :param bounds: other bounds for single objects, by id or code: ``{"pricing-visit": {"minimum": 100}}``; what is not
        named stays as above, ``None`` lifts a bound. (templated)
    :param baseline: URI of the JSON file with the last accepted values; created by the first check. (templated)
    :param baseline_conn_id: the Airflow Connection of its storage. (templated)
    :param update_baseline: whether a check with all objects within bounds puts its values into the baseline; off,
        they stay those of the first one.
    :param on_failure: ``fail`` or ``warn``. (templated)
    :param report_path: URI of a file for all rows, with the suffixes of a pull (``.jsonl``, …). (templated)
    :param report_conn_id: the Airflow Connection of its storage. (templated)
    :param aam_conn_id: the Airflow Connection of type ``aam``. (templated)
    """

    template_fields: Sequence[str] = (
        "kind",
        "sids",
        "codes",
        "folder",
        "search",
        "data_source",
        "metric",
        "bounds",
        "baseline",
        "baseline_conn_id",
        "on_failure",
        "report_path",
        "report_conn_id",
        "aam_conn_id",
    )
    template_fields_renderers: ClassVar[dict[str, str]] = {"sids": "json", "codes": "json", "bounds": "json"}
    ui_color = "#f7efd9"

    def __init__(
        self,
        *,
        kind: str,
        sids: Sequence[int | str] | None = None,
        codes: Sequence[str] | None = None,
        folder: str | None = None,
        search: str | None = None,
        data_source: int | str | None = None,
        metric: str | None = None,
        minimum: float | None = None,
        maximum: float | None = None,
        max_drop: float | None = None,
        max_rise: float | None = None,
        bounds: Mapping[str, Mapping[str, float | None]] | None = None,
        baseline: str | os.PathLike[str] | None = None,
        baseline_conn_id: str | None = None,
        update_baseline: bool = True,
        on_failure: str = "fail",
        report_path: str | os.PathLike[str] | None = None,
        report_conn_id: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.kind = kind
        self.sids = sids
        self.codes = codes
        self.folder = folder
        self.search = search
        self.data_source = data_source
        self.metric = metric
        self.minimum = minimum
        self.maximum = maximum
        self.max_drop = max_drop
        self.max_rise = max_rise
        self.bounds = bounds
        self.baseline = baseline
        self.baseline_conn_id = baseline_conn_id
        self.update_baseline = update_baseline
        self.on_failure = on_failure
        self.report_path = report_path
        self.report_conn_id = report_conn_id

    def _problems(self) -> list[str]:
        if self.on_failure in ON_FAILURE:
            return []
        return [f"on_failure must be {' or '.join(ON_FAILURE)}, not {self.on_failure!r}"]

    def _run(self, context: Context) -> Told:
        from airflow_provider_aam.reports.check import check_populations
        from airflow_provider_aam.reports.question import Question

        selection = ("kind", "sids", "codes", "folder", "search", "data_source")
        bounds = ("minimum", "maximum", "max_drop", "max_rise", "bounds")
        given = {name: getattr(self, name) for name in (*selection, "metric", *bounds)}
        question = Question.parse(**given, has_baseline=self.baseline is not None)
        baseline = optional_path(self.baseline, self.baseline_conn_id, what="baseline")
        report = optional_path(self.report_path, self.report_conn_id, what="report_path")
        with self._client() as client:
            receipt = check_populations(
                client, question, baseline=baseline, update_baseline=self.update_baseline, report=report
            )
        if self.on_failure == "fail" and not receipt.passed:
            context["ti"].xcom_push(key=RESULT, value=receipt.as_xcom())
            receipt.require_passed()
        return told(receipt)

    def subject(self) -> Subject:
        return Subject(self.kind, only_id(self.sids))

    def written(self) -> Sequence[Written]:
        return (Written(os.fspath(self.report_path), self.report_conn_id),) if self.report_path else ()

    def _trace(self, lineage: Lineage, receipt: Mapping[str, Any]) -> None:
        lineage.read(receipt["kind"])
        if receipt["report_uri"]:
            lineage.wrote_file({"uri": receipt["report_uri"], "rows": receipt["checked"]})
