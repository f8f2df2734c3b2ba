"""Which ids are of the same person → ID synchronization files that AAM picks up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from airflow_provider_aam.operators.base import Told, told
from airflow_provider_aam.operators.members.writing import WritingOperator

if TYPE_CHECKING:
    from airflow_provider_aam.compat import Context


class AAMPushIdSyncOperator(WritingOperator):
    """Write rows of ids that belong together as ID synchronization files that AAM accepts.

    Each id is checked against the format of its data source. Every row ends in a file, is a duplicate, or is rejected
    with a reason; nothing is uploaded when more than ``max_rejected`` are. The same source and batch give the same
    bytes under the same names. Returns a receipt as :class:`AAMPushTraitMembersOperator` does, with ``family`` and
    ``data_sources``; its ``users`` are the ids of the first column. Needs the extra ``members``.

    :param source: URI of a Parquet, CSV or JSON Lines file, a pattern (``s3://bucket/day/*.parquet``), or a list of
        such. (templated)
    :param source_conn_id: the Airflow Connection of the source's store. (templated)
    :param sql: instead, a query whose result has the columns of ``ids``. Also the path of a ``.sql`` file. (templated)
    :param sql_conn_id: the Airflow Connection of that database. (templated)
    :param ids: the source's columns, each with the data source of its ids (id, integration code or name, or the id of a
        global device data source; 0 for AAM's own ids), in the order of the file's columns. Adobe asks for device ids
        in the first column of an ``adobe_id`` file. (templated)
    :param family: ``adobe_id``: device ids and customer ids, a line per row. ``c2c_id``: customer ids and hashed
        e-mails, for people-based destinations, a line per customer with up to ten e-mails.
    :param id_formats: ``customer``, ``aam`` (AAM UUID) or ``ecid`` for columns whose data source's *Inbound* setting,
        as AAM's API shows it, is misread: which of its fields is that setting is not documented.
    :param destination: the folder to write to, such as
        ``s3://demdex-s2s-clients/<directory>/<partner>/date=2026-01-31``. (templated)
    :param destination_conn_id: the Airflow Connection of the destination. (templated)
    :param put_options: more arguments for the store's upload; by default ``{"ACL": "bucket-owner-full-control"}`` for
        ``s3``, which Adobe's bucket needs.
    :param batch_time: the time in the files' names, as an aware ``datetime`` or ISO 8601 text; by default the run's
        logical date, or where it has none the time after which it runs. (templated)
    :param split_compressed_mb: a file ends at this size, compressed.
    :param split_raw_mb: a file ends at this size before compression.
    :param compression: ``gzip``, or ``None``.
    :param rejects_path: URI for the rejected rows, JSON Lines with ``user`` (the first column), ``item`` (the others),
        ``code`` and ``reason``. (templated)
    :param max_rejected: rows that may be rejected before the task fails.
    :param threads: threads of DuckDB; as many as the machine has by default.
    :param memory_mb: memory of DuckDB; what does not fit goes to temporary files.
    :param dry_run: check and count, and write nothing but the rejects.
    :param aam_conn_id: the Airflow Connection of type ``aam``. (templated)
    """

    template_fields: Sequence[str] = (
        "source",
        "source_conn_id",
        "sql",
        "sql_conn_id",
        "ids",
        "destination",
        "destination_conn_id",
        "batch_time",
        "rejects_path",
        "aam_conn_id",
    )
    template_ext: Sequence[str] = (".sql",)
    template_fields_renderers: ClassVar[dict[str, str]] = {"source": "json", "sql": "sql", "ids": "json"}
    shown_as = "members"
    ui_color = "#f3ece2"

    def __init__(
        self,
        *,
        ids: Mapping[str, int | str],
        family: str = "adobe_id",
        id_formats: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.ids = ids
        self.family = family
        self.id_formats = id_formats

    def _problems(self) -> list[str]:
        from airflow_provider_aam.members.grammar.ids import OWN_FORMATS

        given = self.id_formats or {}
        return [
            *super()._problems(),
            *self._unknown_words(family=("adobe_id", "c2c_id")),
            *(f"id_formats: {column!r} is not a column of ids" for column in given if column not in self.ids),
            *(
                f"id_formats of {column!r} is {word!r}; expected {' or '.join(map(repr, OWN_FORMATS))}"
                for column, word in given.items()
                if word not in OWN_FORMATS
            ),
        ]

    def _fields(self) -> Mapping[str, Sequence[str]]:
        user, *others = self.ids
        return {"user": [user], "ids": others}

    def _run(self, context: Context) -> Told:
        from airflow_provider_aam.members.idsync_job import IdSyncOrder, send_ids

        order = IdSyncOrder(
            source=self._source(),
            ids=self.ids,
            id_formats=self.id_formats or {},
            family="adobe_id" if self.family == "adobe_id" else "c2c_id",
            target=self._target(context),
            limits=self._limits(),
        )
        with self._client() as client:
            return told(send_ids(client, order))
