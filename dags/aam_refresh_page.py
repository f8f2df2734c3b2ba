"""Every hour: what the page Browse > Audience Manager shows of the account.

The page is for Airflow 3.3; it reads what this DAG writes, so that no click on it asks AAM for anything.
"""

import pendulum

# On Airflow 3 `from airflow.sdk import DAG` does the same; this line also works on Airflow 2.11.
from airflow.providers.common.compat.sdk import DAG

from airflow_provider_aam.operators.page import AAMRefreshPageOperator

with DAG(
    "aam_refresh_page",
    schedule="@hourly",
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    doc_md=__doc__,
    tags=["aam", "page"],
):
    AAMRefreshPageOperator(task_id="refresh_page", retries=2, retry_delay=pendulum.duration(minutes=5))
