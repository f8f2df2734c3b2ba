"""A Customer Data Feed in a bucket that is only read, and its ledger in another place there."""

from __future__ import annotations

import asyncio
import json
import threading
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from airflow_provider_aam.compat import AirflowFailException
from airflow_provider_aam.feeds.ledger import Claim
from airflow_provider_aam.hooks.ledgers import ledger_of
from airflow_provider_aam.sensors.feed import AAMDataFeedSensor
from airflow_provider_aam.triggers.feed import AAMDataFeedTrigger

FEED, LEDGER = "s3://lake/aam-cdf/1109", "s3://lake/ours/ledger"
PUTS = r"PUT /lake/ours/ledger/0000000001"


@pytest.fixture
def deliver(emulator, s3):
    def send(**hour: Any) -> list[str]:
        options = {"endpoint_url": s3.url, "key": "adobe", "secret": "adobe"}
        sent = emulator.deliver_hour(FEED, every_s=0, options=options, **hour)
        return [f"{FEED}/{path}" for path in sent["files"] if path.endswith(".gz")]

    return send


@pytest.fixture
def sensor(account):
    about = {"source": FEED, "source_conn_id": "lake", "ledger": LEDGER, "ledger_conn_id": "lake"}
    return lambda **options: AAMDataFeedSensor(task_id="wait", **{**about, **options})


def context(run: str = "one") -> dict[str, Any]:
    ti = SimpleNamespace(dag_id="dag", run_id=run, task_id="wait", map_index=-1, xcom_push=lambda **_: None)
    return {"ti": ti, "dag_run": SimpleNamespace(start_date=datetime.now(UTC))}


def taken(sensor: AAMDataFeedSensor, run: str = "one") -> list[str] | None:
    value = sensor.poke(context(run)).xcom_value
    return value and [file["uri"] for file in value["files"]]


def claim(owner: str) -> Claim:
    return Claim(owner=owner, claimed_at=datetime.now(UTC), files=(), infos=())


def test_hours_are_handed_out_once_by_the_etags_of_their_info(deliver, sensor, s3):
    assert taken(sensor()) is None
    first = deliver(files=2, hours_ago=30)
    value = sensor().poke(context()).xcom_value
    assert [file["uri"] for file in value["files"]] == first
    (info,) = [key for key in s3.keys("aam-cdf") if key.endswith(".info")]
    listed = json.loads(s3.content(info))["Files"]
    assert [file["etag"] for file in value["files"]] == [file["FileChecksumMD5"] for file in listed]
    assert taken(sensor(), "two") is None
    second = deliver(hours_ago=2)
    assert taken(sensor(), "one") == first
    assert taken(sensor(), "two") == second
    assert s3.keys("ours") == [f"ours/ledger/000000000{number}.json" for number in range(3)]


def test_a_file_with_another_etag_is_waited_for(deliver, sensor, s3):
    (path,) = deliver(hours_ago=3)
    key = path.removeprefix("s3://lake/")
    good = s3.content(key)
    s3.put(key, bytes(len(good)))
    assert taken(sensor()) is None


def test_quiet_by_the_times_of_s3(deliver, sensor):
    sent = deliver(info="none")
    assert taken(sensor()) is None
    assert taken(sensor(quiet_period=timedelta(0))) == sent


def test_trigger_and_what_follows(deliver, sensor):
    sent = deliver(hours_ago=1)
    task = sensor()
    task._enter(context())
    trigger = AAMDataFeedTrigger(**task._trigger().serialize()[1])
    event = asyncio.run(anext(trigger.run()))
    value = task.execute_complete(context(), event.payload)
    assert [file["uri"] for file in value["files"]] == sent


def test_of_tasks_that_race_each_number_is_one_s(s3):
    gate, won = threading.Barrier(4, timeout=60), []

    def race(racer: int) -> None:
        for number in range(1, 6):
            gate.wait()
            if ledger_of(LEDGER, "lake").append(number, claim(f"racer {racer}")):
                won.append((number, f"racer {racer}"))

    racers = [threading.Thread(target=race, args=(racer,)) for racer in range(4)]
    for each in racers:
        each.start()
    for each in racers:
        each.join()
    asked = [
        {name.lower(): value for name, value in headers.items()} for route, headers in s3.asked if "PUT /" in route
    ]
    assert {each.get("if-none-match") for each in asked} == {"*"}
    owners = {number: each.owner for number, each in ledger_of(LEDGER, "lake").claims().items()}
    assert sorted(won) == [*owners.items()]
    assert [*owners] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("times", [1, 2])
def test_a_claim_whose_response_is_lost_is_found(s3, times):
    ledger = ledger_of(LEDGER, "lake")
    s3.trouble(PUTS, "reset_after", times=times)
    assert ledger.append(1, claim("one"))
    assert not ledger.append(1, claim("two"))
    assert {number: each.owner for number, each in ledger.claims().items()} == {1: "one"}


def test_a_ledger_that_is_overloaded_is_tried_again(deliver, sensor, s3, caplog):
    sent = deliver(hours_ago=1)
    s3.trouble(PUTS, "slow_down", times=1000)
    assert taken(sensor()) is None
    assert "The Customer Data Feed could not be read, it will be tried again: " in caplog.text
    s3.troubles.clear()
    assert taken(sensor()) == sent


@pytest.mark.parametrize(
    ("route", "said"),
    [
        (r"GET /lake.*list-type.*prefix=aam-cdf", rf"folder {FEED} cannot be listed"),
        (r"GET /lake.*list-type.*prefix=ours", rf"ledger {LEDGER} cannot be listed"),
        (r"PUT /lake/ours", rf"ledger {LEDGER} cannot be written"),
    ],
)
def test_what_is_forbidden_fails_at_once(deliver, sensor, s3, route, said):
    deliver(hours_ago=1)
    s3.trouble(route, "forbidden")
    with pytest.raises(AirflowFailException, match=said):
        taken(sensor())
