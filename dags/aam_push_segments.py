"""After each push of traits: bring the segments in AAM in line with segments.yaml next to this file."""

from pathlib import Path

import pendulum

# On Airflow 3 `from airflow.sdk import DAG, Asset` does the same; this line also works on Airflow 2.11.
from airflow.providers.common.compat.sdk import DAG, Asset

from airflow_provider_aam.operators.push import AAMPushSegmentsOperator

with DAG(
    "aam_push_segments",
    schedule=[Asset("aam://traits/")],  # pushed by aam_push_traits
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    doc_md=__doc__,
    tags=["aam", "push"],
):
    AAMPushSegmentsOperator(
        task_id="push_segments",
        source=str(Path(__file__).with_name("segments.yaml")),
        plan_path="{{ var.value.get('aam_export', '/tmp/aam') }}/segments/plan.json",
        outcome_path="{{ var.value.get('aam_export', '/tmp/aam') }}/segments/outcomes.jsonl",
        retries=2,
        retry_delay=pendulum.duration(minutes=5),
    )
