"""`make bench`: run everything, print it, write benchmarks/RESULTS.md; `ONLY=pull` measures one part of that again.

Every comparison is a ratio of two measurements of one run on one machine, best of several where a run is short.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from airflow_provider_aam import __version__
from benchmarks.catalog import catalogs
from benchmarks.crowd import crowds
from benchmarks.deliveries import deliveries
from benchmarks.members import members
from benchmarks.page import pages
from benchmarks.processes import best, run_client
from benchmarks.pull import pulls
from benchmarks.push import pushes
from benchmarks.stream import streams
from benchmarks.tables import tables
from benchmarks.waiting import waiting

RESULTS = Path(__file__).with_name("RESULTS.md")
DAGS_IMPORT = (
    "operators.pull",
    "operators.push",
    "operators.members",
    "operators.stream",
    "operators.feeds",
    "sensors.inbound",
    "triggers.watchers",
)
HAVE_PLUGINS = (
    "airflow.jobs.scheduler_job_runner",
    "airflow.sdk.execution_time.task_runner",
    "airflow.dag_processing.processor",
)
"""What scheduler, worker and DAG processor are made of: each loads the plugin."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parts: dict[str, Callable[[], list[str]]] = {
        "imports": imports,
        "pull": pulls,
        "push": pushes,
        "crowd": crowds,
        "catalog": catalogs,
        "members": members,
        "deliveries": deliveries,
        "stream": streams,
        "waiting": waiting,
        "page": pages,
        "sql": tables,
    }
    parser.add_argument("--only", choices=[*parts], help="measure one part again")
    only = parser.parse_args().only
    sections = {} if only is None else _sections(RESULTS.read_text())
    for name, part in parts.items():
        if only in (None, name):
            title, _, text = "\n".join(part()).partition("\n")
            sections[title] = f"Measured on {datetime.now(UTC):%Y-%m-%d}, version {__version__}.\n\n{text.strip()}"
            print(f"{title}\n\n{sections[title]}\n")
    RESULTS.write_text("\n".join([head(), *(f"{title}\n\n{text}\n" for title, text in sections.items())]))
    print(f"written to {RESULTS.relative_to(Path.cwd())}")


def _sections(results: str) -> dict[str, str]:
    """Of an earlier run, by their titles."""
    _, *parts = re.split(r"^(?=## )", results.rstrip("\n") + "\n", flags=re.MULTILINE)
    return {title: text.strip() for title, _, text in (part.partition("\n") for part in parts)}


HEAD = """\
# Benchmark results

Written by `make bench`. Machine: {cores} cores, {memory_gib:.0f} GiB, {system},
Python {python}. The emulator runs in a process of its own on the same cores; *latency* is what it adds to every answer.
Seconds are wall time of the work alone: imports are over and the token is there. *Goal* is the ratio to stay below.

`adobe-aam` 0.0.9 is the public Python client, with the shims without which it does not run today (`clients/peer.py`).
*Floor* is a minimal pooled loop that fetches the same pages, as many at once as our client came to, and throws the
bodies away. Our client has its default settings.
"""


def head() -> str:
    memory_gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return HEAD.format(
        cores=os.cpu_count(),
        memory_gib=memory_gib,
        system=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
    )


def imports() -> list[str]:
    measured_ones = [(module, ["airflow.sdk"], 30) for module in DAGS_IMPORT]
    measured_ones += [("ui.plugin", ["airflow.plugins_manager", process], 15) for process in HAVE_PLUGINS]
    lines = ["## Import time, best of 5", ""]
    lines += ["| Module | On top of | ms | Goal, ms | Modules |", "|---|---|---|---|---|"]
    for module, after, goal in measured_ones:
        given = {"module": f"airflow_provider_aam.{module}", "after": after}
        measured = best(5, lambda given=given: run_client("import_time", given))  # type: ignore[misc]
        lines.append(f"| `{module}` | `{after[-1]}` | {measured.seconds * 1000:.1f} | {goal} | {measured.count} |")
    return [*lines, ""]


if __name__ == "__main__":
    main()
