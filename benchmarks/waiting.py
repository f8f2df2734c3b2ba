"""A thousand deferred sensors in one triggerer: what they take, what they ask, and what a killed triggerer loses."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from airflow_provider_aam.emulator import EmulatorControl
from benchmarks.processes import emulator_process, table_row
from benchmarks.triggerer import Home, Load

TASKS = 1_000
POLL_S = 10
WATCH_S = 60
AT_LEAST = 10**9
"""More than any population that the emulator makes up."""
ONE_LIST = "GET /v1/segments"
ACCOUNTS = (1_000, 20_000)

HEAD = f"""\
## A thousand deferred sensors

{TASKS:,} `AAMPopulationSensor`s, each for a segment of its own, deferred in one triggerer of Airflow 3.3 (capacity
raised); polls every {POLL_S} s. The same number of Airflow's own `DateTimeTrigger`s is the measure for memory (PSS of
the triggerer's processes; goal: 1.5). *Lag* is how late the loop is for whoever comes at any moment of {WATCH_S} s
(goal for p99: 100 ms). *Polls* are complete lists of the account's segments, of which {WATCH_S // POLL_S} are due.

| Triggers | Segments | Lag p99 | Longest | Memory | Ratio | Polls | Requests of one | Token exchanges |
|---|---|---|---|---|---|---|---|---|"""

KILLS_HEAD = """\

All populations pass their bounds while triggerers are killed with SIGKILL and others go on.

| Killed | Tasks | Woken | Lost | Woken twice | Seconds |
|---|---|---|---|---|---|"""


def waiting() -> list[str]:
    with emulator_process() as emulator:
        emulator.seed(segments=TASKS)
        base = _load_of_datetimes(emulator)
        rows = [_row("`DateTimeTrigger`", base, base)]
        rows += [_ours(emulator, segments, base) for segments in ACCOUNTS]
        return [HEAD, *rows, KILLS_HEAD, _killed(emulator), ""]


def _home(folder: str, emulator: EmulatorControl, triggers: str) -> Home:
    sids = [int(row["sid"]) for row in emulator.objects("segments")[:TASKS]]
    connection = emulator.connection_json("oauth_server_to_server")
    return Home(Path(folder), sids, connection, triggers=triggers, at_least=AT_LEAST, poll_interval=POLL_S)


def _load_of_datetimes(emulator: EmulatorControl) -> Load:
    with tempfile.TemporaryDirectory() as folder:
        home = _home(folder, emulator, "datetime")
        with home.triggerer() as group:
            home.await_all()
            return home.load(group, WATCH_S)


def _ours(emulator: EmulatorControl, segments: int, base: Load) -> str:
    emulator.reset("empty")
    emulator.seed(segments=segments)
    with tempfile.TemporaryDirectory() as folder:
        home = _home(folder, emulator, "ours")
        emulator.clear_stats()
        with home.triggerer() as group:
            home.await_all()
            home.wait_until(lambda: emulator.count(ONE_LIST) > 0, "the first poll")
            before = emulator.count(ONE_LIST)
            load = home.load(group, WATCH_S)
            pages = emulator.count(ONE_LIST) - before
            each = -(-segments // 1_000)
            return _row("ours", load, base, f"{segments:,}", f"{pages / each:.1f}", each, _exchanges(emulator))


def _exchanges(emulator: EmulatorControl) -> int:
    return sum("/ims/" in request["path"] for request in emulator.requests)


def _row(name: str, load: Load, base: Load, *asked: object) -> str:
    segments, *rest = asked or ("", "", "", "")
    return table_row(
        name,
        segments,
        f"{load.lag_p99_s * 1000:.0f} ms",
        f"{load.lag_most_s * 1000:.0f} ms",
        f"{load.memory_mib:.0f} MiB",
        f"{load.memory_mib / base.memory_mib:.2f}",
        *rest,
    )


def _killed(emulator: EmulatorControl) -> str:
    """The first triggerer dies while all wait, the second as soon as it has woken some."""
    emulator.reset("empty")
    emulator.seed(segments=TASKS)
    with tempfile.TemporaryDirectory() as folder:
        home = _home(folder, emulator, "ours")
        with home.triggerer():
            home.await_all()
            home.wait_until(lambda: emulator.count(ONE_LIST) > 0, "the first poll")
        for segment in emulator.objects("segments"):
            emulator.set_metrics(segment["sid"], {"totalUniques30Day": AT_LEAST})
        with home.triggerer():
            home.wait_until(lambda: bool(home.woken()), "the first task is woken")
        early = len(home.woken())
        began = time.monotonic()
        with home.triggerer():
            home.wait_until(lambda: home.states()["scheduled"] == TASKS, "all tasks are woken")
            seconds = time.monotonic() - began
            time.sleep(POLL_S)
        woken, lost = home.woken(), TASKS - home.states()["scheduled"]
        twice = sum(times > 1 for times in woken.values())
        return table_row(
            "twice", f"{TASKS:,}", f"{early:,}, then {len(woken) - early:,}", lost, twice, f"{seconds:.0f}"
        )
