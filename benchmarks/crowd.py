"""A server that takes a number of requests at once, which it tells nobody: what does it cost to find the number?"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from airflow_provider_aam.emulator import EmulatorControl
from benchmarks.processes import REPOSITORY, Measured, emulator_process, run_client, table_row

NUMBERS = (1, 3, 7, 20)
LATENCY_S = 0.1
ROUNDS = 50
"""How many answers one of the places gives."""
GOAL = 1.5

HEAD = f"""\
## A hidden limit

A gateway in front of the emulator refuses with 429 what is one too many at once, with and without `Retry-After: 1`. The
same client with that number as its `max_concurrency` knows what ours has to find. {LATENCY_S * 1000:.0f} ms latency,
{ROUNDS}
requests a place.

| At once | Retry-After | Pull | Who knows | Ratio | Creation | Who knows | Ratio | Goal |
|---|---|---|---|---|---|---|---|---|"""


def crowds() -> list[str]:
    with emulator_process() as emulator:
        return [HEAD, *(_row(emulator, most, asked) for most in NUMBERS for asked in ("", "1")), ""]


def _row(emulator: EmulatorControl, most: int, asked: str) -> str:
    cells: list[str] = []
    for job in ("pull", "create"):
        finds, knows = (_run(emulator, most, asked, job, known) for known in (None, most))
        cells += [f"{finds.seconds:.2f} s", f"{knows.seconds:.2f} s", f"{finds.seconds / knows.seconds:.2f}"]
    return table_row(most, asked and f"{asked} s", *cells, GOAL)


def _run(emulator: EmulatorControl, most: int, asked: str, job: str, known: int | None) -> Measured:
    requests = ROUNDS * most
    emulator.reset("empty")
    if job == "pull":
        emulator.seed(segments=10 * requests)
    extra = {"ims_url": emulator.url} | ({} if known is None else {"max_concurrency": known})
    with _gateway(emulator, most, asked) as url:
        connection = emulator.connection("jwt", **extra) | {"host": url}
        measured = run_client("ours_crowd", {"connection": connection, "job": job, "requests": requests})
    assert measured.count == len(emulator.objects("segments" if job == "pull" else "data_sources"))
    return measured


@contextmanager
def _gateway(emulator: EmulatorControl, most: int, asked: str) -> Iterator[str]:
    command = [sys.executable, str(REPOSITORY / "tests/crowd.py"), emulator.url, str(most), str(LATENCY_S), asked]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait(timeout=30)
