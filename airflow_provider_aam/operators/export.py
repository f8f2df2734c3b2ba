"""The account → catalog files."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from typing import Any, ClassVar

from airflow_provider_aam.compat import BaseOperator, Context
from airflow_provider_aam.failures import task_failures
from airflow_provider_aam.operators.outlets import note_outlets
from airflow_provider_aam.operators.paths import open_path


class AAMExportOperator(BaseOperator):
    """
    Write the whole account as catalog files: one YAML file a kind, sorted, commented, the same bytes as long as AAM
    says the same.

    Planning the files against the same account changes nothing. Files appear when all are written; files of other
    names in the folder are left alone. Assets in ``outlets`` get ``uri``, ``rows``, ``bytes`` and ``sha256`` in their
    event's extra.

    :param destination: URI of a folder on any object store that Airflow's ObjectStoragePath opens. (templated)
    :param destination_conn_id: Connection of the object store, if its URI needs one. (templated)
    :param kinds: Export only these, as in ``["traits", "segments"]``; all by default. (templated)
    :param aam_conn_id: The AAM Connection. (templated)
    :return: A receipt: ``uri, files, objects`` and ``left_out`` (counts by kind), ``bytes, sha256`` (of all files),
        ``started_at, finished_at``.
    """

    template_fields: Sequence[str] = ("destination", "destination_conn_id", "kinds", "aam_conn_id")
    template_fields_renderers: ClassVar[dict[str, str]] = {"kinds": "json"}
    ui_color = "#e8f3ec"

    def __init__(
        self,
        *,
        destination: str,
        destination_conn_id: str | None = None,
        kinds: Sequence[str] | None = None,
        aam_conn_id: str = "aam_default",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.destination = destination
        self.destination_conn_id = destination_conn_id
        self.kinds = kinds
        self.aam_conn_id = aam_conn_id

    def execute(self, context: Context) -> dict[str, Any]:
        from airflow_provider_aam.catalog import export_catalog
        from airflow_provider_aam.hooks.aam import AAMHook

        with task_failures():
            folder = open_path(self.destination, self.destination_conn_id, what="destination")
            with closing(AAMHook(self.aam_conn_id)) as hook:
                receipt = export_catalog(hook.get_conn(), folder, kinds=self.kinds)
        note_outlets(self, context, receipt.as_asset_extra())
        return receipt.as_xcom()
