"""Every ten minutes: who has won or lost a trait, from a file to Adobe Audience Manager, at once."""

import pendulum

# On Airflow 3 `from airflow.sdk import DAG` does the same; this line also works on Airflow 2.11.
from airflow.providers.common.compat.sdk import DAG

from airflow_provider_aam.operators.stream import AAMStreamTraitsOperator

with DAG(
    "aam_stream_traits",
    schedule="*/10 * * * *",
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,  # two runs with rows of the same user could overtake each other
    doc_md=__doc__,
    tags=["aam", "members"],
):
    AAMStreamTraitsOperator(
        task_id="stream_traits",
        stream_id="{{ var.value.get('aam_stream', 'crm-stream') }}",
        # Rows with a user, sids, and what to do: append (without it), overwrite or delete.
        source="{{ var.value.get('aam_stream_rows', '/tmp/aam/stream.jsonl') }}",
        data_source="{{ var.value.get('aam_members_data_source', 'crm') }}",
        rejects_path="{{ var.value.get('aam_stream_rejects', '/tmp/aam/stream-rejects.jsonl') }}",
        retries=2,
        retry_delay=pendulum.duration(minutes=1),
    )
