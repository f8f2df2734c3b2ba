"""Every day: wait for what Audience Manager delivers to a destination, and keep a table of its memberships in step."""

import pendulum

# On Airflow 3 `from airflow.sdk import DAG` does the same; this line also works on Airflow 2.11.
from airflow.providers.common.compat.sdk import DAG

from airflow_provider_aam.operators.feeds import AAMReadDeliveryOperator
from airflow_provider_aam.operators.sql import AAMToSqlOperator
from airflow_provider_aam.sensors.outbound import AAMOutboundSensor

# Not {{ ds }}: Airflow 3 has none in runs without a logical date, as an Asset event or an API call starts them.
DAY = "{{ (dag_run.logical_date or dag_run.run_after) | ds }}"

with DAG(
    "aam_delivery_to_table",
    schedule="0 12 * * *",  # AAM delivers at about 14:00 UTC
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,  # deliveries are applied in their order
    doc_md=__doc__,
    tags=["aam", "delivery", "sql"],
):
    wait = AAMOutboundSensor(
        task_id="wait_for_delivery",
        source="{{ var.value.get('aam_outbound', '/tmp/aam/outbound') }}",
        destination="{{ var.value.get('aam_destination', 12) }}",
        timestamp_unit="ms",
        deferrable=True,
    )
    read = AAMReadDeliveryOperator(
        task_id="read_delivery",
        source=wait.output,
        destination="{{ var.value.get('aam_export', '/tmp/aam') }}/deliveries/" + DAY + ".parquet",
    )
    AAMToSqlOperator(
        task_id="sync_members",
        delivery=read.output,
        table="aam_members",
        sql_conn_id="{{ var.value.get('aam_sql_conn_id', 'warehouse') }}",
    )
