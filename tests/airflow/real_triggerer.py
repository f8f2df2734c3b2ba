"""A triggerer of Airflow in a home of its own, which is killed in the end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO


def home_of_its_own(home: Path, dags: Path, connection: str) -> dict[str, str]:
    """The environment of its processes, which take a dead triggerer for dead after five seconds."""
    return os.environ | {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(dags),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "false",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "false",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db",
        "AIRFLOW__TRIGGERER__JOB_HEARTBEAT_SEC": "1",
        "AIRFLOW__TRIGGERER__TRIGGERER_HEALTH_CHECK_THRESHOLD": "5",
        "AIRFLOW_CONN_AAM_DEFAULT": connection,
    }


@contextmanager
def running_triggerer(environment: Mapping[str, str], log: IO[bytes]) -> Iterator[None]:
    """Killed in the end, as by the kernel: it can clean up nothing."""
    command = [sys.executable, "-m", "airflow", "triggerer", "--skip-serve-logs"]
    process = subprocess.Popen(command, env=environment, start_new_session=True, stdout=log, stderr=log)
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
