"""PostgreSQL of the distribution, on loopback, until the test ends. Needs demo/ on the path."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from local_airflow import free_port, stop, wait_until

START_TIMEOUT_S = 300
_PROGRAMS = os.pathsep.join(
    [*sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")), reverse=True), os.environ["PATH"]]
)


def find_program(name: str) -> str | None:
    return shutil.which(name, path=_PROGRAMS)


@contextmanager
def running_postgres(**settings: str) -> Iterator[str]:
    """The address of its database, without a driver. PostgreSQL refuses to run as root; its package has a user."""
    programs = {name: find_program(name) for name in ("initdb", "postgres", "pg_isready")}
    assert all(programs.values()), "PostgreSQL is missing: apt-get install postgresql"
    owner: Mapping[str, Any] = {}
    if os.geteuid() == 0:
        owner = {"user": "postgres", "group": "postgres", "extra_groups": []}
    folder = Path(tempfile.mkdtemp(prefix="aam-postgres-"))
    if owner:
        shutil.chown(folder, "postgres", "postgres")
    try:
        create = [programs["initdb"], "--pgdata", folder, "--username", "airflow", "--auth", "trust", "--no-sync"]
        subprocess.run(create, check=True, stdout=subprocess.DEVNULL, cwd=folder, **owner)
        port = free_port()
        given = {"fsync": "off", **settings}
        serve = [programs["postgres"], "-D", folder, "-p", str(port), "-k", "", "-h", "127.0.0.1"]
        serve += [part for name, value in given.items() for part in ("-c", f"{name}={value}")]
        log = folder / "log"
        with log.open("wb") as output:
            server = subprocess.Popen(
                serve, cwd=folder, stdout=output, stderr=subprocess.STDOUT, start_new_session=True, **owner
            )
        try:
            asked = [programs["pg_isready"], "--quiet", "--host", "127.0.0.1", "--port", str(port)]
            ready = lambda: subprocess.run(asked, check=False).returncode == 0  # noqa: E731
            wait_until(ready, f"PostgreSQL; see {log}", timeout_s=START_TIMEOUT_S)
            yield f"postgresql://airflow@127.0.0.1:{port}/postgres"
        finally:
            stop(server)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
