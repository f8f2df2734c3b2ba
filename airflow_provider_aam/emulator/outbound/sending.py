"""What was told to be sent, and when the history knows of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_provider_aam.emulator.outbound.batch import Batch

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.state import State


class Outbound:
    """The history of what was told to be sent."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._rows: dict[int, list[dict[str, Any]]] = {}

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
        files = batch.files()
        first_s = batch.stamp_ms / 1000 + late_s
        ended_s = first_s + (len(files) - 1) * every_s
        await self._state.pieces.send(url, files, first_s=first_s, every_s=every_s, options=options)
        row = batch.row(int(first_s * 1000), int(ended_s * 1000))
        self._rows.setdefault(batch.destination["destinationId"], []).append(row)
        return [name for name, _ in files]


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
