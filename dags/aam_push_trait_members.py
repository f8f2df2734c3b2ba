"""Every night: who has which trait, from files to Adobe Audience Manager's inbound folder, and what AAM made of it."""

import pendulum

# On Airflow 3 `from airflow.sdk import DAG` does the same; this line also works on Airflow 2.11.
from airflow.providers.common.compat.sdk import DAG

from airflow_provider_aam.operators.members import AAMPushTraitMembersOperator
from airflow_provider_aam.sensors.inbound import AAMInboundSensor

DAY = "{{ (dag_run.logical_date or dag_run.run_after) | ds }}"

with DAG(
    "aam_push_trait_members",
    schedule="0 1 * * *",
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,  # AAM processes files of several runs in any order: one after the other
    doc_md=__doc__,
    tags=["aam", "members"],
):
    push = AAMPushTraitMembersOperator(
        task_id="push_members",
        # Rows with a user and a trait each; Parquet, CSV or JSON Lines, from any of Airflow's object storages.
        source="{{ var.value.get('aam_members', '/tmp/aam/members/*.jsonl') }}",
        data_source="{{ var.value.get('aam_members_data_source', 'crm') }}",
        traits_are="integrationCode",
        # Adobe's bucket: s3://demdex-s2s-clients/<directory>/<partner>/date=… (with destination_conn_id).
        destination="{{ var.value.get('aam_inbound', '/tmp/aam/inbound') }}/date=" + DAY,
        rejects_path="{{ var.value.get('aam_inbound', '/tmp/aam/inbound') }}/rejects/" + DAY + ".jsonl",
        retries=2,
        retry_delay=pendulum.duration(minutes=5),
    )
    AAMInboundSensor(
        task_id="wait_for_aam",
        receipt=push.output,
        max_errors={"format_errors": 0},  # records that AAM cannot read; the push has checked every line
        deferrable=True,  # it takes a day, and no worker
    )
