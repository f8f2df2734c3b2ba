"""Batches over time: which file appears when, and when the history knows of it."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from airflow_provider_aam.emulator.outbound.batch import Batch

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.state import State

LOOK_EVERY_S = 0.5
"""Of real time; `advance` looks as well, before and after."""


@dataclass(frozen=True)
class _Piece:
    """A file that is to appear. It is stamped with that time where the store allows it, as local folders do."""

    at_s: float
    store: Any
    path: str
    content: bytes

    def write(self) -> None:
        if "file" in self.store.protocol:
            self.store.makedirs(self.path.rpartition("/")[0], exist_ok=True)
        self.store.pipe_file(self.path, self.content)
        if "file" in self.store.protocol:
            os.utime(self.path, (self.at_s, self.at_s))


class Outbound:
    """What is on its way, and the history of what was told to be sent."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._pieces: list[_Piece] = []
        self._rows: dict[int, list[dict[str, Any]]] = {}
        self._one_at_a_time = asyncio.Lock()
        self._looking: asyncio.Task[None] | None = None

    def history(self, destination: int, start_ms: int, end_ms: int) -> list[dict[str, Any]] | None:
        """Return its rows that began in between and have ended; `None` for one that nothing was told of."""
        rows = self._rows.get(destination)
        if rows is None:
            return None
        now_ms = self._state.clock.now_ms()
        return [row for row in rows if start_ms <= row["startTime"] <= end_ms and row["endTime"] <= now_ms]

    async def send(
        self, url: str, batch: Batch, *, late_s: float, every_s: float, options: dict[str, Any]
    ) -> list[str]:
        """Let the files appear one after the other, the first `late_s` after now. Return their names in that order."""
        from fsspec.core import url_to_fs

        uncached = {"skip_instance_cache": True, "use_listings_cache": False}
        store, root = await asyncio.to_thread(url_to_fs, url, **uncached, **options)
        files = batch.files()
        first_s = batch.stamp_ms / 1000 + late_s
        self._pieces += [
            _Piece(first_s + number * every_s, store, f"{root.rstrip('/')}/{name}", content)
            for number, (name, content) in enumerate(files)
        ]
        ended_s = first_s + (len(files) - 1) * every_s
        row = batch.row(int(first_s * 1000), int(ended_s * 1000))
        self._rows.setdefault(batch.destination["destinationId"], []).append(row)
        await self.look()
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._keep_looking())
        return [name for name, _ in files]

    async def look(self) -> None:
        """Write all that is due by now, in the order of its time."""
        async with self._one_at_a_time:
            now_s = self._state.clock.now_s()
            for piece in sorted((each for each in self._pieces if each.at_s <= now_s), key=lambda each: each.at_s):
                await asyncio.to_thread(piece.write)
                self._pieces.remove(piece)

    async def _keep_looking(self) -> None:
        while self._pieces and self._state.outbound is self:
            await asyncio.sleep(LOOK_EVERY_S)
            await self.look()


async def deliver(state: State, body: dict[str, Any]) -> dict[str, Any]:
    """Send a batch that is stamped now. Raises what a store does, and `ValueError` or `TypeError` for arguments."""
    body = dict(body)
    url, key, options = body.pop("url"), body.pop("destination"), body.pop("options", {})
    late_s, every_s = body.pop("late_s", 0.0), body.pop("every_s", 60.0)
    if key not in state.collections["destinations"].rows:
        raise ValueError(f"destination {key} does not exist")
    mappings = state.collections["mappings"]
    batch = Batch(
        destination=state.collections["destinations"].rows[key],
        segments=[mappings.rows[each]["sid"] for each in mappings.with_value("destinationId", key)] or [101],
        stamp_ms=state.clock.now_ms(),
        **body,
    )
    files = await state.outbound.send(url, batch, late_s=late_s, every_s=every_s, options=options)
    return {"batch": batch.name, "files": files}
