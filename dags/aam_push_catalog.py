"""On demand: the whole catalog next to this file in one task, without an approval; then all mappings as a file."""

from pathlib import Path

import pendulum

# On Airflow 3 `from airflow.sdk import DAG` does the same; this line also works on Airflow 2.11.
from airflow.providers.common.compat.sdk import DAG

from airflow_provider_aam.operators.pull import AAMPullOperator
from airflow_provider_aam.operators.push import AAMPushCatalogOperator

EXPORT = "{{ var.value.get('aam_export', '/tmp/aam') }}"

with DAG(
    "aam_push_catalog",
    schedule=None,
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    doc_md=__doc__,
    tags=["aam", "push"],
):
    push = AAMPushCatalogOperator(
        task_id="push_catalog",
        source=str(Path(__file__).with_name("catalog")),
        plan_path=EXPORT + "/pushed/plan.json",
        outcome_path=EXPORT + "/pushed/outcomes.jsonl",
        retries=2,
        retry_delay=pendulum.duration(minutes=5),
    )
    pull = AAMPullOperator(
        task_id="pull_mappings",
        resource="mappings",
        destination=EXPORT + "/pushed/mappings.csv",
        fields=["destinationId", "sid", "traitAlias", "startDate"],
    )
    push >> pull
