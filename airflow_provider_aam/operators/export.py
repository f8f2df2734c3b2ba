"""The account → catalog files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from airflow_provider_aam.hooks.paths import open_path
from airflow_provider_aam.operators.base import QuietOperator, Told, told
from airflow_provider_aam.operators.links import Written

if TYPE_CHECKING:
    from airflow_provider_aam.compat import Context
    from airflow_provider_aam.lineage import Lineage


class AAMExportOperator(QuietOperator):
    """
    Export the account to catalog files: one YAML file per kind, sorted and commented. The same account always gives
    the same bytes.

    Planning the files against the same account changes nothing. Files appear when all are written; files of other
    names in the folder are left alone. Assets in ``outlets`` get an event when a file says something new; its extra has
    ``changed, uri, rows, bytes`` and ``sha256``.

    :param destination: URI of a folder on any object store that Airflow's ObjectStoragePath opens. (templated)
    :param destination_conn_id: Connection of the object store, if its URI needs one. (templated)
    :param kinds: Export only these, as in ``["traits", "segments"]``; all by default. (templated)
    :param emit_when_unchanged: Raise that event when the folder held the same files already, too.
    :param aam_conn_id: The AAM Connection. (templated)
    :return: A receipt: ``uri, files, objects`` and ``left_out`` (counts by kind), ``bytes, sha256`` (of all files),
        ``changed, started_at, finished_at``.
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
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.destination = destination
        self.destination_conn_id = destination_conn_id
        self.kinds = kinds

    def _run(self, context: Context) -> Told:  # noqa: ARG002
        from airflow_provider_aam.catalog import export_catalog

        folder = open_path(self.destination, self.destination_conn_id, what="destination")
        with self._client() as client:
            return told(export_catalog(client, folder, kinds=self.kinds))

    def written(self) -> Sequence[Written]:
        return (Written(self.destination, self.destination_conn_id, is_folder=True),)

    def _trace(self, lineage: Lineage, receipt: Mapping[str, Any]) -> None:
        from airflow_provider_aam.catalog import KINDS

        lineage.exported(receipt, {key: kind.resource.name for key, kind in KINDS.items()})
