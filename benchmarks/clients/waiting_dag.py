"""As many deferred tasks as are measured, and one whose trigger measures the loop that they share."""

import os
from datetime import UTC, datetime

from airflow.providers.common.compat.sdk import DAG
from airflow.providers.standard.operators.python import PythonOperator

with DAG("waiting", schedule=None, start_date=datetime(2026, 1, 1, tzinfo=UTC)):
    PythonOperator(task_id="measure", python_callable=print)
    numbers = [[number] for number in range(int(os.environ["WAITING_TASKS"]))]
    PythonOperator.partial(task_id="wait", python_callable=print).expand(op_args=numbers)
