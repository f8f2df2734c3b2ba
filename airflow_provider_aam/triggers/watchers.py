"""Asset watchers: DAGs that start when something has happened in AAM. Airflow 3.3."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.compat.triggers import AssetMemory, BaseEventTrigger, TriggerEvent
from airflow_provider_aam.triggers.base import PlainArguments, failure
from airflow_provider_aam.triggers.hub import Reading, hub_of
from airflow_provider_aam.triggers.readings import SHORTEST_PAUSE_S, load, read_on

if TYPE_CHECKING:
    from airflow_provider_aam.feeds.deliveries import Delivery

log = logging.getLogger(__name__)

SETTLE_S = 10.0
"""Airflow stores an event a second or two after it was fired. What has been told is remembered after that, so that a
triggerer that dies in between tells it twice, and never not at all."""


class _Watcher(PlainArguments, BaseEventTrigger):
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
                    log.warning("%s looks again: %s", self._key(), one_line(failure(trouble)["error"]))
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
            log.warning("%s cannot be remembered yet: %s", self._key(), one_line(failure(trouble)["error"]))
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


class AAMPopulationWatcher(_Watcher):
    """Fires when the population of a trait or segment passes a bound, once for each time that it does.

    A population that has passed the bound when the watcher first sees it fires nothing. After it has fired, the
    population must leave the bound by ``hysteresis`` before it can fire again. What was seen is kept across restarts of
    the triggerer. A triggerer that dies within ten seconds after an event may fire it again, with the same payload:
    ``kind, sid, metric, value, at_least, at_most, asked_at``. All watchers and sensors of a Connection look together.

    :param kind: ``traits`` or ``segments``.
    :param sid: the id of the trait or segment.
    :param metric: ``uniques30Day`` by default for traits, ``totalUniques30Day`` for segments.
    :param at_least: the population passes it when it becomes as large.
    :param at_most: the population passes it when it becomes as small.
    :param hysteresis: a share of the bound, 0.05 is 5 %.
    :param poll_interval: seconds between two polls. AAM computes populations once a day.
    :param aam_conn_id: the Airflow Connection of type ``aam``.
    """

    arguments: ClassVar[tuple[str, ...]] = (
        "kind",
        "sid",
        "metric",
        "at_least",
        "at_most",
        "hysteresis",
        "poll_interval",
        "aam_conn_id",
    )

    def __init__(
        self,
        *,
        kind: str,
        sid: int,
        metric: str | None = None,
        at_least: float | None = None,
        at_most: float | None = None,
        hysteresis: float = 0.05,
        poll_interval: float = 1800,
        aam_conn_id: str = "aam_default",
    ) -> None:
        from airflow_provider_aam.reports.goal import Goal

        super().__init__()  # type: ignore[no-untyped-call]
        self.kind = kind
        self.sid = sid
        self.metric = metric
        self.at_least = at_least
        self.at_most = at_most
        self.hysteresis = hysteresis
        self.poll_interval = poll_interval
        self.aam_conn_id = aam_conn_id
        # Checked here, for an import error of the DAG: in the triggerer there is no one to tell.
        self._goal = Goal.parse(kind=kind, sid=sid, metric=metric, at_least=at_least, at_most=at_most)

    def _key(self) -> str:
        goal = self._goal
        bounds = "-".join("" if bound is None else f"{bound:g}" for bound in (goal.at_least, goal.at_most))
        return f"{self.aam_conn_id}-{goal.kind}-{goal.sid}-{goal.metric}-{bounds}"

    def _readings(self) -> AsyncGenerator[Reading[Any], None]:
        return read_on(self.aam_conn_id, self._goal.kind, self._goal.sid, every_s=self.poll_interval)

    def _look(self, reading: Reading[Any], known: Any) -> tuple[Any, dict[str, Any] | None]:
        value = self._goal.value_in(reading.result())
        if known and not self._goal.is_left(value, self.hysteresis):
            return known, None
        met = self._goal.is_met(value)
        if value is None or known is None or not met:
            return known if value is None else met, None
        return met, {**self._goal.as_json(), "value": value, "asked_at": reading.asked_at.isoformat()}


class AAMDeliveryWatcher(_Watcher):
    """Fires when AAM has completed deliveries of files to a destination.

    By AAM's history of outbound files, whose fields Adobe documents; that a delivery without an ``endTime`` is still
    under way is inferred. Each completed file is told once, the failed ones too (``success`` is false); those that
    ended before the watcher first looked are not told. The payload is ``destination`` and ``deliveries: [{file,
    success, received, sent, begun_at, ended_at}]``. Restarts are as of :class:`AAMPopulationWatcher`.

    :param destination: the id of the destination.
    :param poll_interval: seconds between two polls.
    :param aam_conn_id: the Airflow Connection of type ``aam``.
    """

    arguments: ClassVar[tuple[str, ...]] = ("destination", "poll_interval", "aam_conn_id")

    def __init__(self, *, destination: int, poll_interval: float = 1800, aam_conn_id: str = "aam_default") -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.destination = destination
        self.poll_interval = poll_interval
        self.aam_conn_id = aam_conn_id

    def _key(self) -> str:
        return f"{self.aam_conn_id}-deliveries-{self.destination}"

    async def _readings(self) -> AsyncGenerator[Reading[Any], None]:
        await asyncio.to_thread(load)
        from airflow_provider_aam.feeds.deliveries import read_deliveries

        question = partial(read_deliveries, destination=self.destination)
        while True:
            reading = await hub_of(self.aam_conn_id).read(
                ("deliveries", self.destination), question, every_s=self.poll_interval
            )
            yield reading
            await asyncio.sleep(max(SHORTEST_PAUSE_S, reading.look_in_s(self.poll_interval)))

    def _look(
        self, reading: Reading[list[Delivery]], known: list[str] | None
    ) -> tuple[list[str], dict[str, Any] | None]:
        ended = reading.result()
        keys = sorted(delivery.key for delivery in ended)
        new = [delivery for delivery in ended if known is not None and delivery.key not in known]
        if not new:
            return keys, None
        return keys, {"destination": self.destination, "deliveries": [delivery.as_json() for delivery in new]}
