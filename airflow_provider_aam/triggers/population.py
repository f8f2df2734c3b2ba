"""Waits in the triggerer until a population passes a bound."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from airflow_provider_aam.compat.triggers import BaseTrigger, TriggerEvent
from airflow_provider_aam.triggers.base import PlainArguments, failure
from airflow_provider_aam.triggers.readings import read_on

if TYPE_CHECKING:
    from airflow_provider_aam.reports.figures import Figures
    from airflow_provider_aam.triggers.hub import Reading


class AAMPopulationTrigger(PlainArguments, BaseTrigger):
    """Fires ``{"met": …, "value": …, "asked_at": …}`` when the bound is passed, or at the deadline.

    Trouble that may pass is logged and does not end it before the deadline; anything else fires the error. All triggers
    of a Connection look together: one request per poll for each trait or segment, and one list of all (a request per
    1,000) where more than 50 are waited for.

    :param goal: which bound, as ``Goal.as_json`` writes it.
    :param deadline: ISO 8601 text.
    :param aam_conn_id: the Airflow Connection of type ``aam``.
    :param poll_interval: seconds between two polls.
    """

    arguments: ClassVar[tuple[str, ...]] = ("goal", "deadline", "aam_conn_id", "poll_interval")

    def __init__(self, *, goal: dict[str, Any], deadline: str, aam_conn_id: str, poll_interval: float) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.goal = goal
        self.deadline = deadline
        self.aam_conn_id = aam_conn_id
        self.poll_interval = poll_interval

    async def run(self) -> AsyncIterator[TriggerEvent]:
        try:
            event = await self._wait()
        except Exception as error:  # noqa: BLE001  the task must fail with this, not with a lost trigger
            event = failure(error)
        yield TriggerEvent(event)  # type: ignore[no-untyped-call]

    async def _wait(self) -> dict[str, Any]:
        kind, sid, deadline = self.goal["kind"], self.goal["sid"], datetime.fromisoformat(self.deadline)
        readings = read_on(self.aam_conn_id, kind, sid, every_s=self.poll_interval, deadline=deadline)
        async with aclosing(readings):
            async for reading in readings:
                if (event := self._judge(reading, deadline)) is not None:
                    return event
        raise AssertionError  # readings never end

    def _judge(self, reading: Reading[Figures], deadline: datetime) -> dict[str, Any] | None:
        from airflow_provider_aam.hooks.patience import patience
        from airflow_provider_aam.reports.goal import Goal

        goal = Goal(**self.goal)
        with patience(deadline, "The population"):
            value = goal.value_in(reading.result())
            met = goal.is_met(value)
            if met or reading.asked_at >= deadline:
                return {"met": met, "value": value, "asked_at": reading.asked_at.isoformat()}
        return None
