"""Rows of users and traits → inbound files: ours, DuckDB's bare grouping, Polars, and a loop as people write it."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.processes import PEERS_PYTHON, Measured, run_client, table_row

SMALL, LARGE = 10_000_000, 100_000_000
USERS_PER_ROW, TRAITS = 0.1, 2_000
CHANGED = 0.01
MEMORY_MB, THREADS = 1_500, 2
TIMEOUT_S = 600

HEAD = f"""\
## Trait memberships

Long form, a user and a sid per row, from one Parquet file: one user for ten rows, random UUIDs in random order,
{TRAITS:,} traits. *Bare grouping* is DuckDB's `array_to_string(list_sort(list_distinct(list(sid))), ',') … GROUP BY
user` of the same file with its result thrown away, with the same threads ({THREADS}) and memory limit
({MEMORY_MB:,} MB) as ours. *Polars* is scan, unique, group_by, join and `gzip` of Python; *loop* is `csv`, a dictionary
and `gzip`, and gets the same rows as CSV. *Snapshot* compares the large set with one of which {CHANGED:.0%} differ.
Files are on the local disk.

| Rows | What | Seconds | Peak | Ratio | Goal |
|---|---|---|---|---|---|"""


def members() -> list[str]:
    with tempfile.TemporaryDirectory(prefix="aam-bench-") as folder:
        return [HEAD, *_rows(Path(folder)), ""]


def _rows(folder: Path) -> list[str]:
    small, large, changed = (folder / f"{name}.parquet" for name in ("small", "large", "changed"))
    text = folder / "small.csv"
    for options in ({"path": small, "rows": SMALL, "csv": text}, {"path": large, "rows": LARGE, "changed": changed}):
        run_client("generate_members", {"traits": TRAITS, "users": USERS_PER_ROW, "share": CHANGED, **_texts(options)})

    def ours(source: Path, batch: int, previous: str | None = None) -> Measured:
        given = {"source": str(source), "folder": str(folder / f"out-{batch}"), "batch": batch, "previous": previous}
        return run_client("ours_members", {**given, "memory_mb": MEMORY_MB, "threads": THREADS}, timeout_s=TIMEOUT_S)

    lines = []

    def row(rows: int, what: str, measured: Measured | None, ratio: float | None = None, goal: object = "") -> None:
        took = f"{measured.seconds:.1f} s" if measured else f"> {TIMEOUT_S:,} s"
        peak = f"{measured.peak_mib:,.0f} MiB" if measured else ""
        lines.append(table_row(f"{rows:,}", what, took, peak, "" if ratio is None else f"{ratio:.2f}", goal))

    first = ours(small, 1)
    row(SMALL, "ours", first)
    grouping = {"path": str(small), "memory_mb": MEMORY_MB, "threads": THREADS}
    bare = run_client("bare_grouping", grouping)
    row(SMALL, "ours ÷ bare grouping", bare, first.seconds / bare.seconds)
    polars = run_client("polars_members", {"path": str(small), "out": str(folder / "p.gz")}, python=PEERS_PYTHON)
    row(SMALL, "Polars ÷ ours", polars, polars.seconds / first.seconds, "≥ 2.5")
    loop = run_client("loop_members", {"path": str(text), "out": str(folder / "l.gz")}, timeout_s=TIMEOUT_S)
    row(SMALL, "loop ÷ ours", loop, loop.seconds / first.seconds, "≥ 6")
    for done in (small, text):
        done.unlink()

    second = ours(large, 2)
    row(LARGE, "ours ÷ 10 × the small one", second, second.seconds / first.seconds * SMALL / LARGE, 1.25)
    sets = str(folder / "sets")
    ours(large, 3, sets)
    snapshot = ours(changed, 4, sets)
    row(LARGE, "snapshot ÷ ours", snapshot, snapshot.seconds / second.seconds, 2.2)
    bare_large = _unless_endless(
        lambda: run_client("bare_grouping", {**grouping, "path": str(large)}, timeout_s=TIMEOUT_S)
    )
    ratio = second.seconds / (bare_large.seconds if bare_large else TIMEOUT_S)
    row(LARGE, "ours ÷ bare grouping", bare_large, ratio, 1.5)
    return lines


def _texts(options: dict[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, Path) else value for name, value in options.items()}


def _unless_endless(run: Callable[[], Measured]) -> Measured | None:
    try:
        return run()
    except subprocess.TimeoutExpired:
        return None
