"""Watchers in a real triggerer, which is killed between what they see."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import Any

import pytest
from real_triggerer import home_of_its_own, running_triggerer

from airflow_provider_aam.compat import AIRFLOW_V_3_0_PLUS
from airflow_provider_aam.triggers.watching import SETTLE_S

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not AIRFLOW_V_3_0_PLUS, reason="Airflow 2 has no watchers"),
]
PATIENCE_S = 300
ONE = "GET /v1/segments/{sid}"
PLAN = "GET /v1/users/self"
TRAIT = {"name": "One", "integrationCode": "one", "traitType": "ON_BOARDED_TRAIT"}


class Watching:
    """An Airflow that knows the DAG, and no more: what it runs are triggerers."""

    def __init__(self, home: Path, emulator: Any) -> None:
        emulator.seed(segments=1)
        self._emulator, self._home = emulator, home
        self.sid = int(emulator.objects("segments")[0]["sid"])
        dags, catalog = home / "dags", home / "traits.json"
        dags.mkdir(parents=True)
        ours = emulator.add("data_sources", {"name": "Ours", "integrationCode": "ours"})
        self._place = {"dataSourceId": ours["dataSourceId"], "folderId": 0}
        emulator.add("traits", {**TRAIT, **self._place})
        catalog.write_text(json.dumps([{**TRAIT, "dataSource": "ours", "folder": "/"}]))
        shutil.copy(Path(__file__).with_name("watching_dag.py"), dags)
        connection = emulator.connection_json("oauth_server_to_server")
        self._environment = home_of_its_own(home, dags, connection) | {
            "WATCHED_SID": str(self.sid),
            "WATCHED_CATALOG": f"file://{catalog}",
        }
        self._log = (home / "log.txt").open("wb")
        # An Asset's watchers count from the second time that its DAG is read.
        for command in (["db", "migrate"], ["dags", "reserialize"], ["dags", "reserialize"]):
            airflow = [sys.executable, "-m", "airflow", *command]
            subprocess.run(airflow, env=self._environment, check=True, stdout=self._log, stderr=self._log)

    def close(self) -> None:
        self._log.close()

    def triggerer(self) -> AbstractContextManager[None]:
        return running_triggerer(self._environment, self._log)

    def grow(self, population: int) -> None:
        self._emulator.set_metrics(self.sid, {"totalUniques30Day": population})

    def drift(self) -> None:
        """A trait that the catalog does not hold."""
        self._emulator.add("traits", {**TRAIT, **self._place, "name": "Two", "integrationCode": "two"})

    def look(self) -> None:
        """Two more polls: the first may have begun before what is to be seen."""
        seen = {route: self._emulator.count(route) for route in (ONE, PLAN)}
        self._wait_until(lambda: all(self._emulator.count(route) >= count + 3 for route, count in seen.items()))

    def events(self) -> list[int | str]:
        """The populations and differences that were told, in order."""
        with closing(sqlite3.connect(self._home / "airflow.db", timeout=30)) as database:
            rows = database.execute("SELECT extra FROM asset_event ORDER BY id").fetchall()
        payloads = [json.loads(extra)["payload"] for (extra,) in rows]
        return [each for payload in payloads for each in payload.get("differences", [payload.get("value")])]

    def await_events(self, *expected: int | str) -> None:
        self._wait_until(lambda: len(self.events()) >= len(expected))
        assert sorted(map(str, self.events())) == sorted(map(str, expected))

    def _wait_until(self, met: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not met():
            assert time.monotonic() < deadline, (self._home / "log.txt").read_text(errors="replace")[-6000:]
            time.sleep(0.2)


@pytest.fixture
def watching(emulator, tmp_path) -> Iterator[Watching]:
    found = Watching(tmp_path / "airflow", emulator)
    yield found
    found.close()


EXTRA = "- trait ours/two “Two”"


def test_what_happens_is_told_once_whoever_dies(watching):
    watching.grow(900)
    with watching.triggerer():
        watching.look()
    watching.grow(1001)  # while nobody looks
    watching.drift()
    with watching.triggerer():
        watching.await_events(1001, EXTRA)
        time.sleep(SETTLE_S + 1)
        watching.look()
    with watching.triggerer():  # it is told already
        watching.look()
        watching.grow(900)
        watching.look()
        watching.grow(1002)
        watching.await_events(1001, EXTRA, 1002)
