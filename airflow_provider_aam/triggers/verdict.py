"""Waits in the triggerer for a verdict with two deadlines."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from airflow_provider_aam.compat.triggers import BaseTrigger, TriggerEvent
from airflow_provider_aam.triggers.base import PlainArguments, failure

SHORTEST_PAUSE_S = 1.0


class Dated(Protocol):
    @property
    def soft_deadline(self) -> datetime: ...
    @property
    def hard_deadline(self) -> datetime: ...


class Judged(Protocol):
    @property
    def is_final(self) -> bool: ...
    @property
    def is_late(self) -> bool: ...
    def as_json(self) -> dict[str, Any]: ...


Q = TypeVar("Q", bound=Dated)


class VerdictTrigger(PlainArguments, BaseTrigger, Generic[Q]):
    """Fires ``{"verdict": …}`` when nothing is waited for any more, and once when something is late.

    What it waits for is all in its arguments, so a triggerer that dies loses nothing. Trouble that may pass is logged
    and does not end it before the hard deadline; anything else fires the error.
    """

    what: ClassVar[str]
    """What could not be read, in words."""
    arguments: ClassVar[tuple[str, ...]] = ("question", "poll_interval", "warned")

    def __init__(self, *, question: Mapping[str, Any], poll_interval: float, warned: bool) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.question = question
        self.poll_interval = poll_interval
        self.warned = warned
        self._next_look_in_s = poll_interval

    async def run(self) -> AsyncIterator[TriggerEvent]:
        question = await asyncio.to_thread(self._load)
        while True:
            if (event := await self._look(question)) is not None:
                yield TriggerEvent(event)  # type: ignore[no-untyped-call]
                return
            await asyncio.sleep(self._pause_s(question))

    def _load(self) -> Q:
        """In a thread: what is imported here the first time would hold up the event loop for half a second."""
        raise NotImplementedError

    async def _ask(self, question: Q) -> Judged:
        raise NotImplementedError

    async def _look(self, question: Q) -> dict[str, Any] | None:
        from airflow_provider_aam.hooks.patience import patience

        self._next_look_in_s = self.poll_interval  # sooner where AAM is asked, together with others
        try:
            with patience(question.hard_deadline, self.what):
                verdict = await self._ask(question)
                if verdict.is_final or (verdict.is_late and not self.warned):
                    return {"verdict": verdict.as_json()}
        except Exception as error:  # noqa: BLE001  the task must fail with this, not with a lost trigger
            return failure(error)
        return None

    def _pause_s(self, question: Q) -> float:
        return max(SHORTEST_PAUSE_S, pause_s(self._next_look_in_s, question))


def pause_s(longest_s: float, waiting: Dated) -> float:
    """Until the next look: a pause ends at the next deadline."""
    from airflow_provider_aam.api.moments import utc_now

    now = utc_now()
    left = [(each - now).total_seconds() for each in (waiting.soft_deadline, waiting.hard_deadline) if each > now]
    return min([longest_s, *left])
