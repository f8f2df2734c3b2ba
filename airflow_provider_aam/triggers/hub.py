"""One question to AAM per poll, however many triggers of a process wait for what it says."""

from __future__ import annotations

import asyncio
import math
import time
from collections import Counter
from collections.abc import Callable, Hashable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from itertools import cycle
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from airflow_provider_aam.api.errors import AAMError

if TYPE_CHECKING:
    from airflow_provider_aam.api.client import AAMClient

T = TypeVar("T")
EARLY_S = 0.05
"""Timers may ring a little before their time."""
AT_ONCE = 1
"""Pages of a list: each that is decoded in a thread holds up the event loop, and several add up."""
SPREAD = 0.1
LONGEST_KEPT_S = 24 * 3600.0
"""Of a day's deliveries nobody asks any more when they are there."""
LONGEST_SPREAD_S = 2.0
"""A thousand triggers that woke up in the same moment would hold up the event loop for a third of a second."""

_turns = cycle(range(100))

_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[tuple[str, str], Hub]] = WeakKeyDictionary()


def hub_of(aam_conn_id: str, lane: str = "") -> Hub:
    """The event loop's one hub for this Connection. Questions that take minutes have a ``lane`` of their own."""
    hubs = _hubs.setdefault(asyncio.get_running_loop(), {})
    return hubs.setdefault((aam_conn_id, lane), Hub(aam_conn_id))


@dataclass(frozen=True, kw_only=True)
class Reading(Generic[T]):
    """What AAM said when it was asked last, or why it said nothing."""

    value: T | None
    error: Exception | None
    asked_at: datetime
    """When the request began: what AAM said is not older."""
    told_s: float

    def result(self) -> T:
        if self.error is not None:
            raise self.error.with_traceback(None)  # else it grows with everybody who waits
        return self.value  # type: ignore[return-value]

    def due_in_s(self, every_s: float) -> float:
        """Until AAM is asked again."""
        return max(0.0, self.told_s + every_s - time.monotonic())

    def look_in_s(self, every_s: float) -> float:
        """Until the next look of one of those who wait; the first who looks asks AAM, the others come after it."""
        return self.due_in_s(every_s) + min(every_s * SPREAD, LONGEST_SPREAD_S) * next(_turns) / 100


class Hub:
    """Asks AAM in a thread, one question at a time; the token is the process's own (docs/architecture.md)."""

    def __init__(self, aam_conn_id: str) -> None:
        self._aam_conn_id = aam_conn_id
        self._one_at_a_time = asyncio.Lock()
        self._readings: dict[Hashable, Reading[Any]] = {}
        self._crowds: dict[str, Counter[int]] = {}

    def crowd(self, kind: str) -> Counter[int]:
        """The ids of this kind that are waited for, and by how many triggers each."""
        return self._crowds.setdefault(kind, Counter())

    def knows(self, topic: Hashable, every_s: float) -> bool:
        """Whether whoever comes now would be told without a request."""
        reading = self._readings.get(topic)
        return reading is not None and _serves(reading, math.inf, every_s)

    def forget(self, topic: Hashable) -> None:
        """No one waits for it any more."""
        self._readings.pop(topic, None)

    async def read(
        self,
        topic: Hashable,
        question: Callable[[AAMClient], T],
        *,
        every_s: float,
        not_before: datetime | None = None,
        suits: Callable[[T], bool] = lambda _: True,
    ) -> Reading[T]:
        """What AAM said about the topic, ``every_s`` ago at most; asked now if that was too early, or does not suit.

        An error is a reading like others, so that a thousand triggers do not ask a server that is down one after the
        other. One that does not pass by itself serves only those who waited for it: the Connection may be corrected.
        """
        arrived_s = time.monotonic()
        async with self._one_at_a_time:
            reading = self._readings.get(topic)
            if (
                reading is None
                or not _serves(reading, arrived_s, every_s)
                or (not_before is not None and reading.asked_at < not_before)
                or not (reading.value is None or suits(reading.value))
            ):
                reading = await self._ask(question)
                kept = {each: known for each, known in self._readings.items() if known.due_in_s(LONGEST_KEPT_S)}
                self._readings = {**kept, topic: reading}
            return reading

    async def _ask(self, question: Callable[[AAMClient], T]) -> Reading[T]:
        from airflow_provider_aam.api.moments import utc_now
        from airflow_provider_aam.hooks.aam import AAMHook

        asked_at, value, error = utc_now(), None, None
        hook = AAMHook(self._aam_conn_id)

        def ask() -> T:
            with closing(hook):
                return question(hook.client.at_most(AT_ONCE))

        try:
            await hook.aload()
            value = await asyncio.to_thread(ask)
        except Exception as failed:  # noqa: BLE001  all who wait must hear of it
            error = failed
        return Reading(value=value, error=error, asked_at=asked_at, told_s=time.monotonic())


def _serves(reading: Reading[Any], arrived_s: float, every_s: float) -> bool:
    if reading.told_s >= arrived_s:
        return True
    passes = reading.error is None or (isinstance(reading.error, AAMError) and reading.error.retryable)
    return passes and reading.due_in_s(every_s) > EARLY_S
