"""A Connection that does not exist: its task fails at once, unless Airflow may only have failed to look it up."""

from __future__ import annotations

import pytest
from operator_checks import failure_of

from airflow_provider_aam.compat import AirflowNotFoundException
from airflow_provider_aam.operators.pull import AAMPullSegmentsOperator
from airflow_provider_aam.triggers.base import failure

WORDS = "There is no Connection 'aam_typo'. Create one of type 'aam'"
ABSENT = AirflowNotFoundException(WORDS)


def pull(tmp_path, **more) -> AAMPullSegmentsOperator:
    return AAMPullSegmentsOperator(
        task_id="pull", destination=str(tmp_path / "s.jsonl"), aam_conn_id="aam_typo", **more
    )


def test_no_retry_makes_a_connection(run, tmp_path):
    assert run(lambda: pull(tmp_path, retries=1)).state == "failed"


def test_the_task_says_which_and_how_to_add_it(airflow_db, tmp_path, caplog):
    assert failure_of(pull(tmp_path)).startswith(WORDS)
    assert "airflow-aam docs errors AAMConfigError" in caplog.text
    assert failure(ABSENT) == {"error": WORDS, "kind": "AAMConfigError", "retryable": False}


def test_a_secrets_backend_may_have_been_away(airflow_db, tmp_path, monkeypatch):
    monkeypatch.setenv("AIRFLOW__SECRETS__BACKEND", "airflow.secrets.local_filesystem.LocalFilesystemBackend")
    with pytest.raises(AirflowNotFoundException, match="There is no Connection 'aam_typo'"):
        pull(tmp_path).execute({})
    assert failure(ABSENT)["retryable"]
