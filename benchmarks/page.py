"""The page in Airflow's UI for a large account: how soon does it answer, and how soon is it seen?"""

from __future__ import annotations

import gzip
import json
import statistics
import tempfile
import time
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from benchmarks.processes import REPOSITORY, run_client, table_row
from tests.page_server import Server, running_api_server
from tests.ui.account_files import fill

SEGMENTS, TRAITS = 20_000, 12_000
UI_PYTHON = REPOSITORY / ".venv-ui/bin/python"
CONNECTION = json.dumps({"conn_type": "aam", "login": "id", "password": "secret"})
API = "/aam/api/connections/aam_default"
ROUNDS = 4

HEAD = f"""\
## The page

A real API server, {SEGMENTS:,} segments and {TRAITS:,} traits in the page's folder. *Answers* are those of the page's
API to one user: pages of the list, sorted in every way and searched, and the overview. *First paint* is from the end of
the bundle's download to the overview on the screen, in headless Chromium, best of 3 (needs `.venv-ui`).

| What | Measured | Goal |
|---|---|---|"""


def pages() -> list[str]:
    bundle = files("airflow_provider_aam.ui").joinpath("main.js").read_bytes()
    rows = [HEAD, table_row("bundle, gzipped", f"{len(gzip.compress(bundle)) / 1000:.1f} kB", "60 kB")]
    with tempfile.TemporaryDirectory() as folder:
        fill(Path(folder) / "page/aam_default", segments=SEGMENTS, traits=TRAITS)
        options = {"AIRFLOW__AAM__UI_FOLDER": str(Path(folder) / "page")}
        with running_api_server(Path(folder) / "airflow", {"aam_default": CONNECTION}, options) as server:
            rows += [_answers(server), _first_paint(server)]
    return [*rows, ""]


def _answers(server: Server) -> str:
    token = server.token("olga")
    took = []
    for path in [*_paths()] * ROUNDS:
        began = time.perf_counter()
        server.get(path, token).raise_for_status()
        took.append(time.perf_counter() - began)
    median, p95 = statistics.median(took), statistics.quantiles(took, n=20)[-1]
    return table_row(f"{len(took)} answers", f"median {median * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms", "p95 150 ms")


def _paths() -> Iterator[str]:
    for sort in ("population", "change", "name"):
        for period in (7, 90):
            for descending in ("true", "false"):
                for search, offset in (("", 0), ("checkout", 50), ("", 19_000)):
                    asked = f"sort={sort}&period={period}&descending={descending}&search={search}&offset={offset}"
                    yield f"{API}/populations/segments?{asked}"
    yield from [API] * 10


def _first_paint(server: Server) -> str:
    if not UI_PYTHON.exists():
        return table_row("first paint", "not measured: no `.venv-ui`", "1 s")
    measured = [run_client("first_paint", {"url": server.url}, python=UI_PYTHON) for _ in range(3)]
    return table_row("first paint", f"{min(each.seconds for each in measured) * 1000:.0f} ms", "1,000 ms")
