"""What AAM says, poll by poll, for any number of triggers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Hashable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from airflow_provider_aam.triggers.hub import Hub, Reading, hub_of

if TYPE_CHECKING:
    from airflow_provider_aam.api.client import AAMClient
    from airflow_provider_aam.reports.figures import Figures

T = TypeVar("T")

FEW = 50
"""Objects that are asked for one by one; when more are waited for, one list of all serves everybody."""
GATHER_S = 0.5
"""Triggers that begin together wait for each other, so that the first poll knows how many they are."""
SHORTEST_PAUSE_S = 1.0


def load() -> None:
    """In a thread: what is imported here the first time would hold up the event loop for half a second."""
    import airflow_provider_aam.api.client
    import airflow_provider_aam.hooks.aam
    import airflow_provider_aam.hooks.patience
    import airflow_provider_aam.reports.figures
    import airflow_provider_aam.reports.goal  # noqa: F401


async def polled(
    hub: Hub, topic: Hashable, question: Callable[[AAMClient], T], *, every_s: float
) -> AsyncGenerator[Reading[T], None]:
    """A reading for each poll. Never ends."""
    await asyncio.to_thread(load)
    while True:
        reading = await hub.read(topic, question, every_s=every_s)
        yield reading
        await asyncio.sleep(max(SHORTEST_PAUSE_S, reading.look_in_s(every_s)))


async def read_on(
    aam_conn_id: str, kind: str, sid: int, *, every_s: float, deadline: datetime | None = None
) -> AsyncGenerator[Reading[Figures], None]:
    """A population's reading for each poll, and one not older than the deadline when that has come. Never ends."""
    hub = hub_of(aam_conn_id)
    crowd = hub.crowd(kind)
    crowd[sid] += 1
    try:
        await asyncio.to_thread(load)
        from airflow_provider_aam.api.moments import utc_now
        from airflow_provider_aam.reports.figures import read_figures

        await asyncio.sleep(GATHER_S)
        while True:
            over = deadline is not None and utc_now() >= deadline
            by_list = len(crowd) > FEW or (not over and hub.knows((kind, None), every_s))
            asked = None if by_list else sid
            reading = await hub.read(
                (kind, asked),
                partial(read_figures, kind=kind, sid=asked),
                every_s=every_s,
                not_before=deadline if over else None,
            )
            yield reading
            pause_s = reading.look_in_s(every_s)
            if deadline is not None and not over:
                pause_s = min(pause_s, (deadline - utc_now()).total_seconds())
            await asyncio.sleep(max(SHORTEST_PAUSE_S, pause_s))
    finally:
        crowd[sid] -= 1
        if not crowd[sid]:
            del crowd[sid]
            hub.forget((kind, sid))
        if not crowd:
            hub.forget((kind, None))
