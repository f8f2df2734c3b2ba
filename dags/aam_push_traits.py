"""Every hour: bring the traits in AAM in line with traits.yaml next to this file; write only what differs."""

from pathlib import Path

import pendulum

# On Airflow 3 `from airflow.sdk import DAG, Asset` does the same; this line also works on Airflow 2.11.
from airflow.providers.common.compat.sdk import DAG, Asset

from airflow_provider_aam.operators.push import AAMPushTraitsOperator

with DAG(
    "aam_push_traits",
    schedule="@hourly",
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    doc_md=__doc__,
    tags=["aam", "push"],
):
    AAMPushTraitsOperator(
        task_id="push_traits",
        source=str(Path(__file__).with_name("traits.yaml")),
        plan_path="{{ var.value.get('aam_export', '/tmp/aam') }}/traits/plan.json",
        outcome_path="{{ var.value.get('aam_export', '/tmp/aam') }}/traits/outcomes.jsonl",
        outlets=[Asset("aam://traits/")],
        retries=2,
        retry_delay=pendulum.duration(minutes=5),
    )
