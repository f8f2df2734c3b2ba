"""Watchers outside of a triggerer: where they remember, and what they fire while something happens."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from airflow_provider_aam.triggers import readings, watching


class Store:
    """In place of Airflow's store of an Asset's state, which is in another process."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}
        self.broken = False

    async def aget(self, key: str, default: Any = None) -> Any:
        return json.loads(self.kept[key]) if key in self.kept else default

    async def aset(self, key: str, value: Any) -> None:
        if self.broken:
            raise RuntimeError("the API server is away")
        self.kept[key] = json.dumps(value)


class Stores:
    def __init__(self, *stores: Store) -> None:
        self._by_name = {f"asset {number}": store for number, store in enumerate(stores)}
        self._by_uri: dict[str, Store] = {}


def hurry(emulator: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Connection, and watchers that hardly pause."""
    monkeypatch.setenv("AIRFLOW_CONN_AAM_DEFAULT", emulator.connection_json("oauth_server_to_server", max_attempts=1))
    monkeypatch.setattr(watching, "SETTLE_S", 0.0)
    monkeypatch.setattr(readings, "SHORTEST_PAUSE_S", 0.05)


def fired_by(
    watcher: Any, stores: Stores | None, looks: Callable[[], int], *steps: Callable[[], Any]
) -> list[dict[str, Any]]:
    """What the watcher fires while steps are made, two looks of its before and after each."""
    watcher.asset_state_store = stores
    found: list[dict[str, Any]] = []

    async def collect() -> None:
        async for event in watcher.run():
            found.append(json.loads(json.dumps(event.payload)))

    async def follow() -> None:
        collecting = asyncio.ensure_future(collect())
        for step in (*steps, lambda: None):
            seen = await asyncio.to_thread(looks)
            while await asyncio.to_thread(looks) < seen + 3:
                assert not collecting.done(), "a watcher never ends"
                await asyncio.sleep(0.05)
            await asyncio.to_thread(step)
        collecting.cancel()

    asyncio.run(asyncio.wait_for(follow(), 120))
    return found
