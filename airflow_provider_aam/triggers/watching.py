"""What all watchers have in common: they look for ever, tell what has happened once, and remember it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any

from airflow_provider_aam.api.visible import visible
from airflow_provider_aam.compat.triggers import AssetMemory, BaseEventTrigger, TriggerEvent
from airflow_provider_aam.triggers.base import PlainArguments, failure
from airflow_provider_aam.triggers.hub import Reading

log = logging.getLogger(__name__)

SETTLE_S = 10.0
"""Airflow stores an event a second or two after it was fired. What has been told is remembered after that, so that a
triggerer that dies in between tells it twice, and never not at all."""


class Watcher(PlainArguments, BaseEventTrigger):
    """Looks for ever: Airflow restarts a watcher that ends at once, and it would tell again what it told."""

    aam_conn_id: str
    poll_interval: float

    async def run(self) -> AsyncIterator[TriggerEvent]:
        memory = AssetMemory(self, self._key())
        known = kept = await memory.recall()
        readings = self._readings()
        async with aclosing(readings):
            async for reading in readings:
                try:
                    known, event = self._look(reading, known)
                except Exception as trouble:  # noqa: BLE001  whatever it is, the next poll may succeed
                    log.warning("%s looks again: %s", self._key(), visible(failure(trouble)["error"]))
                    continue
                if event is not None:
                    yield TriggerEvent(event)  # type: ignore[no-untyped-call]
                    await asyncio.sleep(SETTLE_S)
                if known != kept:
                    kept = await self._keep(memory, known, kept)

    async def _keep(self, memory: AssetMemory, known: Any, kept: Any) -> Any:
        """What is remembered now. Airflow's API may be away; ending here would tell again what was told."""
        try:
            await memory.keep(known)
        except Exception as trouble:  # noqa: BLE001  of whatever Airflow uses
            log.warning("%s cannot be remembered yet: %s", self._key(), visible(failure(trouble)["error"]))
            return kept
        return known

    def _key(self) -> str:
        """Of what it remembers, among the watchers of an Asset."""
        raise NotImplementedError

    def _readings(self) -> AsyncGenerator[Reading[Any], None]:
        raise NotImplementedError

    def _look(self, reading: Reading[Any], known: Any) -> tuple[Any, dict[str, Any] | None]:
        """What to remember from now on, and what has happened since ``known``. ``None``: nothing is known yet."""
        raise NotImplementedError
