"""Every day: wait until Audience Manager has delivered all files to a destination, then tell who reads them."""

import pendulum

# On Airflow 3 `from airflow.sdk import DAG, Asset` does the same; this line also works on Airflow 2.11.
from airflow.providers.common.compat.sdk import DAG, Asset

from airflow_provider_aam.sensors.outbound import AAMOutboundSensor

with DAG(
    "aam_wait_for_delivery",
    schedule="0 12 * * *",  # AAM delivers at about 14:00 UTC
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    doc_md=__doc__,
    tags=["aam", "delivery"],
):
    AAMOutboundSensor(
        task_id="wait_for_delivery",
        # The folder that AAM writes to: s3://bucket/prefix (with source_conn_id).
        source="{{ var.value.get('aam_outbound', '/tmp/aam/outbound') }}",
        destination="{{ var.value.get('aam_destination', 12) }}",
        timestamp_unit="ms",
        outlets=[Asset("aam://bank/destinations/12/files")],
        deferrable=True,  # it may take two days, and no worker
    )
