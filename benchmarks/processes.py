"""Processes of a benchmark: the emulator, and one client at a time that reports on itself."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from airflow_provider_aam.emulator import EmulatorControl

REPOSITORY = Path(__file__).parent.parent
CLIENTS = Path("benchmarks/clients")
PEERS_PYTHON = Path(os.environ.get("AAM_PEERS_PYTHON", REPOSITORY / ".venv-peers/bin/python"))
CLIENT_TIMEOUT_S = 900


@dataclass(frozen=True, kw_only=True)
class Measured:
    """``seconds`` of the work alone: imports are over and the token is there. ``peak_mib`` of the whole process."""

    seconds: float
    peak_mib: float
    count: int


@contextmanager
def emulator_process() -> Iterator[EmulatorControl]:
    """The emulator in a process of its own, empty."""
    command = [Path(sys.executable).with_name("airflow-aam"), "emulator", "--port", "0", "--seed", "empty"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        address = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
        assert address is not None, "the emulator printed no address"
        yield EmulatorControl(address.group())
    finally:
        process.terminate()
        process.wait(timeout=30)


@contextmanager
def earlier_checkout(commit: str) -> Iterator[Path]:
    """The repository as it was at ``commit``. Raises ``CalledProcessError`` where a shallow clone lacks it."""
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "archive.tar"
        subprocess.run(["git", "archive", "--output", str(archive), commit], cwd=REPOSITORY, check=True)
        with tarfile.open(archive) as tar:
            tar.extractall(folder, filter="data")
        yield Path(folder)


def run_client(
    name: str,
    options: dict[str, Any],
    *,
    python: Path | str = sys.executable,
    checkout: Path = REPOSITORY,
    timeout_s: float = CLIENT_TIMEOUT_S,
) -> Measured:
    """Run ``clients/<name>.py`` with ``options`` as JSON; its last line of output is its report.

    ``checkout`` holds the client and the package that it runs with.
    """
    clients = checkout / CLIENTS
    command = [str(python), "-W", "ignore", str(clients / f"{name}.py"), json.dumps(options)]
    path = os.pathsep.join([str(clients), str(checkout)])
    environment = {**os.environ, "PYTHONPATH": path, "TZ": "UTC", "NO_PROXY": "127.0.0.1"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=timeout_s, check=False)
    if done.returncode:
        raise RuntimeError(f"{name} failed:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
    return Measured(**json.loads(done.stdout.splitlines()[-1]))


def best(times: int, run: Callable[[], Measured]) -> Measured:
    return min((run() for _ in range(times)), key=lambda measured: measured.seconds)


def table_row(*cells: object) -> str:
    """Also printed at once, for whoever watches."""
    line = f"| {' | '.join(map(str, cells))} |"
    print(line, file=sys.stderr, flush=True)
    return line
