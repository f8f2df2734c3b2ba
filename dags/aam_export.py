"""Every night: the whole account as catalog files, one per kind; the same bytes as long as nothing changes."""

import pendulum

# On Airflow 3 `from airflow.sdk import DAG` does the same; this line also works on Airflow 2.11.
from airflow.providers.common.compat.sdk import DAG

from airflow_provider_aam.operators.export import AAMExportOperator

with DAG(
    "aam_export",
    schedule="30 2 * * *",
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    doc_md=__doc__,
    tags=["aam", "pull"],
):
    AAMExportOperator(
        task_id="export",
        destination="{{ var.value.get('aam_export', '/tmp/aam') }}/account",
        retries=2,
        retry_delay=pendulum.duration(minutes=5),
    )
