"""Every morning: all traits with their populations into a file, an alarm when one collapses, yesterday's trend."""

import pendulum

# On Airflow 3 `from airflow.sdk import DAG` does the same; this line also works on Airflow 2.11.
from airflow.providers.common.compat.sdk import DAG

from airflow_provider_aam.operators.pull import AAMPullTraitsOperator
from airflow_provider_aam.operators.reports import AAMPopulationCheckOperator, AAMTrendReportOperator

EXPORT = "{{ var.value.get('aam_export', '/tmp/aam') }}"
# Not {{ ds }}: Airflow 3 has none in runs without a logical date, as an Asset event or an API call starts them.
DAY = "{{ (dag_run.logical_date or dag_run.run_after) | ds }}"

with DAG(
    "aam_check_populations",
    schedule="0 6 * * *",
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    doc_md=__doc__,
    tags=["aam", "check"],
    default_args={"retries": 2, "retry_delay": pendulum.duration(minutes=5)},
):
    pull = AAMPullTraitsOperator(
        task_id="pull_traits",
        destination=EXPORT + "/traits/" + DAY + ".jsonl.gz",
        include_metrics=True,
    )
    check = AAMPopulationCheckOperator(
        task_id="check_traits",
        kind="traits",
        folder="/Web",
        max_drop=0.5,
        bounds={"web-0001": {"minimum": 100}},
        baseline=EXPORT + "/checks/traits.json",
        report_path=EXPORT + "/checks/" + DAY + ".jsonl",
    )
    trend = AAMTrendReportOperator(
        task_id="trend_of_traits",
        kind="traits",
        filters={"restrictType": "RULE_BASED_TRAIT"},
        destination=EXPORT + "/trends/" + DAY + ".csv",
    )
    pull >> check >> trend
