"""A real Airflow in a folder of its own: started, asked over its REST API, stopped."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

REPOSITORY = Path(__file__).resolve().parent.parent
START_TIMEOUT_S = 600
RUN_TIMEOUT_S = 300
ANSWER_TIMEOUT_S = 120
LOCKED_OUT_TIMES = 5
"""On a slow machine two requests to an Airflow on SQLite lock each other out; one gets 500 after five seconds."""

_OURS = "AIRFLOW__AAM__"


@dataclass(frozen=True)
class Airflow:
    """A running `airflow standalone`."""

    url: str
    home: Path
    password: str
    _token: str

    def request(self, method: str, path: str, **options: Any) -> Any:
        headers = {"Authorization": f"Bearer {self._token}"}
        for _ in range(LOCKED_OUT_TIMES):
            answer = requests.request(
                method, f"{self.url}/api/v2/{path}", headers=headers, timeout=ANSWER_TIMEOUT_S, **options
            )
            if answer.status_code != 500:
                break
            time.sleep(1)
        answer.raise_for_status()
        return answer.json()

    def wait_for_dags(self, names: set[str]) -> None:
        wait_until(lambda: names <= {dag["dag_id"] for dag in self.request("GET", "dags")["dags"]}, f"the DAGs {names}")

    def unpause(self, dag: str) -> None:
        self.request("PATCH", f"dags/{dag}", json={"is_paused": False})

    def trigger(self, dag: str) -> str:
        """Start a run now. Returns its id."""
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        run = self.request("POST", f"dags/{dag}/dagRuns", json={"logical_date": now})
        return str(run["dag_run_id"])

    def runs(self, dag: str) -> list[dict[str, Any]]:
        return list(self.request("GET", f"dags/{dag}/dagRuns")["dag_runs"])

    def wait_for_run(self, dag: str, run: str) -> str:
        """The run's final state."""
        path = f"dags/{dag}/dagRuns/{run}"
        wait_until(lambda: self.request("GET", path)["state"] in ("success", "failed"), f"the run {run} of {dag}")
        return str(self.request("GET", path)["state"])

    def waiting_for_person(self, dag: str) -> dict[str, Any] | None:
        """What a task of the DAG asks for (subject, body, options, its run), while nobody has answered."""
        path = f"dags/{dag}/dagRuns/~/hitlDetails"
        details = self.request("GET", path, params={"response_received": "false"})["hitl_details"]
        return dict(details[0]) if details else None

    def answer(self, asked: dict[str, Any], option: str) -> dict[str, Any]:
        """As a person does under Required Actions. Returns who has answered what, and when."""
        task = asked["task_instance"]
        path = f"dags/{task['dag_id']}/dagRuns/{task['dag_run_id']}/taskInstances/{task['task_id']}/-1/hitlDetails"
        return dict(self.request("PATCH", path, json={"chosen_options": [option]}))

    def state_of(self, dag: str, run: str, task: str) -> str:
        return str(self.request("GET", f"dags/{dag}/dagRuns/{run}/taskInstances/{task}")["state"])

    def returned(self, dag: str, run: str, task: str) -> dict[str, Any]:
        """What the task returned (its XCom)."""
        path = f"dags/{dag}/dagRuns/{run}/taskInstances/{task}/xcomEntries/return_value"
        value = self.request("GET", path)["value"]
        return dict(json.loads(value) if isinstance(value, str) else value)

    def log(self, dag: str, run: str, task: str) -> list[str]:
        """The events of the task's log."""
        path = f"dags/{dag}/dagRuns/{run}/taskInstances/{task}/logs/1"
        return [str(line.get("event", "")) for line in self.request("GET", path)["content"]]


@contextmanager
def running_airflow(work: Path, variables: dict[str, str], *, port: int | None = None) -> Iterator[Airflow]:
    """Airflow with this repository's DAGs, in `work` (emptied first). `variables` are added to its environment."""
    port = port or free_port()
    check_free(port)
    shutil.rmtree(work, ignore_errors=True)
    home = work / "airflow"
    home.mkdir(parents=True)
    url, log = f"http://127.0.0.1:{port}", work / "airflow.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [Path(sys.executable).with_name("airflow"), "standalone"],
            env=environment(home, port, variables),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            wait_until(lambda: _is_healthy(url, process, log), "Airflow to start", timeout_s=START_TIMEOUT_S)
            yield log_in(url, home)
        except TimeoutError as late:
            raise SystemExit(
                f"Gave up: {late}. Airflow's log: {log}. If the machine is busy, try again later."
            ) from None
        finally:
            stop(process)


def log_in(url: str, home: Path) -> Airflow:
    """As the administrator whose password the API server has written to `home`."""
    file = home / "simple_auth_manager_passwords.json.generated"
    password = str(json.loads(file.read_text().splitlines()[0])["admin"])
    answer = requests.post(f"{url}/auth/token", json={"username": "admin", "password": password}, timeout=30)
    answer.raise_for_status()
    return Airflow(url, home, password, str(answer.json()["access_token"]))


def environment(home: Path, port: int, variables: dict[str, str]) -> dict[str, str]:
    """Of a process of an Airflow that lives in `home` and answers at `port`; `variables` win.

    Of what the environment configures an Airflow with, `[aam]` alone is taken over.
    """
    return {
        **{
            name: value
            for name, value in os.environ.items()
            if name.startswith(_OURS) or not name.startswith("AIRFLOW_")
        },
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__CORE__DAGS_FOLDER": str(REPOSITORY / "dags"),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{port}/execution/",
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__PARALLELISM": "4",
        "AIRFLOW__CORE__TEST_CONNECTION": "Enabled",
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT": "30",
        "NO_PROXY": "127.0.0.1,localhost",
        **variables,
    }


def free_port(wanted: int = 0) -> int:
    """Return `wanted` if nothing listens there, else any free port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            return free_port()
        return int(probe.getsockname()[1])


def check_free(port: int) -> None:
    """Another Airflow on the port would answer in place of ours."""
    if free_port(port) != port:
        raise SystemExit(f"Port {port} is in use. Stop the program there, or choose another port.")


def wait_until(ready: Any, what: str, *, timeout_s: float = RUN_TIMEOUT_S) -> None:
    deadline = time.monotonic() + timeout_s
    while not ready():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {timeout_s:.0f} s for {what}")
        time.sleep(0.5)


def _is_healthy(url: str, process: subprocess.Popen[bytes], log: Path) -> bool:
    if process.poll() is not None:
        raise SystemExit(f"Airflow ended while it started. Its log: {log}")
    try:
        health = requests.get(f"{url}/api/v2/monitor/health", timeout=5).json()
    except (requests.RequestException, ValueError):
        return False
    return all((health.get(part) or {}).get("status") == "healthy" for part in ("scheduler", "dag_processor"))


def stop(process: subprocess.Popen[bytes]) -> None:
    """Its whole process group: standalone is a family of servers."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            return
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            continue
