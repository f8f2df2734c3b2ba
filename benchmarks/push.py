"""A push of new traits: ours plans and writes side by side, `adobe-aam` creates one after the other."""

from __future__ import annotations

import tempfile
from pathlib import Path

from airflow_provider_aam.emulator import EmulatorControl
from benchmarks.processes import PEERS_PYTHON, emulator_process, run_client, table_row

# Traits, latency, and the most that ours may take of adobe-aam's time.
CASES = ((200, 0.0, None), (2_000, 0.0, None), (200, 0.1, 0.1), (2_000, 0.1, 0.1))

HEAD = """\
## Push of traits

New traits are created; the second push of the same file finds nothing to change. `adobe-aam` creates from a CSV file
and has nothing like the second push: it would create the traits again.

| Traits | Latency | New, ours | At once | New, adobe-aam | Ours / it | Goal | Unchanged, ours | Requests of that |
|---|---|---|---|---|---|---|---|---|"""


def pushes() -> list[str]:
    with emulator_process() as emulator, tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "traits.csv"
        return [HEAD, *(_row(emulator, source, *case) for case in CASES), ""]


def _row(emulator: EmulatorControl, source: Path, rows: int, latency_s: float, goal: float | None) -> str:
    connection = emulator.connection("jwt")
    reduced = _prepare(emulator, source, rows, latency_s)
    job = {"job": "push", "url": emulator.url, "connection": connection, "source": str(reduced), "rows": rows}
    peer = run_client("peer", job, python=PEERS_PYTHON)
    assert len(emulator.objects("traits")) == rows
    _prepare(emulator, source, rows, latency_s)
    new = run_client("ours_push", {"connection": connection, "source": str(source)})
    at_once = emulator.max_in_flight
    assert len(emulator.objects("traits")) == rows
    emulator.clear_stats()
    unchanged = run_client("ours_push", {"connection": connection, "source": str(source)})
    return table_row(
        f"{rows:,}",
        f"{latency_s * 1000:.0f} ms",
        f"{new.seconds:.2f} s",
        at_once,
        f"{peer.seconds:.1f} s",
        f"{new.seconds / peer.seconds:.3f}",
        goal or "",
        f"{unchanged.seconds:.2f} s",
        emulator.count(),
    )


def _prepare(emulator: EmulatorControl, source: Path, rows: int, latency_s: float) -> Path:
    """An account with a data source and no traits, and a file for our client; the one for `adobe-aam` is returned."""
    emulator.reset("empty")
    data_source = emulator.add("data_sources", {"name": "Web", "integrationCode": "web"})["dataSourceId"]
    emulator.configure(latency_s=latency_s)
    header = "traitType,name,dataSourceId,folderId,traitRule,integrationCode"
    traits = [f'RULE_BASED_TRAIT,Trait {n},{data_source},0,"c_page == ""page {n}""",trait-{n}' for n in range(rows)]
    source.write_text("\n".join([header, *traits]) + "\n")
    reduced = source.with_name("peer.csv")  # it refuses every column but the first five
    reduced.write_text("\n".join(line.rpartition(",")[0] for line in [header, *traits]) + "\n")
    return reduced
