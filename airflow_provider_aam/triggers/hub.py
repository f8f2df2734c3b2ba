"""One history call a poll, however many triggers of a process wait for files of the same data source."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from airflow_provider_aam.api.inbound import InboundFile

_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, Hub]] = WeakKeyDictionary()


def hub_of(aam_conn_id: str) -> Hub:
    """The event loop's one hub for this Connection."""
    hubs = _hubs.setdefault(asyncio.get_running_loop(), {})
    return hubs.setdefault(aam_conn_id, Hub(aam_conn_id))


@dataclass(frozen=True)
class _Read:
    files: Sequence[InboundFile]
    start: datetime
    at_s: float


class Hub:
    """Asks AAM in a thread, one question at a time; the token is the process's own (docs/architecture.md)."""

    def __init__(self, aam_conn_id: str) -> None:
        self._aam_conn_id = aam_conn_id
        self._one_at_a_time = asyncio.Lock()
        self._reads: dict[int, _Read] = {}

    async def history(
        self, data_source: int, *, start: datetime, end: datetime, max_age_s: float
    ) -> Sequence[InboundFile]:
        """The history from the day of ``start`` on, as AAM told it ``max_age_s`` ago at most."""
        day = start.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        async with self._one_at_a_time:
            read = self._reads.get(data_source)
            if read is None or read.start > day or time.monotonic() - read.at_s > max_age_s:
                files = await self._ask(data_source, day, end)
                read = self._reads[data_source] = _Read(files, day, time.monotonic())
            return read.files

    async def _ask(self, data_source: int, start: datetime, end: datetime) -> Sequence[InboundFile]:
        from airflow_provider_aam.hooks.aam import AAMHook

        hook = AAMHook(self._aam_conn_id)
        await hook.aload()

        def ask() -> Sequence[InboundFile]:
            with closing(hook):
                return hook.client.data_sources.inbound_history(data_source, start=start, end=end)

        return await asyncio.to_thread(ask)
