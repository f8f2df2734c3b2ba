"""Every hour: take the hours of a Customer Data Feed that have come since, each of them once, and read their events."""

import pendulum

# On Airflow 3 `from airflow.sdk import DAG, Asset` does the same; this line also works on Airflow 2.11.
from airflow.providers.common.compat.sdk import DAG, Asset

from airflow_provider_aam.operators.feeds import AAMReadDataFeedOperator
from airflow_provider_aam.sensors.feed import AAMDataFeedSensor

with DAG(
    "aam_read_data_feed",
    schedule="@hourly",
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,  # a run takes all that is there
    doc_md=__doc__,
    tags=["aam", "feed"],
):
    wait = AAMDataFeedSensor(
        task_id="wait_for_hours",
        # Adobe's bucket: s3://aam-cdf/<your folder> (with source_conn_id).
        source="{{ var.value.get('aam_data_feed', '/tmp/aam/feed') }}",
        # A place of your own: Adobe's credentials only read.
        ledger="{{ var.value.get('aam_data_feed_ledger', '/tmp/aam/feed-ledger') }}",
        outlets=[Asset("aam://bank/feeds/1109/hours")],
        deferrable=True,  # an hour may take its time, and no worker
    )
    AAMReadDataFeedOperator(
        task_id="read_events",
        source=wait.output,
        source_conn_id=wait.source_conn_id,
        # A retry gets the same files and replaces its own events.
        destination="{{ var.value.get('aam_export', '/tmp/aam') }}/events/{{ run_id }}.parquet",
        outlets=[Asset("aam://bank/feeds/1109/events")],
    )
