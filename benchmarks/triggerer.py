"""An Airflow home with deferred tasks, and triggerers that run their triggers: what they take, and what they do."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.clients.loop_lag import EVERY_S
from benchmarks.processes import CLIENTS, REPOSITORY

PATIENCE_S = 300
COUNT_WAKING = """\
CREATE TABLE woken (map_index INTEGER);
CREATE TRIGGER waking AFTER UPDATE OF state ON task_instance WHEN NEW.task_id = 'wait' AND NEW.state = 'scheduled'
BEGIN INSERT INTO woken VALUES (NEW.map_index); END;
"""


@dataclass(frozen=True, kw_only=True)
class Load:
    """``lag_p99_s`` of the loop as whoever comes at any moment finds it, ``memory_mib`` of all its processes (PSS)."""

    lag_p99_s: float
    lag_most_s: float
    memory_mib: float


class Home:
    def __init__(self, folder: Path, sids: Sequence[int], connection: str, **given: Any) -> None:
        self._folder, self._tasks = folder, len(sids)
        self._lag = folder / "lag.txt"
        self._database = folder / "airflow.db"
        dag = folder / "dags/waiting_dag.py"
        dag.parent.mkdir(parents=True)
        shutil.copyfile(REPOSITORY / CLIENTS / dag.name, dag)
        self._environment = os.environ | {
            "AIRFLOW_HOME": str(folder),
            "AIRFLOW__CORE__DAGS_FOLDER": str(dag.parent),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "false",
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{self._database}",
            "AIRFLOW__TRIGGERER__CAPACITY": str(2 * len(sids)),
            "AIRFLOW__TRIGGERER__JOB_HEARTBEAT_SEC": "1",
            "AIRFLOW__TRIGGERER__TRIGGERER_HEALTH_CHECK_THRESHOLD": "5",
            "AIRFLOW__LOGGING__COLORED_CONSOLE_LOG": "false",
            "AIRFLOW_CONN_AAM_DEFAULT": connection,
            "WAITING_TASKS": str(len(sids)),
            "PYTHONPATH": os.pathsep.join([str(REPOSITORY / CLIENTS), str(REPOSITORY)]),
        }
        options = {**given, "sids": [*sids], "dag": str(dag), "lag": str(self._lag)}
        self._run(str(REPOSITORY / CLIENTS / "defer_tasks.py"), json.dumps(options))
        with closing(sqlite3.connect(self._database, timeout=30)) as database:
            database.executescript(COUNT_WAKING)

    def _run(self, *command: str) -> None:
        done = subprocess.run(
            [sys.executable, "-W", "ignore", *command],
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{command[0]} failed:\n{done.stderr[-4000:]}")

    @contextmanager
    def triggerer(self) -> Iterator[int]:
        """Its process group. Killed in the end, as by the kernel: it can clean up nothing."""
        self._lag.unlink(missing_ok=True)
        with (self._folder / "triggerer.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "airflow", "triggerer", "--skip-serve-logs"],
                env=self._environment,
                start_new_session=True,
                stdout=log,
                stderr=log,
            )
        try:
            yield process.pid
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def await_all(self) -> None:
        """Until all triggers are in the loop."""
        self.wait_until(lambda: any(tasks > self._tasks for _, _, tasks in self._samples()[-1:]), "triggers begin")

    def wait_until(self, met: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not met():
            if time.monotonic() > deadline:
                raise TimeoutError(f"{what}: not in {PATIENCE_S} s\n{self._logged()[-4000:]}")
            time.sleep(0.1)

    def states(self) -> Counter[str]:
        """Of the tasks that wait."""
        return Counter(state for (state,) in self._query("SELECT state FROM task_instance WHERE task_id = 'wait'"))

    def load(self, group: int, seconds: float) -> Load:
        since = time.time()
        time.sleep(seconds)
        lags = sorted(
            lag for moment, measured, _ in self._samples() if moment >= since for lag in _met_by_others(measured)
        )
        return Load(lag_p99_s=lags[int(len(lags) * 0.99)], lag_most_s=lags[-1], memory_mib=_memory_mib(group))

    def woken(self) -> Counter[int]:
        """How often each of the tasks that wait was woken, by its map index."""
        return Counter(number for (number,) in self._query("SELECT map_index FROM woken"))

    def _query(self, statement: str) -> list[Any]:
        with closing(sqlite3.connect(self._database, timeout=30)) as database:
            return database.execute(statement).fetchall()

    def _samples(self) -> list[tuple[float, float, int]]:
        if not self._lag.exists():
            return []
        lines = self._lag.read_text().splitlines(keepends=True)
        parts = [line.split() for line in lines if line.endswith("\n") and not line.startswith("#")]
        return [(float(moment), float(lag), int(tasks)) for moment, lag, tasks in parts]

    def _logged(self) -> str:
        return (self._folder / "triggerer.log").read_text(errors="replace")


def _met_by_others(lag_s: float) -> Iterator[float]:
    """A long lag is one sample, but meets everybody who would have come meanwhile."""
    while lag_s > 0:
        yield lag_s
        lag_s -= EVERY_S


def _memory_mib(group: int) -> float:
    total = 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if os.getpgid(int(process.name)) == group:
                rollup = (process / "smaps_rollup").read_text()
                total += int(re.findall(r"^Pss:\s+(\d+) kB", rollup, re.MULTILINE)[0])
        except (FileNotFoundError, ProcessLookupError):
            continue  # it has ended
    return total / 1024
