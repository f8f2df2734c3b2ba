"""Airflow with Celery, two workers and a triggerer, Redis and PostgreSQL: on loopback, until the test ends."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import requests
from local_airflow import Airflow, environment, free_port, log_in, stop, wait_until

from tests.postgres import running_postgres

START_TIMEOUT_S = 300
WORKERS = 2


@contextmanager
def running_cluster(dags: Path, variables: dict[str, str]) -> Iterator[Airflow]:
    """Airflow with the DAGs of a folder; ``variables`` are added to the environment of each of its processes."""
    with ExitStack() as running:
        folder = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="aam-celery-")))
        logs = folder / "logs"
        home = folder / "airflow"
        logs.mkdir()
        home.mkdir()
        database = running.enter_context(running_postgres())
        broker = running.enter_context(_redis(folder, logs))
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        env = environment(home, port, {**_settings(dags, database, broker), **variables})
        airflow = str(Path(sys.executable).with_name("airflow"))
        with (logs / "migrate").open("wb") as output:
            subprocess.run([airflow, "db", "migrate"], env=env, check=True, stdout=output, stderr=subprocess.STDOUT)

        def start(name: str, *command: str, **more: str) -> None:
            running.enter_context(_process(name, [airflow, *command], logs, env={**env, **more}))

        start("api-server", "api-server", "--workers", "1")
        wait_until(lambda: _is_up(url), f"the API server; see {logs}", timeout_s=START_TIMEOUT_S)
        start("scheduler", "scheduler")
        start("dag-processor", "dag-processor")
        start("triggerer", "triggerer", AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT=str(free_port()))
        for number in range(WORKERS):
            name = f"worker-{number}"
            start(
                name,
                *("celery", "worker", "--celery-hostname", f"{name}@%h", "--pid", str(folder / f"{name}.pid")),
                AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT=str(free_port()),
            )
        for number in range(WORKERS):
            log = logs / f"worker-{number}"
            wait_until(lambda log=log: " ready." in log.read_text(), f"a worker; see {log}", timeout_s=START_TIMEOUT_S)
        yield log_in(url, home)


def _settings(dags: Path, database: str, broker: str) -> dict[str, str]:
    return {
        "AIRFLOW__CORE__DAGS_FOLDER": str(dags),
        "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
        "AIRFLOW__SCHEDULER__USE_JOB_SCHEDULE": "False",
        "AIRFLOW__CORE__FERNET_KEY": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__API_AUTH__JWT_SECRET": "0123456789abcdef" * 4,
        "AIRFLOW__CELERY__BROKER_URL": broker,
        "AIRFLOW__CELERY__RESULT_BACKEND": f"db+{database}",
        "AIRFLOW__CELERY__WORKER_CONCURRENCY": "2",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": database.replace("postgresql:", "postgresql+psycopg2:"),
    }


@contextmanager
def _redis(folder: Path, logs: Path) -> Iterator[str]:
    port = free_port()
    serve = [_program("redis-server"), "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--dir", str(folder)]
    with _process("redis", serve, logs):
        wait_until(lambda: _is_listening(port), "Redis", timeout_s=START_TIMEOUT_S)
        yield f"redis://127.0.0.1:{port}/0"


@contextmanager
def _process(name: str, command: Sequence[str], logs: Path, **options: object) -> Iterator[None]:
    with (logs / name).open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, start_new_session=True, **options)
        try:
            yield
        finally:
            stop(process)


def _program(name: str) -> str:
    found = shutil.which(name)
    assert found, f"{name} is missing: apt-get install redis-server"
    return found


def _is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _is_up(url: str) -> bool:
    try:
        return requests.get(f"{url}/api/v2/monitor/health", timeout=5).ok
    except requests.RequestException:
        return False
