"""Who has which trait, made by four tasks at once: each takes a share of the users, and the last sends all of them."""

import pendulum

# On Airflow 3 `from airflow.sdk import DAG` does the same; this line also works on Airflow 2.11.
from airflow.providers.common.compat.sdk import DAG

from airflow_provider_aam.operators.members import (
    AAMJoinTraitMembersOperator,
    AAMPlanTraitMembersOperator,
    AAMPushTraitMembersShareOperator,
)
from airflow_provider_aam.sensors.inbound import AAMInboundSensor

DAY = "{{ (dag_run.logical_date or dag_run.run_after) | ds }}"
INBOUND = "{{ var.value.get('aam_inbound', '/tmp/aam/inbound') }}"
# What the plan and all tasks that carry it out have in common.
MEMBERS = {
    "source": "{{ var.value.get('aam_members', '/tmp/aam/members/*.jsonl') }}",
    "data_source": "{{ var.value.get('aam_members_data_source', 'crm') }}",
    "traits_are": "integrationCode",
    # A bucket of your own that all workers reach. AAM's gets the files of the last task alone.
    "destination": "{{ var.value.get('aam_shares', '/tmp/aam/shares') }}/{{ run_id }}",
}

with DAG(
    "aam_push_trait_members_mapped",
    schedule="0 1 * * *",
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,  # AAM processes files of several runs in any order
    default_args={"retries": 2, "retry_delay": pendulum.duration(minutes=5)},
    doc_md=__doc__,
    tags=["aam", "members"],
):
    plan = AAMPlanTraitMembersOperator(task_id="plan", shares=4, **MEMBERS)
    push = AAMPushTraitMembersShareOperator.partial(task_id="push", **MEMBERS).expand(share=plan.output)
    join = AAMJoinTraitMembersOperator(
        task_id="join",
        receipts=push.output,
        destination=INBOUND + "/date=" + DAY,
        rejects_path=INBOUND + "/rejects/" + DAY + ".jsonl",
    )
    AAMInboundSensor(task_id="wait_for_aam", receipt=join.output, max_errors={"format_errors": 0}, deferrable=True)
