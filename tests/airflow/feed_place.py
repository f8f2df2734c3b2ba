"""A feed that the emulator delivers, and a clock for both sides."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pendulum
import pytest

from airflow_provider_aam.emulator import Emulator

HOUR_S = 3600.0


class FeedPlace:
    """It begins at half past an hour, if the clock can be moved."""

    def __init__(self, folder: Path, emulator: Emulator) -> None:
        self.folder, self.ledger, self.emulator, self.shift_s = folder / "feed", folder / "ledger", emulator, 0.0

    def move_clocks_of(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let this process's clock go with the emulator's."""
        now = pendulum.now
        monkeypatch.setattr(pendulum, "now", lambda *zone: now(*zone).add(seconds=self.shift_s))
        self.wait((now("UTC").add(hours=1).start_of("hour").add(minutes=30) - now("UTC")).total_seconds() / HOUR_S)

    @property
    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.shift_s)

    def wait(self, hours: float) -> None:
        self.emulator.advance(hours * HOUR_S)
        self.shift_s += hours * HOUR_S

    def deliver(self, **hour: Any) -> list[str]:
        """The paths of its data files."""
        sent = self.emulator.deliver_hour(f"file://{self.folder}", **{"every_s": 0, **hour})
        return sorted(path for path in sent["files"] if path.endswith(".gz"))

    def arguments(self, **given: Any) -> dict[str, Any]:
        return {"source": str(self.folder), "ledger": str(self.ledger), **given}

    def paths(self, xcom: dict[str, Any]) -> list[str]:
        return [file["uri"].removeprefix(f"file://{self.folder}/") for file in xcom["files"]]


class TI:
    """A task instance, which keeps what it pushes."""

    def __init__(self, run: str = "one", dag: str = "dag", map_index: int = -1) -> None:
        self.dag_id, self.run_id, self.task_id, self.map_index = dag, run, "wait", map_index
        self.pushed: dict[str, Any] = {}

    def xcom_push(self, key: str, value: Any) -> None:
        self.pushed[key] = value


def context_of(began: datetime, **about: Any) -> dict[str, Any]:
    return {"ti": TI(**about), "dag_run": SimpleNamespace(start_date=began)}
