"""A folder that the emulator watches, a push's files in it, and a clock for both sides."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pendulum
import pytest

from airflow_provider_aam.emulator import Emulator

BATCH = 1_767_312_000


class InboundPlace:
    """``names`` are the files of the push, by part."""

    def __init__(self, folder: Path, emulator: Emulator, *, parts: int = 2) -> None:
        self.folder, self.emulator, self.shift_s = folder, emulator, 0.0
        self.source = emulator.add("data_sources", {"name": "CRM", "integrationCode": "crm"})["dataSourceId"]
        gold = {"name": "Gold", "integrationCode": "gold", "traitType": "ON_BOARDED_TRAIT", "dataSourceId": self.source}
        self.gold = emulator.add("traits", gold)["sid"]
        emulator.configure(token_lifetime_s=10**7)
        emulator.watch(f"file://{folder}")
        self.names = [f"ftp_dpm_{self.source}_{BATCH}.sync.{part}.gz" for part in range(1, parts + 1)]
        self.sent_at = datetime.now(UTC)

    def send(self, *names: str) -> None:
        content = "".join(f"u{number}\td_sid={self.gold}\n" for number in range(10))
        for name in names or self.names:
            (self.folder / name).write_bytes(gzip.compress(content.encode()))

    def receipt(self, *, sent_hours_ago: float = 0) -> dict[str, Any]:
        """As the push returns it."""
        at = (self.sent_at - timedelta(hours=sent_hours_ago)).isoformat()
        file = {"bytes": 1, "raw_bytes": 1, "lines": 10, "sha256": "0" * 64}
        counts = dict.fromkeys(("users", "rows", "items", "duplicates", "rejected"), 0)
        return {
            "batch": BATCH,
            "files": [{"uri": f"file://{self.folder}/{name}", **file} for name in self.names],
            **counts,
            "rejects_uri": None,
            "data_source": self.source,
            "target_data_source": None,
            "mode": "sync",
            "started_at": at,
            "finished_at": at,
        }

    def move_clocks_of(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let this process's clock go with the emulator's."""
        now = pendulum.now
        monkeypatch.setattr(pendulum, "now", lambda *zone: now(*zone).add(seconds=self.shift_s))

    def wait(self, hours: float) -> None:
        self.emulator.advance(hours * 3600)
        self.shift_s += hours * 3600

    def process(self) -> None:
        for _ in range(2):
            self.wait(12.1)

    def connection(self) -> str:
        return json.dumps(self.emulator.connection("oauth_server_to_server", max_attempts=1))
