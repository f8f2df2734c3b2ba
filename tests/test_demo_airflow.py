"""The Airflow of `make demo` and `make ui`: what it is configured with, and what is said when it does not start."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "demo"))

import local_airflow


def test_only_our_options_are_taken_from_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("AIRFLOW__AAM__DOCS_URL", "https://docs.example.com/aam")
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", "CeleryExecutor")
    monkeypatch.setenv("AIRFLOW_CONN_AAM_DEFAULT", "aam://somebody@real.example.com")
    made = local_airflow.environment(tmp_path, 8080, {})
    assert made["AIRFLOW__AAM__DOCS_URL"] == "https://docs.example.com/aam"
    assert {"AIRFLOW__CORE__EXECUTOR", "AIRFLOW_CONN_AAM_DEFAULT"}.isdisjoint(made)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("timeout_s", "variables", "says"),
    [
        (1, {}, "Gave up: waited 1 s for Airflow to start. Airflow's log: {log}. "),
        (120, {"AIRFLOW__CORE__EXECUTOR": "nothing.Such"}, "Airflow ended while it started. Its log: {log}"),
    ],
)
def test_airflow_that_does_not_start_is_one_message_with_its_log(monkeypatch, tmp_path, timeout_s, variables, says):
    monkeypatch.setattr(local_airflow, "START_TIMEOUT_S", timeout_s)
    work = tmp_path / "work"
    with pytest.raises(SystemExit) as ended, local_airflow.running_airflow(work, variables):
        pass
    assert str(ended.value).startswith(says.format(log=work / "airflow.log"))
    assert (work / "airflow.log").exists()
