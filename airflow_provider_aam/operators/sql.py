"""The operator that keeps a table of a database in step with AAM."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from airflow_provider_aam.operators.base import QuietOperator, Told, told
from airflow_provider_aam.operators.links import Subject

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

    from airflow_provider_aam.compat import Context
    from airflow_provider_aam.lineage import Lineage
    from airflow_provider_aam.tables.receipt import Receipt

_KINDS = {"full": False, "state": False, "iter": True}


class AAMToSqlOperator(QuietOperator):
    """Keep a table of a database in step with a list of Adobe Audience Manager, or with what it delivers.

    One row per object, or per user and segment, and one transaction: whoever reads the table sees the old state or the
    new one. New rows are inserted, changed rows updated, rows that AAM has no longer get ``aam_deleted_at``, and
    unchanged rows are not touched; ``aam_updated_at`` is the start of the sync that last wrote the row. A list is
    verified complete first. The table and columns that it lacks are created; nothing is ever dropped. Returns a receipt
    as XCom: ``table, rows, inserted, updated, unchanged, deleted, restored, columns_added, requests, started_at,
    finished_at``. Assets in ``outlets`` get an event when a row was written. Safe to retry.

    :param resource: a list of AAM, as ``AAMPullOperator`` has it: ``segments``, ``traits``, ``destinations``, …
        (templated)
    :param delivery: instead of ``resource``, what
        :class:`~airflow_provider_aam.operators.feeds.AAMReadDeliveryOperator` returned (``read.output``) of files of
        one kind, or the URI of its Parquet file, or ``{"uri": …, "kind": …}`` with ``full``, ``state`` (all
        memberships) or ``iter`` (changes to apply) as kind. Needs the extra ``parquet``. (templated)
    :param delivery_conn_id: the Airflow Connection of that file's store. (templated)
    :param table: ``table`` or ``schema.table``, of letters, digits and ``_``; for this list or destination alone.
        (templated)
    :param sql_conn_id: the Airflow Connection of the database. (templated)
    :param fields: only these fields of AAM get columns, the id among them; all by default. (templated)
    :param include_metrics: whether AAM is to add its population counts, where the resource has them.
    :param allow_empty: whether to believe that there is nothing any more, or nothing that the table has, and to mark
        every row as deleted.
    :param emit_when_unchanged: whether Assets get an event of a sync that wrote nothing.
    :param aam_conn_id: the Airflow Connection of type ``aam``. (templated)
    """

    template_fields: Sequence[str] = (
        "resource",
        "delivery",
        "delivery_conn_id",
        "table",
        "sql_conn_id",
        "fields",
        "aam_conn_id",
    )
    template_fields_renderers: ClassVar[dict[str, str]] = {"delivery": "json", "fields": "json"}
    ui_color = "#e8f3ec"
    shown_as = "sync"

    def __init__(
        self,
        *,
        table: str,
        sql_conn_id: str,
        resource: str | None = None,
        delivery: Mapping[str, Any] | str | None = None,
        delivery_conn_id: str | None = None,
        fields: Sequence[str] | None = None,
        include_metrics: bool = False,
        allow_empty: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.table = table
        self.sql_conn_id = sql_conn_id
        self.resource = resource
        self.delivery = delivery
        self.delivery_conn_id = delivery_conn_id
        self.fields = fields
        self.include_metrics = include_metrics
        self.allow_empty = allow_empty

    def _problems(self) -> list[str]:
        if bool(self.resource) == bool(self.delivery):
            return ["give either resource or delivery"]
        return ["fields and include_metrics are of a resource"] * bool(
            self.delivery and (self.fields or self.include_metrics)
        )

    def _run(self, context: Context) -> Told:  # noqa: ARG002
        from airflow_provider_aam.hooks.sql import open_engine, telling_database
        from airflow_provider_aam.tables.wanted import split_name

        split_name(self.table)
        sync = self._sync_resource if self.resource else self._sync_delivery
        what = f"table {self.table} (Connection {self.sql_conn_id})"
        with open_engine(self.sql_conn_id) as engine, telling_database(what):
            return told(sync(engine))

    def _sync_resource(self, engine: Engine) -> Receipt:
        from airflow_provider_aam.tables.job import sync_resource

        with self._client() as client:
            return sync_resource(
                client.collection(self.resource or ""),
                engine,
                self.table,
                fields=self.fields,
                include_metrics=self.include_metrics,
                allow_empty=self.allow_empty,
            )

    def _sync_delivery(self, engine: Engine) -> Receipt:
        from airflow_provider_aam.hooks.paths import open_path
        from airflow_provider_aam.tables.job import sync_delivery

        uri, changes = delivered(self.delivery)
        path = open_path(uri, self.delivery_conn_id, what="delivery")
        return sync_delivery(path, engine, self.table, name=uri, changes=changes, allow_empty=self.allow_empty)

    def subject(self) -> Subject:
        return Subject(self.resource or "destinations")

    def _trace(self, lineage: Lineage, receipt: Mapping[str, Any]) -> None:
        from airflow_provider_aam.hooks.sql import table_for_lineage

        place = table_for_lineage(self.sql_conn_id, receipt["table"])
        if self.resource:
            lineage.synced(self.resource, place, receipt, fields=self.fields, include_metrics=self.include_metrics)
        else:
            lineage.read_files(delivered(self.delivery)[0])
            lineage.wrote_table(place, receipt)


def delivered(given: Mapping[str, Any] | str | None) -> tuple[str, bool | None]:
    """URI of a delivery's file, and whether it holds changes; ``None`` where that is not known."""
    from airflow_provider_aam.api.errors import AAMArgumentError
    from airflow_provider_aam.feeds.names import readings

    if isinstance(given, str):
        return given, None
    if not isinstance(given, Mapping) or not isinstance(given.get("uri"), str):
        raise AAMArgumentError(
            "delivery must be a URI, or a receipt with a uri: what AAMReadDeliveryOperator returned (read.output)."
        )
    kind = given.get("kind")
    if kind is not None and kind not in _KINDS:
        raise AAMArgumentError(f"delivery: kind must be one of {', '.join(_KINDS)}, not {kind!r}.")
    names = [each["uri"].rpartition("/")[2] for each in given.get("files", ())]
    modes = {kind} if kind else {reading.mode for name in names for reading in readings(name)[:1]}
    return given["uri"], _KINDS[modes.pop()] if len(modes) == 1 else None
