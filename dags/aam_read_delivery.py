"""Every day: wait until Audience Manager has delivered all files to a destination, then read them into one file."""

import pendulum

# On Airflow 3 `from airflow.sdk import DAG, Asset` does the same; this line also works on Airflow 2.11.
from airflow.providers.common.compat.sdk import DAG, Asset

from airflow_provider_aam.operators.feeds import AAMReadDeliveryOperator
from airflow_provider_aam.sensors.outbound import AAMOutboundSensor

# Not {{ ds }}: Airflow 3 has none in runs without a logical date, as an Asset event or an API call starts them.
DAY = "{{ (dag_run.logical_date or dag_run.run_after) | ds }}"

with DAG(
    "aam_read_delivery",
    schedule="0 12 * * *",  # AAM delivers at about 14:00 UTC
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    doc_md=__doc__,
    tags=["aam", "delivery"],
):
    wait = AAMOutboundSensor(
        task_id="wait_for_delivery",
        source="{{ var.value.get('aam_outbound', '/tmp/aam/outbound') }}",
        destination="{{ var.value.get('aam_destination', 12) }}",
        timestamp_unit="ms",
        deferrable=True,
    )
    AAMReadDeliveryOperator(
        task_id="read_delivery",
        source=wait.output,
        destination="{{ var.value.get('aam_export', '/tmp/aam') }}/deliveries/" + DAY + ".parquet",
        outlets=[Asset("aam://bank/destinations/12/rows")],
    )
