"""Deferred sensors in a real triggerer, which is killed while they wait."""

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
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from feed_place import FeedPlace
from inbound_place import BATCH, InboundPlace
from outbound_place import OutboundPlace
from real_triggerer import home_of_its_own, running_triggerer

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
PATIENCE_S = 300
WORDS = ("processed", "duplicate", "late", "missing", "rejected", "partial")
"""What becomes of files, each with a batch of its own."""


@pytest.fixture
def place(emulator, tmp_path) -> InboundPlace:
    """Files are picked up and reported at once, unless they are told to wait."""
    folder = tmp_path / "inbound"
    folder.mkdir()
    found = InboundPlace(folder, emulator)
    emulator.configure(inbound_every_s=0, inbound_report_after_s=0)
    return found


class Airflow:
    """A home of its own, with the DAG of the sensors: a process for its tasks, and triggerers."""

    def __init__(self, home: Path, place: InboundPlace, sensors: dict[str, Any]) -> None:
        self.home, self.dag = home, home / "dags" / "waiting_dag.py"
        self.dag.parent.mkdir(parents=True)
        self.dag.with_suffix(".json").write_text(json.dumps(sensors))
        shutil.copyfile(HERE / "waiting_dag.py", self.dag)
        self._environment = home_of_its_own(home, self.dag.parent, place.connection())
        self._log = (home / "tasks.log").open("wb")
        self._tasks = subprocess.Popen(
            [sys.executable, str(HERE / "deferred_tasks.py"), str(self.dag), "waiting"],
            env=self._environment,
            start_new_session=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
        )

    def close(self) -> None:
        os.killpg(self._tasks.pid, signal.SIGKILL)
        self._tasks.communicate()
        self._log.close()

    def say(self, word: str) -> dict[str, str]:
        """The tasks' states, after those that can be run were run (``run``), or as they are (``look``)."""
        assert self._tasks.stdin
        assert self._tasks.stdout
        self._tasks.stdin.write(f"{word}\n".encode())
        self._tasks.stdin.flush()
        for line in self._tasks.stdout:
            if line.startswith(b"states: "):
                return dict(json.loads(line.removeprefix(b"states: ")))
        raise AssertionError(self.log())

    def wait_for(self, expected: dict[str, str]) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while (found := self.say("look")) != expected:
            assert time.monotonic() < deadline, f"{found}\n{self.log()}"
            time.sleep(0.2)

    def triggerer(self) -> AbstractContextManager[None]:
        return running_triggerer(self._environment, self._log)

    def log(self) -> str:
        logs = [self.home / "tasks.log", *(self.home / "logs").rglob("*.log")]
        return "\n".join(path.read_text(errors="replace") for path in logs)


@pytest.fixture
def airflow(tmp_path, place) -> Iterator[Callable[..., Airflow]]:
    started: list[Airflow] = []

    def start(**sensors: Any) -> Airflow:
        started.append(Airflow(tmp_path / "airflow", place, sensors))
        return started[-1]

    yield start
    for each in started:
        each.close()


def test_sensors_survive_their_triggerer(place, airflow):
    emulator = place.emulator

    def name_of(word: str) -> str:
        return f"ftp_dpm_{place.source}_{BATCH + WORDS.index(word)}.sync.gz"

    def push(*words: str, hours_ago: float = 0) -> dict[str, Any]:
        place.names = [*map(name_of, words)]
        place.send()
        return {"receipt": place.receipt(sent_hours_ago=hours_ago)}

    later = [name_of("processed"), name_of("late")]
    emulator.configure(
        inbound_ignored=[*later, name_of("missing")],
        inbound_rejected=[name_of("rejected")],
        inbound_failing={"formatErrors": 0.1},
    )
    sensors = {
        "good": push("processed", "duplicate"),
        "late": push("late", hours_ago=25),
        "bad": push("missing", "rejected", "partial", hours_ago=49) | {"max_errors": {"format_errors": 0}},
    }
    emulator.advance(5)
    place.send(name_of("duplicate"))
    emulator.advance(5)
    rows = [row["dataFileName"] for row in emulator.objects("inbound_history")]
    assert sorted(rows) == sorted([*map(name_of, ("duplicate", "duplicate", "partial"))])
    air = airflow(**sensors)
    assert air.say("run") == {"good": "deferred", "late": "deferred", "bad": "failed"}
    assert air.say("links") == dict.fromkeys(("good", "late", "bad"), f"file://{place.folder}")
    with air.triggerer():
        air.wait_for({"good": "deferred", "late": "deferred", "bad": "failed"})
    emulator.configure(inbound_ignored=[])
    with air.triggerer():
        air.wait_for({"good": "scheduled", "late": "scheduled", "bad": "failed"})
    assert air.say("run") == {"good": "success", "late": "success", "bad": "failed"}
    assert set(air.say("links").values()) == {f"file://{place.folder}"}
    log = air.log()
    assert log.count("AAM is late:") == 1
    assert "as it should: 1 partial, 1 rejected, 1 missing." in log
    assert re.search(rf"{name_of('duplicate')}\W+(?:state\W+)?duplicate", log)
    assert emulator.credentials.client_secret not in log


def test_deliveries_are_waited_for_past_the_end_of_a_triggerer(emulator, tmp_path, airflow, monkeypatch):
    outbound, feed = OutboundPlace(tmp_path / "outbound", emulator), FeedPlace(tmp_path, emulator)
    database = {"conn_type": "sqlite", "host": str(tmp_path / "ledger.db")}
    monkeypatch.setenv("AIRFLOW_CONN_LEDGER", json.dumps(database))
    quiet = outbound.deliver(mode="full", info="none", every_s=0)["files"]
    hour_ago = time.time() - 3600
    os.utime(outbound.folder / quiet[0], (hour_ago, hour_ago))
    slow = outbound.deliver(mode="iter", info="first", splits=2, every_s=3600)
    day = f"{datetime.fromtimestamp(int(slow['batch'].rpartition('_')[2]) / 1000, UTC):%Y-%m-%d}"
    past, passed = "2026-01-01T00:00:00Z", {"soft_deadline": "2026-01-01T00:00:00Z"}
    later = {"hard_deadline": "2999-01-01T00:00:00Z"}
    sensors = {
        "quiet": outbound.arguments(day=day, sync_mode="full", **later),
        "late": outbound.arguments(day=day, sync_mode="iter", info="required", **passed, **later),
        "bad": outbound.arguments(day="2025-12-25", **passed, hard_deadline=past),
        "hours": feed.arguments(ledger="aam_feed_ledger", ledger_conn_id="ledger", **later),
    }
    air = airflow(**sensors)
    assert air.say("run") == {"quiet": "success", "late": "deferred", "bad": "failed", "hours": "deferred"}
    with air.triggerer():
        air.wait_for({"quiet": "success", "late": "deferred", "bad": "failed", "hours": "deferred"})
    (hour,) = feed.deliver(hours_ago=30)
    emulator.advance(2 * 3600)
    with air.triggerer():
        air.wait_for({"quiet": "success", "late": "scheduled", "bad": "failed", "hours": "scheduled"})
    assert air.say("run") == {"quiet": "success", "late": "success", "bad": "failed", "hours": "success"}
    log = air.log()
    assert log.count("AAM is late:") == 1
    assert f"{slow['batch']}001.sync.gz” is not there" in log
    assert "The outbound delivery of 2025-12-25 was not complete by 2026-01-01 00:00 UTC" in log
    with sqlite3.connect(tmp_path / "ledger.db") as ledger:
        ((owner, claim),) = ledger.execute("SELECT owner, claim FROM aam_feed_ledger")
    assert (owner.split("/")[0], owner.split("/")[-2:]) == ("waiting", ["hours", "-1"])
    assert hour in claim
    assert emulator.credentials.client_secret not in log
