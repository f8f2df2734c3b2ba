"""`make bench`: run everything, print it, write benchmarks/RESULTS.md.

Every comparison is a ratio of two measurements of one run on one machine, best of several where a run is short.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from airflow_provider_aam import __version__
from airflow_provider_aam.emulator import EmulatorControl
from benchmarks.catalog import catalogs
from benchmarks.processes import PEERS_PYTHON, Measured, emulator_process, run_client

RESULTS = Path(__file__).with_name("RESULTS.md")
LATENCIES_S = (0.0, 0.1)
PULLS = (20_000, 200_000)
PULL_CONCURRENCIES = (4, 8, 20)
PUSH_ROWS = 2_000
OPERATORS = ("airflow_provider_aam.operators.pull", "airflow_provider_aam.operators.push")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--only", choices=["imports", "pull", "push", "catalog"], help="one part; RESULTS.md is left alone"
    )
    only = parser.parse_args().only
    parts: dict[str, Callable[[], list[str]]] = {"imports": imports, "pull": pulls, "push": pushes, "catalog": catalogs}
    report = [*head()]
    for name, part in parts.items():
        if only in (None, name):
            report += part()
    text = "\n".join(report) + "\n"
    print(text)
    if only is None:
        RESULTS.write_text(text)
        print(f"written to {RESULTS.relative_to(Path.cwd())}")


HEAD = """\
# Benchmark results

Written by `make bench` on {day:%Y-%m-%d}, version {version}. Machine: {cores} cores, {memory_gib:.0f} GiB, {system},
Python {python}. The emulator runs in a process of its own on the same cores; *latency* is what it adds to every answer.
Seconds are wall time of the work alone: imports are over and the token is there.

`adobe-aam` 0.0.9 is the public Python client, with the shims without which it does not run today (`clients/peer.py`).
*Floor* is a minimal pooled loop that fetches the same pages, as many at once, and throws the bodies away.
"""

PULL_HEAD = """\
## Pull of segments into JSONL

A paged pull waits for 1 + ⌈(pages - 1) / at once⌉ latencies. `adobe-aam` reads everything into memory with one unpaged
request, which costs one latency here however many rows there are, and proves nothing about completeness. So it is
`max_concurrency`, 4 by default, that decides which of the two is faster where latency rules.

| Segments | Latency | At once | Ours | Floor | Ours / floor | adobe-aam | Ours / it | Peak ours | Peak adobe-aam |
|---|---|---|---|---|---|---|---|---|---|"""

PUSH_HEAD = """\
## Push of {rows:,} traits

New traits are created; the second push of the same file finds nothing to change. `adobe-aam` creates from a CSV file
and has nothing like the second push: it would create the traits again.

| Latency | At once | New, ours | New, adobe-aam | Ours / it | Unchanged, ours | Requests of that |
|---|---|---|---|---|---|---|"""


def head() -> list[str]:
    memory_gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    text = HEAD.format(
        day=datetime.now(UTC),
        version=__version__,
        cores=os.cpu_count(),
        memory_gib=memory_gib,
        system=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
    )
    return [text]


def best(times: int, run: Callable[[], Measured]) -> Measured:
    return min((run() for _ in range(times)), key=lambda measured: measured.seconds)


def imports() -> list[str]:
    lines = ["## Import time on top of `airflow.sdk`, best of 5", "", "| Module | ms | modules |", "|---|---|---|"]
    for module in OPERATORS:
        measured = best(5, lambda module=module: run_client("import_time", {"module": module}))  # type: ignore[misc]
        lines.append(f"| `{module}` | {measured.seconds * 1000:.0f} | {measured.count} |")
    return [*lines, ""]


def pulls() -> list[str]:
    lines = [PULL_HEAD]
    with emulator_process() as emulator, tempfile.TemporaryDirectory() as folder:
        for rows in PULLS:
            for latency_s in LATENCIES_S:
                lines += pull_rows(emulator, rows, latency_s, Path(folder) / "segments.jsonl")
    return [*lines, ""]


def pull_rows(emulator: EmulatorControl, rows: int, latency_s: float, destination: Path) -> list[str]:
    times = 5 if rows <= 20_000 else 2

    def cold(client: str, options: Callable[[], dict[str, Any]], **more: Any) -> Measured:
        """The best of several, each of them the first to read its account, as every nightly pull is."""

        def run() -> Measured:
            emulator.reset("empty")
            emulator.seed(segments=rows)
            emulator.configure(latency_s=latency_s)
            measured = run_client(client, {"url": emulator.url, **options()}, **more)
            assert measured.count == rows, (client, measured)
            return measured

        return best(times, run)

    peer = cold("peer", lambda: {"connection": emulator.connection("jwt"), "job": "pull"}, python=PEERS_PYTHON)
    lines = []
    for at_once in PULL_CONCURRENCIES:
        connection = emulator.connection("jwt", max_concurrency=at_once)
        ours = cold("ours_pull", lambda c=connection: {"connection": c, "destination": str(destination)})  # type: ignore[misc]
        floor = cold("floor_pull", lambda n=at_once: {"headers": headers(emulator), "concurrency": n})  # type: ignore[misc]
        lines.append(
            f"| {rows:,} | {latency_s * 1000:.0f} ms | {at_once} | {ours.seconds:.2f} s | {floor.seconds:.2f} s "
            f"| {ours.seconds / floor.seconds:.2f} | {peer.seconds:.2f} s | {ours.seconds / peer.seconds:.2f} "
            f"| {ours.peak_mib:.0f} MiB | {peer.peak_mib:.0f} MiB |"
        )
        print(lines[-1], file=sys.stderr, flush=True)
    return lines


def pushes() -> list[str]:
    lines = [PUSH_HEAD.format(rows=PUSH_ROWS)]
    with emulator_process() as emulator, tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "traits.csv"
        for latency_s in LATENCIES_S:
            lines += push_rows(emulator, latency_s, source)
    return [*lines, ""]


def push_rows(emulator: EmulatorControl, latency_s: float, source: Path) -> list[str]:
    start_push(emulator, latency_s, source)
    peer = run_peer(emulator, {"job": "push", "source": str(source), "rows": PUSH_ROWS})
    assert len(emulator.objects("traits")) == PUSH_ROWS
    lines = []
    for concurrency in (4, 8):
        start_push(emulator, latency_s, source)
        options = {"connection": emulator.connection("jwt", max_concurrency=concurrency), "source": str(source)}
        new = run_client("ours_push", options)
        assert len(emulator.objects("traits")) == PUSH_ROWS
        emulator.clear_stats()
        unchanged = run_client("ours_push", options)
        lines.append(
            f"| {latency_s * 1000:.0f} ms | {concurrency} | {new.seconds:.1f} s | {peer.seconds:.1f} s "
            f"| {new.seconds / peer.seconds:.3f} | {unchanged.seconds:.2f} s | {emulator.count()} |"
        )
        print(lines[-1], file=sys.stderr, flush=True)
    return lines


def start_push(emulator: EmulatorControl, latency_s: float, source: Path) -> None:
    """An account with a data source and no traits, and a file that both clients read."""
    emulator.reset("empty")
    data_source = emulator.add("data_sources", {"name": "Web", "integrationCode": "web"})["dataSourceId"]
    emulator.configure(latency_s=latency_s)
    header = "traitType,name,dataSourceId,folderId,traitRule,integrationCode"
    rows = [f'RULE_BASED_TRAIT,Trait {n},{data_source},0,"c_page == ""page {n}""",trait-{n}' for n in range(PUSH_ROWS)]
    source.write_text("\n".join([header, *rows]) + "\n")


def run_peer(emulator: EmulatorControl, job: dict[str, Any]) -> Measured:
    options = {"url": emulator.url, "connection": emulator.connection("jwt"), **job}
    if job["job"] == "push":  # it refuses every column but these five
        source = Path(job["source"])
        reduced = source.with_name("peer.csv")
        reduced.write_text("\n".join(line.rpartition(",")[0] for line in source.read_text().splitlines()) + "\n")
        options["source"] = str(reduced)
    return run_client("peer", options, python=PEERS_PYTHON)


def headers(emulator: EmulatorControl) -> dict[str, str]:
    """What the floor sends: a token that our client has fetched."""
    from airflow_provider_aam.api import AAMClient, AAMConfig
    from airflow_provider_aam.api.shared import forget_shared

    forget_shared()  # the emulator has, when it was reset
    c = emulator.connection("jwt")
    config = AAMConfig.from_connection(login=c["login"], password=c["password"], host=c["host"], extra=c["extra"])
    with AAMClient.from_config(config) as client:
        token = client.session.access_token()
    return {"Authorization": f"Bearer {token}", "x-api-key": c["login"], "x-gw-ims-org-id": c["extra"]["org_id"]}


if __name__ == "__main__":
    main()
