"""A pull of all segments: ours, as fast as a loop that only fetches, and `adobe-aam`'s one unpaged request."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from airflow_provider_aam.emulator import EmulatorControl
from benchmarks.processes import PEERS_PYTHON, Measured, best, emulator_process, run_client, table_row

# Rows, latency, format, how many runs the best is of, and the most that ours may take of adobe-aam's time.
CASES = (
    (20_000, 0.0, "jsonl", 7, 0.4),
    (20_000, 0.0, "parquet", 7, 0.8),
    (20_000, 0.1, "jsonl", 5, 1.0),
    (20_000, 0.1, "parquet", 5, None),
    (200_000, 0.0, "jsonl", 2, 0.6),
    (200_000, 0.1, "jsonl", 2, 0.6),
    (200_000, 0.1, "parquet", 2, None),
)
LONGEST_OF_FLOOR = 1.25
"""With latency; without, there is nothing to wait for, and the floor does none of the work."""

HEAD = """\
## Pull of segments

`adobe-aam` reads everything into memory with one unpaged request, which costs one latency here however many rows there
are, and proves nothing about completeness. A paged pull needs the first page to know how many there are, then the rest
in rounds of as many as AAM takes at once: 10 requests before anything is known, twice as many after each good round,
up to `max_concurrency` (32).

| Segments | Latency | Into | Ours | At once | Floor | Ratio | Goal | adobe-aam | Ratio | Goal | Peak ours | Its peak |
|---|---|---|---|---|---|---|---|---|---|---|---|---|"""


def pulls() -> list[str]:
    with emulator_process() as emulator, tempfile.TemporaryDirectory() as folder:
        return [HEAD, *(_row(emulator, Path(folder), *case) for case in CASES), ""]


def _row(
    emulator: EmulatorControl, folder: Path, rows: int, latency_s: float, form: str, times: int, goal: float | None
) -> str:
    def cold(client: str, options: Callable[[], dict[str, Any]], **more: Any) -> Measured:
        """The best of several, each of them the first to read its account, as every nightly pull is."""

        def run() -> Measured:
            emulator.reset("empty")
            emulator.seed(segments=rows)
            emulator.configure(latency_s=latency_s)
            given = {"url": emulator.url, **options()}
            emulator.clear_stats()
            measured = run_client(client, given, **more)
            assert measured.count == rows, (client, measured)
            return measured

        return best(times, run)

    connection = emulator.connection("jwt")
    ours = cold("ours_pull", lambda: {"connection": connection, "destination": str(folder / f"segments.{form}")})
    at_once = emulator.max_in_flight
    floor = cold("floor_pull", lambda: {"headers": _headers(emulator), "concurrency": at_once})
    peer = cold("peer", lambda: {"connection": connection, "job": "pull"}, python=PEERS_PYTHON)
    return table_row(
        f"{rows:,}",
        f"{latency_s * 1000:.0f} ms",
        form,
        f"{ours.seconds:.2f} s",
        at_once,
        f"{floor.seconds:.2f} s",
        f"{ours.seconds / floor.seconds:.2f}",
        LONGEST_OF_FLOOR if latency_s and form == "jsonl" else "",
        f"{peer.seconds:.2f} s",
        f"{ours.seconds / peer.seconds:.2f}",
        goal or "",
        f"{ours.peak_mib:.0f} MiB",
        f"{peer.peak_mib:.0f} MiB",
    )


def _headers(emulator: EmulatorControl) -> dict[str, str]:
    """What the floor sends: a token that our client has fetched."""
    from airflow_provider_aam.api import AAMClient, AAMConfig

    c = emulator.connection("jwt")
    config = AAMConfig.from_connection(login=c["login"], password=c["password"], host=c["host"], extra=c["extra"])
    with AAMClient.from_config(config) as client:
        client.sign_in()  # the emulator has forgotten earlier tokens when it was reset
        token = client.session.sender.access_token()
    return {"Authorization": f"Bearer {token}", "x-api-key": c["login"], "x-gw-ims-org-id": c["extra"]["org_id"]}
