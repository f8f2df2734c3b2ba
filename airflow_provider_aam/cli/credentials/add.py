"""Puts a Connection into Airflow's metadata database, through Airflow's own command."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from airflow_provider_aam.api.errors import AAMConfigError
from airflow_provider_aam.hooks.form import HTTPS_PORT

LONGEST_S = 300


def add_to_airflow(connection: Mapping[str, Any], conn_id: str, *, overwrite: bool) -> None:
    """`airflow connections import` of a file that its owner alone can read: no secret is in the list of processes.

    Raises :class:`AAMConfigError` when Airflow does not say that it has imported it.
    """
    # Airflow reads the file's format from its name. The folder is made with mode 0700, and goes in any case.
    with tempfile.TemporaryDirectory(prefix="airflow-aam-") as folder:
        file = Path(folder) / "connection.json"
        file.touch(mode=0o600)
        file.write_text(
            json.dumps({conn_id: {**connection, "port": HTTPS_PORT, "extra": json.dumps(connection["extra"])}}),
            encoding="utf-8",
        )
        # -P: without it a folder "airflow" where the user happens to be would run, with the secret in its hands.
        command = [sys.executable, "-P", "-m", "airflow", "connections", "import", str(file)]
        done = subprocess.run(  # noqa: S603  our own interpreter, no shell
            [*command, "--overwrite"] if overwrite else command,
            capture_output=True,
            text=True,
            check=False,
            timeout=LONGEST_S,
        )
    if done.returncode == 0 and f"Imported connection {conn_id}" in done.stdout:
        return
    if "already exists" in done.stdout:
        said = (
            f"Airflow has a Connection {conn_id!r} already: add --overwrite to replace it, or choose another --conn-id"
        )
    else:
        last = [line for line in (*done.stdout.splitlines(), *done.stderr.splitlines()) if line.strip()][-1:]
        said = (
            f"Airflow did not add it ({last[0].strip() if last else f'exit code {done.returncode}'}); does "
            "`airflow connections list` work here?"
        )
    raise AAMConfigError.from_problems(f"Adding the Connection {conn_id!r}", [said])
