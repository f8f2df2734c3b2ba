"""What the page *Browse → Audience Manager* shows of the account, read once so that nobody's click has to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from airflow_provider_aam.hooks.page import page_folder
from airflow_provider_aam.operators.base import AAMOperator, Told
from airflow_provider_aam.operators.links import Written

if TYPE_CHECKING:
    from airflow_provider_aam.compat import Context


class AAMRefreshPageOperator(AAMOperator):
    """Read what the page *Browse → Audience Manager* shows of the account: segments and traits with their populations,
    and counts against limits. Only reads AAM; writes to the folder of the option ``[aam] ui_folder``.

    The newest lists are kept, and those of an earlier day, with which the page compares them. Makes as many requests as
    the two lists take, and about ten more. Returns the number of ``segments`` and ``traits``, and the ``uri`` of the
    folder.

    :param aam_conn_id: the Airflow Connection of type ``aam``. (templated)
    """

    template_fields: Sequence[str] = ("aam_conn_id",)
    ui_color = "#e8f3ec"

    def written(self) -> Sequence[Written]:
        return (Written(str(page_folder(self.aam_conn_id)), is_folder=True),)

    def _run(self, context: Context) -> Told:  # noqa: ARG002
        from airflow_provider_aam.account.uses import read_account_use
        from airflow_provider_aam.files.page_files import LISTS, list_path, save_account
        from airflow_provider_aam.files.uris import uri_of
        from airflow_provider_aam.pull.job import pull_resource

        folder = page_folder(self.aam_conn_id)
        found: dict[str, Any] = {}
        with self._client() as client:
            for name, fields in LISTS.items():
                with list_path(folder, name) as destination:
                    pulled = pull_resource(client.collection(name), destination, include_metrics=True, fields=[*fields])
                found[name] = pulled.rows
            save_account(folder, read_account_use(client))
        return {**found, "uri": uri_of(folder)}, found
