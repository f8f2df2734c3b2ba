"""On demand: segments that are named by code when the DAG is triggered, with their mappings, and nothing else."""

import pendulum

# On Airflow 3 `from airflow.sdk import DAG, Param` does the same; this line also works on Airflow 2.11.
from airflow.providers.common.compat.sdk import DAG, Param

from airflow_provider_aam.operators.delete import AAMDeleteOperator

# Not {{ ts_nodash }}: Airflow 3 has none in runs without a logical date, as an Asset event or an API call starts them.
WHEN = "{{ (dag_run.logical_date or dag_run.run_after) | ts_nodash }}"

with DAG(
    "aam_delete",
    schedule=None,
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    render_template_as_native_obj=True,  # so that the list of codes stays a list
    params={"codes": Param([], type="array", items={"type": "string"}, minItems=1, description="Integration codes")},
    doc_md=__doc__,
    tags=["aam", "delete"],
):
    AAMDeleteOperator(
        task_id="delete_segments",
        kind="segments",
        codes="{{ params.codes }}",
        data_source="shop",
        unmap=True,
        max_deletes=20,
        outcome_path="{{ var.value.get('aam_export', '/tmp/aam') }}/deleted/" + WHEN + ".jsonl",
    )
