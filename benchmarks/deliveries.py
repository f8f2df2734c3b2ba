"""Outbound files → Parquet: ours, and what DuckDB's and Polars' own CSV readers take for the same bytes."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from benchmarks.processes import PEERS_PYTHON, Measured, run_client, table_row

SMALL, LARGE = 10_000_000, 50_000_000
THREADS = 2
TIMEOUT_S = 900

HEAD = f"""\
## Deliveries

Lines of AAM's default layout: 38 digits, 1 to 15 segments of 2,000, in every third line 1 to 3 removed ones; one file
on the local disk, {THREADS} threads. *Reader alone* is DuckDB's and Polars' CSV reader with the lengths of all three
columns added up, which makes no lists, no numbers and no file. *To Parquet* is the same work as ours with their own
means: lists of integers, zstd. The goal is half the speed of the faster reader alone, a ratio of 2. It is not reached:
packing the rows into Parquet takes longer by itself (ADR 9).

| Lines | What | Seconds | Peak | Ratio | Goal |
|---|---|---|---|---|---|"""


def deliveries() -> list[str]:
    with tempfile.TemporaryDirectory(prefix="aam-bench-") as folder:
        return [HEAD, *_rows(Path(folder)), ""]


def _rows(folder: Path) -> list[str]:
    small, large, packed = folder / "small.sync", folder / "large.sync", folder / "small.sync.gz"
    run_client("generate_delivery", {"path": str(small), "lines": SMALL, "packed": str(packed)})
    run_client("generate_delivery", {"path": str(large), "lines": LARGE})
    lines: list[str] = []

    def row(count: int, what: str, measured: Measured, ratio: float | None = None, goal: object = "") -> None:
        peak = f"{measured.peak_mib:,.0f} MiB"
        shown = "" if ratio is None else f"{ratio:.2f}"
        lines.append(table_row(f"{count:,}", what, f"{measured.seconds:.1f} s", peak, shown, goal))

    for count, path in ((SMALL, small), (SMALL, packed), (LARGE, large)):
        kind = ", gzipped" if path == packed else ""
        ours = _run("ours_delivery", path, folder)
        row(count, f"ours{kind}", ours, goal="≤ 1,500 MiB")
        alone = {peer: _run(f"{peer}_delivery", path, folder, lists=False) for peer in ("duckdb", "polars")}
        for peer, measured in alone.items():
            row(count, f"{peer}, reader alone{kind}", measured)
        fastest = min(alone.values(), key=lambda measured: measured.seconds)
        row(count, f"ours ÷ the faster reader alone{kind}", ours, ours.seconds / fastest.seconds, 2)
        if path != large:
            theirs = {peer: _run(f"{peer}_delivery", path, folder, lists=True) for peer in ("duckdb", "polars")}
            for peer, measured in theirs.items():
                row(count, f"ours ÷ {peer} to Parquet{kind}", measured, ours.seconds / measured.seconds)
    return lines


def _run(client: str, path: Path, folder: Path, **options: Any) -> Measured:
    given = {"path": str(path), "out": str(folder / "out.parquet"), "threads": THREADS, **options}
    python = {"python": PEERS_PYTHON} if client.startswith("polars") else {}
    return run_client(client, given, timeout_s=TIMEOUT_S, **python)
