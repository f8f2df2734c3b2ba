"""A real `airflow api-server` with users of every role, its database and its page."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

ROLES = {"nora": "", "vera": "viewer", "uli": "user", "olga": "op", "adam": "admin"}
START_TIMEOUT_S = 180


@dataclass(frozen=True)
class Server:
    """``environment`` is that of its processes, for others of the same Airflow."""

    url: str
    environment: Mapping[str, str]

    def token(self, user: str) -> str:
        answer = requests.post(f"{self.url}/auth/token", json={"username": user, "password": "p"}, timeout=30)
        answer.raise_for_status()
        return str(answer.json()["access_token"])

    def get(self, path: str, token: str | None, method: str = "GET") -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return requests.request(method, f"{self.url}{path}", headers=headers, timeout=30, allow_redirects=False)


@contextmanager
def running_api_server(
    home: Path, connections: Mapping[str, str], options: Mapping[str, str], *, path: str = ""
) -> Iterator[Server]:
    """`connections` are stored in its database, as JSON; `path` is where it is served."""
    home.mkdir(parents=True, exist_ok=True)
    port = free_port()
    url = f"http://127.0.0.1:{port}{path}"
    environment = _environment(home, port) | {"AIRFLOW__API__BASE_URL": url, **options}
    airflow = [sys.executable, "-m", "airflow"]
    with (home / "server.log").open("wb") as log:
        adding = (["connections", "add", each, "--conn-json", text] for each, text in connections.items())
        for command in (["db", "migrate"], *adding):
            subprocess.run([*airflow, *command], env=environment, stdout=log, stderr=log, check=True)
        server = subprocess.Popen(
            [*airflow, "api-server"], env=environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        wait_for(f"{url}/api/v2/version", server, home / "server.log")
        yield Server(url, environment)
    finally:
        stop(server)


def _environment(home: Path, port: int) -> dict[str, str]:
    (home / "passwords.json").write_text(json.dumps(dict.fromkeys(ROLES, "p")))
    users = ",".join(f"{user}:{role}" for user, role in ROLES.items())
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW_")},
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": str(home / "dags"),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": users,
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(home / "passwords.json"),
        "NO_PROXY": "127.0.0.1,localhost",
    }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        if server.poll() is not None:
            break
        try:
            if requests.get(url, timeout=5).ok:
                return
        except requests.RequestException:
            time.sleep(0.5)
    raise RuntimeError(f"Airflow did not start:\n{log.read_text()[-4000:]}")


def stop(server: subprocess.Popen[bytes]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(server.pid, number)
            server.wait(timeout=15)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue
