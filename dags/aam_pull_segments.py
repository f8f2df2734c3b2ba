"""Every night: all segments of Adobe Audience Manager into one compressed file per day."""

import pendulum

# On Airflow 3 `from airflow.sdk import DAG` does the same; this line also works on Airflow 2.11.
from airflow.providers.common.compat.sdk import DAG

from airflow_provider_aam.operators.pull import AAMPullSegmentsOperator

# Not {{ ds }}: Airflow 3 has none in runs without a logical date, as an Asset event or an API call starts them.
DAY = "{{ (dag_run.logical_date or dag_run.run_after) | ds }}"

with DAG(
    "aam_pull_segments",
    schedule="0 3 * * *",
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    doc_md=__doc__,
    tags=["aam", "pull"],
):
    AAMPullSegmentsOperator(
        task_id="pull_segments",
        # Any URI of Airflow's object storage, for example s3://my-bucket/aam (with destination_conn_id).
        destination="{{ var.value.get('aam_export', '/tmp/aam') }}/segments/" + DAY + ".jsonl.gz",
        retries=2,
        retry_delay=pendulum.duration(minutes=5),
    )
