"""What a failed task says, it says once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from airflow_provider_aam.compat import AIRFLOW_V_3_0_PLUS

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
CONNECTIONS = {
    "aam_incomplete": {"conn_type": "aam", "login": "a-client"},
    "aam_unreachable": {
        "conn_type": "aam",
        "login": "a-client",
        "password": "a-secret-of-a-client",
        "host": "http://127.0.0.1:9",
        "extra": {
            "auth": "oauth_server_to_server",
            "ims_url": "http://127.0.0.1:9",
            "org_id": "1@AdobeOrg",
            "scopes": "openid,audiencemanager_api",
            "max_attempts": 1,
        },
    },
}


SAID = {
    "incomplete": "Connection 'aam_incomplete'",
    "unreachable": "no connection to 127.0.0.1:9",
    "missing": "There is no Connection 'aam_missing'",
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of an Airflow in which every task of the DAG has been run."""
    home = tmp_path_factory.mktemp("airflow")
    environment = os.environ | {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(HERE),
        **{f"AIRFLOW_CONN_{conn_id.upper()}": json.dumps(given) for conn_id, given in CONNECTIONS.items()},
    }
    command = [sys.executable, str(HERE / "real_task.py"), str(HERE / "failing_tasks_dag.py"), "failing_tasks", *SAID]
    with (home / "out.txt").open("wb") as out:
        subprocess.run(command, env=environment, cwd=home, stdout=out, stderr=out, check=False, timeout=300)
    return home


@pytest.mark.parametrize(("task", "said"), SAID.items(), ids=SAID)
def test_the_message_and_one_traceback_are_in_the_log(home, task, said):
    logs = [path for path in (home / "logs").rglob("*.log") if f"task_id={task}" in str(path)]
    assert len(logs) == 1, (home / "out.txt").read_text()[-5000:]
    log = logs[0].read_text()
    if AIRFLOW_V_3_0_PLUS:
        assert (log.count(said), log.count('"exc_type"')) == (1, 1), log
    else:  # which itself logs a failure of the task and again of its job
        assert log.count("Traceback (most recent call last)") == 2, log
        assert "the above exception" not in log.lower(), log
