"""Every night: has someone changed in the AAM UI what the catalog describes, or added to what it owns?

Differences are logged, and an event of the Asset `aam://drift/` starts whatever waits for it. Without differences
there is no event.
"""

from pathlib import Path

import pendulum

# On Airflow 3 `from airflow.sdk import DAG, Asset` does the same; this line also works on Airflow 2.11.
from airflow.providers.common.compat.sdk import DAG, Asset

from airflow_provider_aam.operators.drift import AAMDriftOperator

with DAG(
    "aam_drift",
    schedule="0 2 * * *",
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    doc_md=__doc__,
    tags=["aam", "check"],
):
    AAMDriftOperator(
        task_id="drift",
        source=str(Path(__file__).with_name("catalog")),
        # Traits and segments of this data source that the catalog does not hold are differences, too.
        prune=True,
        prune_scope={"dataSource": "shop"},
        on_drift="warn",
        outlets=[Asset("aam://drift/")],
        retries=2,
        retry_delay=pendulum.duration(minutes=5),
    )
