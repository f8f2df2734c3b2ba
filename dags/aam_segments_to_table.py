"""Every hour: a table of all segments of Adobe Audience Manager, in step with it, in any database of Airflow's."""

import pendulum

# On Airflow 3 `from airflow.sdk import DAG` does the same; this line also works on Airflow 2.11.
from airflow.providers.common.compat.sdk import DAG

from airflow_provider_aam.operators.sql import AAMToSqlOperator

with DAG(
    "aam_segments_to_table",
    schedule="@hourly",
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,  # the state of an earlier run could overwrite that of a later one
    doc_md=__doc__,
    tags=["aam", "sql"],
):
    AAMToSqlOperator(
        task_id="sync_segments",
        resource="segments",
        table="aam_segments",
        sql_conn_id="{{ var.value.get('aam_sql_conn_id', 'warehouse') }}",
        include_metrics=True,
        retries=2,
        retry_delay=pendulum.duration(minutes=5),
    )
