"""After each push: all traits into a CSV table for the analysts. The Asset of the push starts this DAG."""

import pendulum

# On Airflow 3 `from airflow.sdk import DAG, Asset` does the same; this line also works on Airflow 2.11.
from airflow.providers.common.compat.sdk import DAG, Asset

from airflow_provider_aam.operators.pull import AAMPullTraitsOperator

with DAG(
    "aam_pull_traits_after_push",
    schedule=[Asset("aam://traits/")],
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    doc_md=__doc__,
    tags=["aam", "pull"],
):
    AAMPullTraitsOperator(
        task_id="pull_traits",
        destination="{{ var.value.get('aam_export', '/tmp/aam') }}/traits/traits.csv",
        retries=2,
        retry_delay=pendulum.duration(minutes=5),
    )
