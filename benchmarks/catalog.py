"""The whole account as files: export, a plan that changes nothing, a plan of 500 changes, its application."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from airflow_provider_aam.emulator import EmulatorControl
from benchmarks.processes import REPOSITORY, Measured, earlier_checkout, emulator_process, run_client

ACCOUNT = {"segments": 20_000, "traits": 100_000, "trait_folders": 2_000, "destinations": 1_000, "mappings": 5_000}
CHANGED = 500

BEFORE = "67a1884bec8986e50fb0ec67a915a6a859d71bfb"
"""The last commit before the engine was laid out in rooms; its plan of the same files is measured next to ours."""

HEAD = f"""\
## An account as catalog files

{", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in ACCOUNT.items())}; no latency. *Writes* are PUT,
POST and DELETE requests that the emulator counted; an update reads the object before it writes it.

| Step | Seconds | Peak MiB | Changes | Requests | Writes |
|---|---:|---:|---:|---:|---:|
"""


def catalogs() -> list[str]:
    lines = [HEAD.rstrip()]
    with emulator_process() as emulator, tempfile.TemporaryDirectory() as folder:
        emulator.seed(**ACCOUNT)
        files = Path(folder) / "catalog"
        files.mkdir()
        connection = emulator.connection("oauth_server_to_server")
        given = {"connection": connection, "catalog": str(files), "plan": str(Path(folder) / "plan.json")}
        lines.append(_row("export", emulator, given, "export"))
        lines.append(_row("plan after export", emulator, given, "plan"))
        _change(files / "traits.yaml")
        lines.append(_row(f"plan of {CHANGED} changes", emulator, given, "plan"))
        lines.append(_row(f"apply of {CHANGED} changes", emulator, given, "apply"))
        lines.append(_row("the same apply again", emulator, given, "apply"))
        with earlier_checkout(BEFORE) as checkout:
            before = best_plan(given, checkout)
        ours = best_plan(given, REPOSITORY)
    ratio = f"{ours.seconds / before.seconds:.2f} × the time and {ours.peak_mib / before.peak_mib:.2f} × the memory"
    lines += ["", f"The plan of {CHANGED} changes takes {ratio} of `{BEFORE[:7]}`, the better of two runs each."]
    return [*lines, ""]


def best_plan(given: dict[str, object], checkout: Path) -> Measured:
    runs = (run_client("ours_catalog", {**given, "step": "plan"}, checkout=checkout) for _ in range(2))
    return min(runs, key=lambda measured: measured.seconds)


def _row(what: str, emulator: EmulatorControl, given: dict[str, object], step: str) -> str:
    emulator.clear_stats()
    measured: Measured = run_client("ours_catalog", {**given, "step": step})
    requests = emulator.count()
    writes = sum(1 for each in emulator.requests if each["method"] != "GET" and each["path"].startswith("/v1/"))
    changes = "" if step == "export" else f"{measured.count:,}"
    return f"| {what} | {measured.seconds:.1f} | {measured.peak_mib:.0f} | {changes} | {requests:,} | {writes:,} |"


def _change(traits: Path) -> None:
    """Another time to live for every trait of 200."""
    text = traits.read_text(encoding="utf-8")
    parts = re.split(r"(?m)^  ttl: 120$", text)
    step = (len(parts) - 1) // CHANGED
    chosen = range(0, step * CHANGED, step)
    out = [parts[0]]
    for number, part in enumerate(parts[1:]):
        out += [f"  ttl: {90 if number in chosen else 120}", part]
    traits.write_text("".join(out), encoding="utf-8")
