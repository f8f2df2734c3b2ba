"""The sensor on populations: the same verdict by poke, by reschedule and from a trigger."""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from events import extras_of_events
from keep import Keep
from waiting import deferred, restarted, sent_to_the_triggerer

from airflow_provider_aam.compat import AIRFLOW_V_3_0_PLUS, AirflowFailException, Asset
from airflow_provider_aam.sensors.population import AAMPopulationSensor
from airflow_provider_aam.triggers.population import AAMPopulationTrigger

DATE = {"logical_date" if AIRFLOW_V_3_0_PLUS else "execution_date": datetime.now(UTC)}
ONE = "GET /v1/segments/{sid}"
LATER = "2999-01-01T00:00:00Z"
PAST = "2026-01-01T00:00:00Z"
KINDS = pytest.mark.parametrize("kind", ["poke", "trigger"])


@pytest.fixture(autouse=True)
def _connection(emulator, monkeypatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_AAM_DEFAULT", emulator.connection_json("oauth_server_to_server", max_attempts=1))


@pytest.fixture
def sid(emulator) -> int:
    emulator.seed(segments=3)
    found = int(emulator.objects("segments")[1]["sid"])
    emulator.set_metrics(found, {"totalUniques30Day": 900, "instantUniques1Day": 7})
    return found


def sensor(**arguments: Any) -> AAMPopulationSensor:
    return AAMPopulationSensor(
        task_id="wait", **{"kind": "segments", "deadline": LATER, "poke_interval": 0, **arguments}
    )


def look(kind: str, task: AAMPopulationSensor, until: Callable[[], bool] = lambda: False) -> dict[str, Any] | None:
    """What one look says; ``None`` if the task goes on. A trigger is given up when it has not fired by ``until``."""
    if kind == "poke":
        return task.poke({}).xcom_value
    task.deferrable = True
    event = first_event(restarted(AAMPopulationTrigger, sent_to_the_triggerer(task, {})), until)
    return event and task.execute_complete({}, event)


def first_event(trigger: AAMPopulationTrigger, until: Callable[[], bool] = lambda: False) -> dict[str, Any] | None:
    async def wait() -> Any:
        firing = asyncio.ensure_future(anext(aiter(trigger.run())))
        over = False
        while not (firing.done() or over):
            over = until()
            await asyncio.wait([firing], timeout=0.3)
        if firing.done():
            return firing.result().payload
        firing.cancel()
        return None

    event: dict[str, Any] | None = json.loads(json.dumps(asyncio.run(wait())))
    return event


@pytest.fixture
def asked(emulator) -> Callable[[], bool]:
    """Whether AAM has been asked for a segment."""
    return lambda: emulator.count(ONE) > 0


@KINDS
def test_waits_until_the_population_is_large_enough(emulator, sid, kind, asked):
    assert look(kind, sensor(sid=sid, at_least=1000), asked) is None
    emulator.set_metrics(sid, {"totalUniques30Day": 1000})
    found = look(kind, sensor(sid=str(sid), at_least=1000))
    assert found.pop("asked_at") > "2026"
    assert found == {
        "kind": "segments",
        "sid": sid,
        "metric": "totalUniques30Day",
        "value": 1000,
        "at_least": 1000,
        "at_most": None,
    }


@KINDS
@pytest.mark.parametrize(
    ("bounds", "met"),
    [
        ({"at_most": 899}, False),
        ({"at_most": 900}, True),
        ({"at_least": 900, "at_most": 900}, True),
        ({"at_least": 7, "at_most": 7, "metric": "instantUniques1Day"}, True),
    ],
)
def test_bounds_and_metrics(sid, kind, asked, bounds, met):
    assert (look(kind, sensor(sid=sid, **bounds), (lambda: False) if met else asked) is not None) == met


@KINDS
def test_deadline_fails_the_task_for_good(sid, kind):
    with pytest.raises(
        AirflowFailException, match="by 2026-01-01 00:00 UTC: expected totalUniques30Day of segment"
    ) as failed:
        look(kind, sensor(sid=sid, at_least=1000, deadline=PAST))
    assert "to be at least 1,000, found 900. Find out why" in str(failed.value)


@KINDS
def test_deadline_after_the_start_of_the_run(sid, kind):
    run = SimpleNamespace(start_date=datetime.now(UTC) - timedelta(hours=2))
    task = sensor(sid=sid, at_least=1000, deadline=timedelta(hours=1), deferrable=kind == "trigger")
    context = {"dag_run": run}
    event = first_event(sent_to_the_triggerer(task, context)) if kind == "trigger" else None
    with pytest.raises(AirflowFailException, match="did not pass its bound"):
        task.execute_complete(context, event) if event else task.poke(context)


@KINDS
def test_what_does_not_exist_fails_at_once(sid, kind):
    with pytest.raises(AirflowFailException, match="AAM has no segment 99, or the technical account"):
        look(kind, sensor(sid=99, at_least=1))


@KINDS
def test_trouble_that_may_pass_is_waited_for_until_the_deadline(emulator, sid, kind, caplog):
    emulator.trouble(ONE, "status", times=None, status=503)
    told = "The population could not be read, it will be tried again: "
    assert look(kind, sensor(sid=sid, at_least=1), lambda: told in caplog.text) is None
    assert told in caplog.text
    with pytest.raises(Exception, match="503") as failed:
        look(kind, sensor(sid=sid, at_least=1, deadline=PAST))
    assert not isinstance(failed.value, AirflowFailException)


@KINDS
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({}, "nothing to wait for: give at_least, at_most or both"),
        ({"at_least": -1}, "at_least must be a number, 0 or more, not -1"),
        ({"at_least": 2, "at_most": 1}, "at_least 2 is above at_most 1"),
        ({"at_least": 1, "sid": "x"}, "sid must be AAM's id of one of the segments, not 'x'"),
        ({"at_least": 1, "metric": "totalUniques30Days"}, "Did you mean totalUniques"),
        ({"at_least": 1, "kind": "destinations"}, "kind must be traits or segments, not 'destinations'"),
    ],
)
def test_arguments_that_cannot_be(emulator, kind, arguments, said):
    task = sensor(**{"sid": 1, **arguments}, deferrable=kind == "trigger")
    with pytest.raises(AirflowFailException) as failed:
        task.poke({}) if kind == "poke" else task.execute({})
    assert said in str(failed.value)
    assert emulator.requests == []


def test_what_is_there_already_needs_no_triggerer(sid):
    assert sensor(sid=sid, at_least=900, deferrable=True).execute({})["value"] == 900


def test_trigger_waits_for_the_growth(emulator, sid):
    trigger = deferred(sensor(sid=sid, at_least=1000, deferrable=True).execute, {}).trigger

    async def wait() -> Any:
        firing = asyncio.ensure_future(anext(aiter(trigger.run())))
        await asyncio.sleep(0.5)
        assert not firing.done()
        await asyncio.to_thread(emulator.set_metrics, sid, {"totalUniques30Day": 1001})
        return await asyncio.wait_for(firing, 60)

    assert asyncio.run(wait()).payload["value"] == 1001


def test_trigger_looks_at_its_deadline(sid):
    soon = datetime.now(UTC) + timedelta(seconds=2)
    task = sensor(sid=sid, at_least=1000, deadline=soon.isoformat(), deferrable=True, poke_interval=1800)
    trigger = deferred(task.execute, {}).trigger

    async def wait() -> Any:
        return await asyncio.wait_for(anext(aiter(trigger.run())), 60)

    event = asyncio.run(wait()).payload
    assert (event["met"], event["asked_at"] >= soon.isoformat()) == (False, True)


@pytest.mark.parametrize(
    "how", [{"mode": "poke"}, {"mode": "reschedule"}, {"deferrable": True}], ids=["poke", "reschedule", "deferrable"]
)
def test_wait_in_a_dag(emulator, sid, run, tmp_path, how):
    asset = Asset(f"aam://account/segments/{next(iter(how.values()))}".lower())

    def build() -> None:
        wait = sensor(sid=sid, at_least=900, deadline=timedelta(days=1), outlets=[asset], **how)
        Keep(task_id="keep", value=wait.output, path=str(tmp_path / "found.json"))

    assert run(build, **DATE).state == "success"
    assert json.loads((tmp_path / "found.json").read_text())["value"] == 900
    assert [extra["value"] for extra in extras_of_events(asset.uri)] == [900]


def test_every_argument_is_documented():
    described = AAMPopulationSensor.__doc__ or ""
    for name in {*inspect.signature(AAMPopulationSensor.__init__).parameters} - {"self", "kwargs"}:
        assert f":param {name}:" in described, name
