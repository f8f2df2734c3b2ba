"""After a push of memberships: wait until a segment is large enough for the campaign, then pull all segments."""

from datetime import timedelta

import pendulum

# On Airflow 3 `from airflow.sdk import DAG` does the same; this line also works on Airflow 2.11.
from airflow.providers.common.compat.sdk import DAG

from airflow_provider_aam.operators.pull import AAMPullSegmentsOperator
from airflow_provider_aam.sensors.population import AAMPopulationSensor

with DAG(
    "aam_wait_for_population",
    schedule=None,
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    doc_md=__doc__,
    tags=["aam", "check"],
    params={"sid": 77},
):
    wait = AAMPopulationSensor(
        task_id="wait_for_growth",
        kind="segments",
        sid="{{ params.sid }}",
        at_least=1_000_000,
        deadline=timedelta(days=3),
        deferrable=True,
    )
    pull = AAMPullSegmentsOperator(
        task_id="pull_segments",
        destination="{{ var.value.get('aam_export', '/tmp/aam') }}/segments/{{ run_id }}.jsonl.gz",
        include_metrics=True,
    )
    wait >> pull
