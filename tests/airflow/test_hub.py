"""One poll for all who wait, whatever happens to it."""

from __future__ import annotations

import asyncio
import json
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from airflow_provider_aam.api.errors import AAMError
from airflow_provider_aam.reports.goal import Goal
from airflow_provider_aam.triggers import hub, readings
from airflow_provider_aam.triggers.hub import LONGEST_SPREAD_S, hub_of
from airflow_provider_aam.triggers.population import AAMPopulationTrigger

LIST = "GET /v1/segments"
ONE = "GET /v1/segments/{sid}"
TOKEN = "POST /ims/token/v3"
LATER = (datetime.now(UTC) + timedelta(days=1)).isoformat()


@pytest.fixture(autouse=True)
def _connection(emulator, monkeypatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_AAM_DEFAULT", emulator.connection_json("oauth_server_to_server", max_attempts=1))


def segments(emulator: Any, count: int) -> list[int]:
    emulator.seed(segments=count)
    emulator.clear_stats()
    return [int(segment["sid"]) for segment in emulator.objects("segments")]


def trigger(sid: int, **bounds: Any) -> AAMPopulationTrigger:
    goal = Goal.parse(kind="segments", sid=sid, **bounds).as_json()
    return AAMPopulationTrigger(goal=goal, deadline=LATER, aam_conn_id="aam_default", poll_interval=1800)


async def _fired(each: AAMPopulationTrigger) -> Any:
    return (await anext(aiter(each.run()))).payload


def fired(*triggers: AAMPopulationTrigger) -> list[Any]:
    async def together() -> list[Any]:
        return await asyncio.wait_for(asyncio.gather(*map(_fired, triggers)), 120)

    return asyncio.run(together())


def test_a_thousand_triggers_cost_one_token_and_one_list(emulator):
    sids = segments(emulator, 200)
    events = fired(*(trigger(sid, at_least=0) for sid in sids * 5))
    assert [event["met"] for event in events] == [True] * 1000
    assert {request["route"] for request in emulator.requests} == {TOKEN, LIST}
    assert len(emulator.requests) == 2


def test_few_are_asked_for_one_by_one_and_once_for_all_who_wait_for_the_same(emulator):
    sids = segments(emulator, 100)[:3]
    assert all(event["met"] for event in fired(*(trigger(sid, at_least=0) for sid in sids * 10)))
    assert (emulator.count(ONE), emulator.count(LIST), emulator.count(TOKEN)) == (3, 0, 1)


def test_a_server_that_is_down_is_asked_once(emulator):
    (sid,) = segments(emulator, 1)
    emulator.trouble("GET /v1/segments*", "status", times=None, status=503)

    async def ask() -> list[Any]:
        read = partial(hub_of("aam_default").read, "topic", lambda client: client.segments.get(sid), every_s=60)
        found = await asyncio.gather(*(read() for _ in range(50)))
        return [*found, await read()]

    found = asyncio.run(ask())
    assert len({id(reading) for reading in found}) == 1
    with pytest.raises(AAMError, match="503"):
        found[0].result()
    assert emulator.count(ONE) == 1


def test_a_wrong_secret_is_tried_again_for_those_who_come_later(emulator, monkeypatch):
    (sid,) = segments(emulator, 1)
    right = emulator.connection("oauth_server_to_server", max_attempts=1)

    async def ask() -> list[Any]:
        async def read() -> Any:
            return await hub_of("aam_default").read("topic", lambda client: client.segments.get(sid), every_s=60)

        monkeypatch.setenv("AIRFLOW_CONN_AAM_DEFAULT", json.dumps({**right, "password": "p8e-wrong"}))
        wrong = await asyncio.gather(read(), read())
        monkeypatch.setenv("AIRFLOW_CONN_AAM_DEFAULT", json.dumps(right))
        return [*wrong, await read()]

    first, second, third = asyncio.run(ask())
    assert first is second
    assert "p8e-wrong" not in str(first.error)
    assert third.result()["sid"] == sid


def test_nothing_is_kept_when_no_one_waits(emulator):
    sids = segments(emulator, 60)

    async def wait() -> tuple[int, dict[Any, Any]]:
        await asyncio.gather(*(_fired(trigger(sid, at_least=0)) for sid in sids))
        ours = hub_of("aam_default")
        return len(ours.crowd("segments")), ours._readings

    assert asyncio.run(wait()) == (0, {})


def test_last_of_many_is_told_what_the_list_said(emulator):
    """Those before it have what they waited for, and are gone."""
    *sids, last = segments(emulator, 60)

    async def first(sid: int) -> Any:
        looks = readings.read_on("aam_default", "segments", sid, every_s=1800)
        return looks, await anext(looks)

    async def together() -> Any:
        looking = await asyncio.gather(*map(first, sids))
        for looks, _ in looking[5:]:
            await looks.aclose()
        return (await first(last))[1].result()

    assert last in asyncio.run(together())
    assert (emulator.count(LIST), emulator.count(ONE)) == (1, 0)


def test_what_was_read_long_ago_is_not_kept(emulator, monkeypatch):
    clock = SimpleNamespace(monotonic=time.monotonic)
    monkeypatch.setattr(hub, "time", clock)

    async def days() -> dict[Any, Any]:
        read = partial(hub_of("aam_default").read, question=lambda client: client.users.self(), every_s=1800)
        for day in range(3):
            clock.monotonic = lambda: time.monotonic() + 90_000 * day  # noqa: B023  of this day
            await read(("deliveries", 7, day))
            await read(("deliveries", 8, day))
        return hub_of("aam_default")._readings

    assert asyncio.run(days()).keys() == {("deliveries", 7, 2), ("deliveries", 8, 2)}


def test_polls_follow_the_interval_for_all_together(emulator, monkeypatch):
    """The clock is moved, never waited for."""
    sids = segments(emulator, 100)
    pauses: list[float] = []
    sleep = asyncio.sleep

    async def nap(seconds: float) -> None:
        pauses.append(seconds)
        await sleep(0.01 if seconds <= readings.GATHER_S else 0.5)

    monkeypatch.setattr(readings.asyncio, "sleep", nap)
    goals = [Goal.parse(kind="segments", sid=sid, at_least=10**12) for sid in sids]

    async def first(goal: Goal) -> None:
        looks = readings.read_on("aam_default", "segments", goal.sid, every_s=1800)
        await anext(looks)
        await anext(looks)
        await looks.aclose()

    async def together() -> None:
        await asyncio.gather(*map(first, goals))

    asyncio.run(together())
    assert emulator.count(LIST) == 1, "the second look comes before the interval is over"
    waits = [pause for pause in pauses if pause > 1]
    assert len(waits) == 100
    assert all(1700 < wait <= 1800 + LONGEST_SPREAD_S for wait in waits)
    assert max(waits) - min(waits) > LONGEST_SPREAD_S / 2, "they wake up one after the other"


def test_the_pages_of_a_list_come_one_after_the_other(emulator):
    sids = segments(emulator, 3000)
    assert all(event["met"] for event in fired(*(trigger(sid, at_least=0) for sid in sids[:60])))
    assert (emulator.count(LIST), emulator.max_in_flight) == (3, 1)
