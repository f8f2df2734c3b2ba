"""Every night: which ids are of the same person, from files to Adobe Audience Manager's inbound folder."""

import pendulum

# On Airflow 3 `from airflow.sdk import DAG` does the same; this line also works on Airflow 2.11.
from airflow.providers.common.compat.sdk import DAG

from airflow_provider_aam.operators.members import AAMPushIdSyncOperator
from airflow_provider_aam.sensors.inbound import AAMInboundSensor

DAY = "{{ (dag_run.logical_date or dag_run.run_after) | ds }}"
INBOUND = "{{ var.value.get('aam_inbound', '/tmp/aam/inbound') }}"

with DAG(
    "aam_push_id_sync",
    schedule="0 2 * * *",
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    doc_md=__doc__,
    tags=["aam", "members"],
):
    push = AAMPushIdSyncOperator(
        task_id="push_ids",
        # Rows with an advertising id and a customer id each; Parquet, CSV or JSON Lines.
        source="{{ var.value.get('aam_ids', '/tmp/aam/ids/*.csv') }}",
        # The column of the ids of each data source, in the order of the file: 20914 are Android's advertising ids.
        ids={"gaid": 20914, "crm_id": "{{ var.value.get('aam_members_data_source', 'crm') }}"},
        destination=INBOUND + "/date=" + DAY,
        rejects_path=INBOUND + "/rejects/ids-" + DAY + ".jsonl",
        retries=2,
        retry_delay=pendulum.duration(minutes=5),
    )
    AAMInboundSensor(task_id="wait_for_aam", receipt=push.output, max_errors={"format_errors": 0}, deferrable=True)
