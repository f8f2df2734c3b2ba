"""A real `airflow webserver` of Airflow 2.11, from the environment that `make test-211` has."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from page_server import free_port, stop, wait_for

PYTHON = Path(__file__).parents[2] / ".venv-211/bin/python"


@dataclass(frozen=True)
class Webserver:
    url: str
    home: Path
    environment: Mapping[str, str]

    def run(self, *command: str) -> None:
        with (self.home / "server.log").open("ab") as log:
            line = [str(PYTHON), "-m", "airflow", *command]
            subprocess.run(line, env=dict(self.environment), stdout=log, stderr=log, check=True)

    def stored(self, conn_id: str) -> dict[str, Any]:
        """With its secrets."""
        file = self.home / "connections.json"
        self.run("connections", "export", str(file), "--file-format", "json")
        found: dict[str, Any] = json.loads(file.read_text())[conn_id]
        return found | {"extra": json.loads(found["extra"])}


@contextmanager
def running_webserver(home: Path, connections: Mapping[str, str]) -> Iterator[Webserver]:
    """Whoever asks it is an administrator. ``connections`` are stored in its database, as JSON."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    (home / "webserver_config.py").write_text('AUTH_ROLE_PUBLIC = "Admin"\nWTF_CSRF_ENABLED = True\n')
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW_")},
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": str(home / "dags"),
        "AIRFLOW__CORE__TEST_CONNECTION": "Enabled",
        "AIRFLOW__WEBSERVER__WEB_SERVER_HOST": "127.0.0.1",
        "AIRFLOW__WEBSERVER__WEB_SERVER_PORT": str(port),
        "AIRFLOW__WEBSERVER__WORKERS": "1",
        "NO_PROXY": "127.0.0.1,localhost",
    }
    found = Webserver(url, home, environment)
    found.run("db", "migrate")
    for conn_id, text in connections.items():
        found.run("connections", "add", conn_id, "--conn-json", text)
    with (home / "server.log").open("ab") as log:
        command = [str(PYTHON), "-m", "airflow", "webserver"]
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
    try:
        wait_for(f"{url}/health", server, home / "server.log")
        yield found
    finally:
        stop(server)
