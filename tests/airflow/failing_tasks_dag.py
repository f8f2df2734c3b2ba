"""A DAG whose tasks fail, each in its own way, for the test that reads their logs."""

from __future__ import annotations

from airflow.providers.common.compat.sdk import DAG

from airflow_provider_aam.operators.pull import AAMPullSegmentsOperator

with DAG("failing_tasks", schedule=None):
    for task_id, conn_id in (
        ("incomplete", "aam_incomplete"),
        ("unreachable", "aam_unreachable"),
        ("missing", "aam_missing"),
    ):
        AAMPullSegmentsOperator(task_id=task_id, destination="/tmp/never.jsonl", aam_conn_id=conn_id)
