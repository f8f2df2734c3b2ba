"""Operations through the Customer Data API: full requests, as many at once as allowed, and nothing lost in trouble."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from airflow_provider_aam.api.stream import LARGEST_BODY_BYTES
from airflow_provider_aam.emulator import EmulatorControl
from airflow_provider_aam.stream.operations import Form, Rows
from benchmarks.processes import best, emulator_process, run_client, table_row

ANSWERER = Path(__file__).with_name("answerer.py")
OPERATIONS = 100_000
LATENCY_S = 0.1
CASES = ((100_000, 2, False), (1_000, 2, False), (10_000, 4, False), (10_000, 8, False), (10_000, 4, True))
"""Users, requests at once, and whether there is trouble."""
GOAL = 1.3
GOAL_REQUESTS = 1.02
ROUTE = "POST /stream/{streamId}"
# Kind, details, how often, and after how many requests.
TROUBLE: tuple[tuple[str, dict[str, Any], int, int], ...] = (
    ("status", {"status": 429, "retry_after": 0}, 5, 10),
    ("status", {"status": 503}, 5, 30),
    ("server_error_after", {"status": 500}, 5, 50),
    ("reset_before", {}, 5, 70),
    ("reset_after", {}, 5, 90),
    ("failed_operations", {"code": 0, "every": 7}, 10, 110),
    ("failed_operations", {"code": 200, "every": 100, "status": "BAD_REQUEST"}, 2, 130),
)

HEAD = f"""\
## Streaming

{OPERATIONS:,} operations, one in five of which deletes, in random order of users; {LATENCY_S * 1000:.0f} ms latency.
*Full* is ⌈bytes ÷ {LARGEST_BODY_BYTES:,}⌉ requests, *floor* latency × requests ÷ how many
are under way at once. Without trouble a server that only answers (`benchmarks/answerer.py`) takes the requests.
With *trouble* it is the emulator, which needs 9 ms of the same cores for each, one after the other.
*Trouble* scripts 429, 503, errors and resets before and after the work, operations that fail and requests that are
refused because of some. *Reordered* counts users whose operations were taken in, the last time that they were, in
another order than that of the rows.

| Users | At once | Trouble | Seconds | Floor | Ratio | Goal | Requests | Full | Ratio | Goal | Lost | Reordered |
|---|---|---|---|---|---|---|---|---|---|---|---|---|"""


def streams() -> list[str]:
    with emulator_process() as emulator, _answerer() as answerer, tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.jsonl"
        return [HEAD, *(_row(emulator, None if case[2] else answerer, path, *case[:2]) for case in CASES), ""]


@contextmanager
def _answerer() -> Iterator[str]:
    command = [sys.executable, str(ANSWERER), str(LATENCY_S)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.terminate()


def _row(emulator: EmulatorControl, answerer: str | None, path: Path, users: int, at_once: int) -> str:
    """Without an ``answerer`` the emulator takes the requests, in trouble."""
    troubled = answerer is None
    rows = _rows(users)
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))

    def run() -> Any:
        emulator.reset("empty")
        source = emulator.add("data_sources", {"name": "CRM"})["dataSourceId"]
        emulator.configure(latency_s=LATENCY_S)
        if answerer:
            _bodies(answerer)
        for kind, details, times, skip in TROUBLE if troubled else ():
            emulator.trouble(ROUTE, kind, times=times, skip=skip, **details)
        stream_url = answerer or emulator.url
        connection = emulator.connection("oauth_server_to_server", max_concurrency=at_once, stream_url=stream_url)
        return run_client("ours_stream", {"connection": connection, "path": str(path), "data_source": source})

    measured = best(1 if troubled else 3, run)
    assert measured.count == OPERATIONS
    bodies = _bodies(answerer) if answerer else []
    taken = [{"done": True, **each} for body in bodies for each in body["ops"]] if answerer else emulator.streamed
    full = -(-_bytes(rows, taken[0]["identities"][0]["dataSourceId"]) // LARGEST_BODY_BYTES)
    sent = len(bodies) if answerer else emulator.count(ROUTE)
    floor_s = LATENCY_S * sent / at_once
    lost, reordered = _faults(rows, taken)
    goals = ("", "") if troubled else (GOAL, GOAL_REQUESTS)
    return table_row(
        f"{users:,}",
        at_once,
        "yes" if troubled else "no",
        f"{measured.seconds:.2f} s",
        f"{floor_s:.2f} s",
        f"{measured.seconds / floor_s:.2f}",
        goals[0],
        sent,
        full,
        f"{sent / full:.3f}",
        goals[1],
        lost,
        reordered,
    )


def _bodies(answerer: str) -> list[dict[str, Any]]:
    """Those of the requests since the last call."""
    return [json.loads(line) for line in requests.get(answerer, timeout=60).text.splitlines()]


def _rows(users: int) -> list[dict[str, Any]]:
    """Each has a trait of its own, by which it is known again."""
    chance = random.Random(users)
    operations = ("append", "append", "append", "append", "delete")
    return [
        {"user": f"crm-{chance.randrange(users):08}", "operation": operations[number % 5], "trait": 10_000_000 + number}
        for number in range(OPERATIONS)
    ]


def _bytes(rows: list[dict[str, Any]], source: int) -> int:
    form = Form(identity={"dataSourceId": source}, room=LARGEST_BODY_BYTES)
    operations, _ = form.read(Rows("", range(len(rows)), rows, rows))
    return sum(len(each.wire) + 1 for each in operations)


def _faults(rows: list[dict[str, Any]], taken: list[dict[str, Any]]) -> tuple[int, int]:
    """How many operations were not taken in, and how many users have theirs in another order."""
    last = {each["traitInput"]["traitIds"][0]: number for number, each in enumerate(taken) if each["done"]}
    by_user = defaultdict(list)
    for row in rows:
        by_user[row["user"]].append(last.get(row["trait"], -1))
    lost = sum(number < 0 for numbers in by_user.values() for number in numbers)
    return lost, sum(numbers != sorted(numbers) for numbers in by_user.values())
