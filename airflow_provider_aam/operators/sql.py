"""The operator that keeps a table of a database in step with AAM."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from airflow_provider_aam.operators.base import QuietOperator, Told, told
from airflow_provider_aam.operators.links import Subject

if TYPE_CHECKING:
    from airflow_provider_aam.compat import Context
    from airflow_provider_aam.lineage import Lineage


class AAMToSqlOperator(QuietOperator):
    """Keep a table of a database in step with a list of Adobe Audience Manager.

    One row per object, and one transaction: whoever reads the table sees the old state or the new one. New rows are
    inserted, changed rows updated, rows that AAM has no longer get ``aam_deleted_at``, and unchanged rows are not
    touched; ``aam_updated_at`` is the start of the sync that last wrote the row. The list is verified complete first.
    The table and columns that it lacks are created; nothing is ever dropped. Returns a receipt as XCom: ``table, rows,
    inserted, updated, unchanged, deleted, restored, columns_added, requests, started_at, finished_at``. Assets in
    ``outlets`` get an event when a row was written. Safe to retry.

    :param resource: a list of AAM, as ``AAMPullOperator`` has it: ``segments``, ``traits``, ``destinations``, …
        (templated)
    :param table: ``table`` or ``schema.table``; for this list alone. (templated)
    :param sql_conn_id: the Airflow Connection of the database. (templated)
    :param fields: only these fields of AAM get columns, the id among them; all by default. (templated)
    :param include_metrics: whether AAM is to add its population counts, where the resource has them.
    :param allow_empty: whether to believe AAM when it has nothing, and to mark every row as deleted.
    :param emit_when_unchanged: whether Assets get an event of a sync that wrote nothing.
    :param aam_conn_id: the Airflow Connection of type ``aam``. (templated)
    """

    template_fields: Sequence[str] = ("resource", "table", "sql_conn_id", "fields", "aam_conn_id")
    template_fields_renderers: ClassVar[dict[str, str]] = {"fields": "json"}
    ui_color = "#e8f3ec"

    def __init__(
        self,
        *,
        resource: str,
        table: str,
        sql_conn_id: str,
        fields: Sequence[str] | None = None,
        include_metrics: bool = False,
        allow_empty: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.resource = resource
        self.table = table
        self.sql_conn_id = sql_conn_id
        self.fields = fields
        self.include_metrics = include_metrics
        self.allow_empty = allow_empty

    def _run(self, context: Context) -> Told:  # noqa: ARG002
        from airflow_provider_aam.hooks.sql import open_engine, telling_database
        from airflow_provider_aam.tables.job import sync_resource

        with self._client() as client, open_engine(self.sql_conn_id) as engine:
            collection = client.collection(self.resource)
            with telling_database(f"table {self.table} (Connection {self.sql_conn_id})"):
                receipt = sync_resource(
                    collection,
                    engine,
                    self.table,
                    fields=self.fields,
                    include_metrics=self.include_metrics,
                    allow_empty=self.allow_empty,
                )
        return told(receipt)

    def subject(self) -> Subject:
        return Subject(self.resource)

    def _trace(self, lineage: Lineage, receipt: Mapping[str, Any]) -> None:
        from airflow_provider_aam.hooks.sql import table_for_lineage

        place = table_for_lineage(self.sql_conn_id, receipt["table"])
        lineage.synced(self.resource, place, receipt, fields=self.fields, include_metrics=self.include_metrics)
