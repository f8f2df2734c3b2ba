"""A folder that the emulator delivers to, and a clock for both sides."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pendulum
import pytest

from airflow_provider_aam.emulator import Emulator

HOUR = 3600.0


class OutboundPlace:
    """It begins at one in the morning (UTC) of ``day``, if the clock can be moved."""

    def __init__(self, folder: Path, emulator: Emulator) -> None:
        self.folder, self.emulator, self.shift_s = folder, emulator, 0.0
        source = emulator.add("data_sources", {"name": "CRM", "integrationCode": "crm", "outboundS2S": True})
        row = {"name": "Partner", "destinationType": "S2S", "dataSourceId": source["dataSourceId"]}
        self.destination = int(emulator.add("destinations", row)["destinationId"])
        emulator.configure(token_lifetime_s=10**7)

    @property
    def day(self) -> str:
        return pendulum.from_timestamp(pendulum.now("UTC").timestamp()).to_date_string()

    def move_clocks_of(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let this process's clock go with the emulator's, from one in the morning of tomorrow on."""
        now = pendulum.now
        monkeypatch.setattr(pendulum, "now", lambda *zone: now(*zone).add(seconds=self.shift_s))
        self.wait((now("UTC").add(days=1).start_of("day").add(hours=1) - now("UTC")).total_seconds() / HOUR)

    def wait(self, hours: float) -> None:
        self.emulator.advance(hours * HOUR)
        self.shift_s += hours * HOUR

    def deliver(self, **batch: Any) -> dict[str, Any]:
        return self.emulator.deliver(f"file://{self.folder}", destination=self.destination, **batch)

    def arguments(self, **given: Any) -> dict[str, Any]:
        """Of a sensor on the day."""
        about = {"source": str(self.folder), "destination": self.destination, "timestamp_unit": "ms", "day": self.day}
        return {**about, **given}

    def connection(self) -> str:
        return json.dumps(self.emulator.connection("oauth_server_to_server", max_attempts=1))
