"""Operators that pull a resource of AAM to a file, complete or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from airflow_provider_aam.hooks.paths import open_path
from airflow_provider_aam.operators.base import AAMOperator, Told, told
from airflow_provider_aam.operators.links import Subject, Written

if TYPE_CHECKING:
    from datetime import datetime

    from airflow_provider_aam.compat import Context
    from airflow_provider_aam.lineage import Lineage


_HANDED_ON = (
    *("file_format", "filters", "include_metrics", "fields", "updated_since"),
    *("page_size", "max_concurrency", "escape_formulas"),
)


class AAMPullOperator(AAMOperator):
    """Pull every object of a resource of Adobe Audience Manager to one file.

    The file appears under its name when the list has been verified complete, and not before: rows written = the total
    that AAM announced at the start and at the end, no id twice. Returns the receipt as XCom: ``resource, uri, format,
    rows, bytes, sha256, total, requests, started_at, finished_at``. Assets in ``outlets`` get ``rows``, ``bytes``,
    ``sha256`` and ``uri`` in their event's extra. Safe to retry: an older file is only ever replaced by a complete one.

    :param resource: ``segments``, ``traits``, ``segment_folders``, ``trait_folders``, ``data_sources``,
        ``destinations`` (summaries), ``mappings`` (of all destinations, or of one with ``filters``),
        ``derived_signals``, ``models``, ``algorithms``, ``taxonomies``, ``trait_types``, ``dcs_regions``,
        ``partner_sites``, ``users``, ``groups``, ``segment_test_groups``, ``data_feeds`` or
        ``available_data_feeds``. (templated)
    :param destination: any URI that Airflow's ``ObjectStoragePath`` opens, with one of the suffixes ``.jsonl``,
        ``.jsonl.gz``, ``.csv``, ``.csv.gz`` and ``.parquet``. (templated)
    :param destination_conn_id: the Airflow Connection of the destination; none for local files and for stores that
        the worker reaches by itself. (templated)
    :param file_format: the format (``jsonl``, ``jsonl.gz``, …) when the suffix does not tell. (templated)
    :param filters: AAM's query parameters of the list, like ``{"folderId": 7}``. (templated)
    :param include_metrics: whether AAM is to add its population counts, where the resource has them.
    :param fields: keep only these fields, in this order; all, and those that AAM does not document, by default.
        (templated)
    :param updated_since: only objects changed at this moment or later: an aware ``datetime`` or ISO 8601 text.
        Segments only. Empty text and ``None``, which a template gives on a first run, mean all. (templated)
    :param page_size: rows per request, 1 to 1000.
    :param max_concurrency: concurrent requests, 1 to 64, in place of the AAM Connection's (32).
    :param escape_formulas: CSV only: an apostrophe before texts that begin with ``= + - @``, a tab or a carriage
        return, which a spreadsheet would calculate. Off by default, because it changes what AAM says.
    :param aam_conn_id: the Airflow Connection of type ``aam``. (templated)
    """

    template_fields: Sequence[str] = (
        "resource",
        "destination",
        "destination_conn_id",
        "file_format",
        "filters",
        "fields",
        "updated_since",
        "aam_conn_id",
    )
    template_fields_renderers: ClassVar[dict[str, str]] = {"filters": "json", "fields": "json"}
    shown_as = "pull"
    ui_color = "#e8f3ec"

    def __init__(
        self,
        *,
        resource: str,
        destination: str,
        destination_conn_id: str | None = None,
        file_format: str | None = None,
        filters: Mapping[str, Any] | None = None,
        include_metrics: bool = False,
        fields: Sequence[str] | None = None,
        updated_since: datetime | str | None = None,
        page_size: int = 1000,
        max_concurrency: int | None = None,
        escape_formulas: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.resource = resource
        self.destination = destination
        self.destination_conn_id = destination_conn_id
        self.file_format = file_format
        self.filters = filters
        self.include_metrics = include_metrics
        self.fields = fields
        self.updated_since = updated_since
        self.page_size = page_size
        self.max_concurrency = max_concurrency
        self.escape_formulas = escape_formulas

    def _run(self, context: Context) -> Told:  # noqa: ARG002
        from airflow_provider_aam.pull.job import pull_resource

        destination = open_path(self.destination, self.destination_conn_id, what="destination")
        with self._client() as client:
            given = {name: getattr(self, name) for name in _HANDED_ON}
            receipt = pull_resource(client.collection(self.resource), destination, **given)
        return told(receipt)

    def subject(self) -> Subject:
        return Subject(self.resource)

    def written(self) -> Sequence[Written]:
        return (Written(self.destination, self.destination_conn_id),)

    def _trace(self, lineage: Lineage, receipt: Mapping[str, Any]) -> None:
        lineage.pulled(receipt, fields=self.fields, include_metrics=self.include_metrics)


class _PullOneOperator(AAMPullOperator):
    """Spells the arguments once more, without ``resource``: editors complete what a signature holds."""

    only: ClassVar[str]

    def __init__(
        self,
        *,
        destination: str,
        destination_conn_id: str | None = None,
        file_format: str | None = None,
        filters: Mapping[str, Any] | None = None,
        include_metrics: bool = False,
        fields: Sequence[str] | None = None,
        updated_since: datetime | str | None = None,
        page_size: int = 1000,
        max_concurrency: int | None = None,
        escape_formulas: bool = False,
        **kwargs: Any,
    ) -> None:
        given = {name: value for name, value in locals().items() if name not in ("self", "kwargs", "__class__")}
        super().__init__(resource=self.only, **given, **kwargs)


class AAMPullSegmentsOperator(_PullOneOperator):
    """Pull all segments of Adobe Audience Manager to one file.

    Everything but ``resource``, which is fixed, is as in :class:`AAMPullOperator`.
    """

    only = "segments"


class AAMPullTraitsOperator(_PullOneOperator):
    """Pull all traits of Adobe Audience Manager to one file.

    Everything but ``resource``, which is fixed, is as in :class:`AAMPullOperator`.
    """

    only = "traits"
