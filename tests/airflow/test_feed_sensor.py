"""The sensor on Customer Data Feeds: the same hours by poke, by reschedule and from a trigger, and each once."""

from __future__ import annotations

import asyncio
import inspect
import json
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

import pytest
from events import extras_of_events
from feed_place import FeedPlace, context_of
from keep import Keep
from waiting import KINDS, deferred, fired, looked, restarted

from airflow_provider_aam.compat import AirflowFailException, Asset
from airflow_provider_aam.notifications.text import describe
from airflow_provider_aam.sensors.feed import AAMDataFeedSensor
from airflow_provider_aam.triggers.feed import AAMDataFeedTrigger

PLACES = pytest.mark.parametrize("ledger", ["folder", "table"])


@pytest.fixture
def place(emulator, tmp_path, monkeypatch) -> FeedPlace:
    found = FeedPlace(tmp_path, emulator)
    found.move_clocks_of(monkeypatch)
    monkeypatch.setenv("AIRFLOW_CONN_AAM_DEFAULT", emulator.connection_json("oauth_server_to_server"))
    database = {"conn_type": "sqlite", "host": str(tmp_path / "ledger.db")}
    monkeypatch.setenv("AIRFLOW_CONN_LEDGER", json.dumps(database))
    return found


@pytest.fixture
def looking(place):
    """What one look of each kind of sensor hands out, as paths; ``None`` while it waits."""
    began = place.now

    def look(kind: str, run: str = "one", *, dag: str = "dag", map_index: int = -1, **options: Any) -> Any:
        sensor = AAMDataFeedSensor(task_id="wait", deferrable=kind == "trigger", **place.arguments(**options))
        context = context_of(began, run=run, dag=dag, map_index=map_index)
        try:
            value = looked(kind, sensor, context, warned=True)
        except AirflowFailException as failed:
            return str(failed)
        return value and place.paths(value)

    return look


def on(ledger: str) -> dict[str, str]:
    return {"ledger": "aam_feed_ledger", "ledger_conn_id": "ledger"} if ledger == "table" else {}


@KINDS
@PLACES
def test_an_hour_is_handed_out_once_and_again_to_a_retry(place, looking, kind, ledger):
    where = on(ledger)
    assert looking(kind, **where) is None
    first = place.deliver(files=2)
    assert looking(kind, "one", **where) == first
    assert looking(kind, "two", **where) is None
    place.wait(1)
    second = place.deliver()
    assert looking(kind, "one", **where) == first
    assert looking(kind, "one", dag="other", **where) == second
    assert looking(kind, "one", map_index=3, **where) is None


@KINDS
def test_an_hour_is_handed_out_once_however_the_folder_is_written(place, looking, kind):
    paths = place.deliver()
    assert looking(kind, "one") == paths
    for run, source in (("two", f"file://{place.folder}"), ("three", f"{place.folder}/"), ("four", place.folder)):
        assert looking(kind, run, source=source) is None


@KINDS
def test_late_split_and_moved_hours_are_found(place, looking, kind):
    place.deliver(files=2, info="first", every_s=3600)
    assert looking(kind) is None
    late = place.deliver(hours_ago=50)
    assert looking(kind, "one") == late
    moved = place.deliver(hours_ago=4, lands_h=2)
    assert looking(kind, "two") == moved
    place.wait(1.01)
    place.wait(1.01)
    assert len(looking(kind, "three")) == 2
    piece = place.deliver(hours_ago=52, first=1)
    assert looking(kind, "four") == piece


@KINDS
def test_without_info_it_waits_for_quiet(place, looking, kind):
    sent = place.deliver(files=2, info="none", every_s=600)
    place.wait(1)
    assert looking(kind) is None
    assert looking(kind, info="required", quiet_period=timedelta(0)) is None
    assert looking(kind, quiet_period=timedelta(minutes=45)) == sent


@KINDS
def test_nothing_by_the_hard_deadline_fails(place, looking, kind):
    place.wait(23.9)
    assert looking(kind) is None
    place.wait(0.2)
    assert "No complete hour of the Customer Data Feed was left by " in looking(kind)
    sent = place.deliver()
    assert looking(kind) == sent


def test_poke_warns_once_of_a_feed_that_is_late(place, caplog):
    sensor = AAMDataFeedSensor(task_id="wait", mode="poke", **place.arguments())
    context = context_of(place.now)
    for hours in (5, 2, 2):
        place.wait(hours)
        assert not sensor.poke(context).is_done
    assert sum("AAM is late:" in message for message in caplog.messages) == 1


def test_trigger_fires_once_for_a_feed_that_is_late_and_goes_on(place):
    sensor = AAMDataFeedSensor(task_id="wait", deferrable=True, **place.arguments())
    context = context_of(place.now)
    place.wait(7)
    ended = deferred(sensor.execute_complete, context, fired(sensor, context))
    assert (ended.trigger.warned, ended.kwargs) == (True, {"warned": True})
    assert fired(sensor, context, warned=True) is None


def test_a_task_whose_hours_another_was_faster_to_take_waits_on(place, looking):
    sent = place.deliver()
    sensor = AAMDataFeedSensor(task_id="wait", deferrable=True, **place.arguments())
    context = context_of(place.now, run="slow")
    event = fired(sensor, context)
    assert looking("poke", "fast") == sent
    ended = deferred(sensor.execute_complete, context, event)
    place.wait(1)
    later = place.deliver()
    trigger = restarted(AAMDataFeedTrigger, ended.trigger)
    event = asyncio.run(trigger._look(trigger._load()))
    assert place.paths(sensor.execute_complete(context, event)) == later


@KINDS
def test_hours_that_are_long_missing_are_warned_of(place, looking, kind, caplog):
    place.deliver(hours_ago=130)
    gap = f"{place.now - timedelta(hours=129):day=%Y-%m-%d/hour=%H}"
    assert len(looking(kind)) == 1
    (warning,) = [message for message in caplog.messages if "has gaps or contradictions" in message]
    assert f"{gap}: nothing of it is there; AAM keeps it until " in warning


@KINDS
def test_trouble_that_may_pass_is_waited_for_until_the_hard_deadline(
    place, looking, kind, tmp_path, monkeypatch, caplog
):
    sent, where = place.deliver(), on("table")
    database = tmp_path / "ledger.db"
    connection = {"conn_type": "sqlite", "host": str(database), "extra": {"timeout": "0"}}
    monkeypatch.setenv("AIRFLOW_CONN_LEDGER", json.dumps(connection))
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert looking(kind, **where) is None
        said = "The Customer Data Feed could not be read, it will be tried again: ledger aam_feed_ledger: "
        assert said in caplog.text
        other.rollback()
        assert looking(kind, **where) == sent
        other.execute("BEGIN EXCLUSIVE")
        place.wait(25)
        with pytest.raises(Exception, match=r"(?s)database is locked|OSError in the triggerer"):
            looking(kind, **where)


@KINDS
@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"info": "never"}, "info is 'never'"),
        ({"source": "nowhere://b/feed"}, "folder .* cannot be opened"),
        ({"ledger": "aam_feed_ledger"}, "ledger_conn_id must be the Airflow Connection of its database"),
        ({"ledger": "t", "ledger_conn_id": "aam_default"}, "ledger_conn_id: .* 'aam_default' is not of a database"),
        ({"ledger": "t", "ledger_conn_id": "none"}, "ledger_conn_id: there is no Airflow Connection 'none'"),
    ],
)
def test_arguments_that_cannot_be_fail_at_once(place, kind, options, said):
    place.folder.mkdir()
    sensor = AAMDataFeedSensor(task_id="w", deferrable=kind == "trigger", **place.arguments(**options))
    context = context_of(place.now)
    with pytest.raises(AirflowFailException, match=said):
        sensor.poke(context) if kind == "poke" else sensor.execute_complete(context, fired(sensor, context))


@pytest.mark.parametrize(
    "how", [{"mode": "poke"}, {"mode": "reschedule"}, {"deferrable": True}], ids=["poke", "reschedule", "deferrable"]
)
def test_in_a_dag(place, run, tmp_path, how):
    sent = place.deliver(files=2)
    asset = Asset("aam://account/feeds/1109")

    def build() -> None:
        hard = place.now + timedelta(hours=1)
        deadlines = {"soft_deadline": hard, "hard_deadline": hard}
        wait = AAMDataFeedSensor(
            task_id="wait", poke_interval=1, outlets=[asset], **place.arguments(**deadlines), **how
        )
        Keep(task_id="keep", value=wait.output, path=str(tmp_path / "verdict.json"))

    assert run(build).state == "success"
    verdict = json.loads((tmp_path / "verdict.json").read_text())
    assert place.paths(verdict) == sent
    (hour,) = verdict["hours"]
    extra = {"hours": [hour["hour"]], "files": 2, "bytes": hour["bytes"]}
    assert extras_of_events(asset.uri)[-1].items() >= extra.items()
    assert datetime.fromisoformat(hour["hour"]).tzinfo is not None


def test_a_task_that_dies_after_its_claim_gets_the_same_hours_at_its_next_try(place, run, tmp_path):
    first = place.deliver(files=2)

    class Dying(AAMDataFeedSensor):
        def poke(self, context: Any) -> Any:
            value = super().poke(context)
            if value.is_done and context["ti"].try_number == 1:
                place.deliver(hours_ago=20)
                raise RuntimeError("the worker has died")
            return value

    def build() -> None:
        deadline = place.now + timedelta(hours=1)
        deadlines = {"soft_deadline": deadline, "hard_deadline": deadline}
        tries = {"mode": "poke", "retries": 1, "retry_delay": timedelta(0)}
        wait = Dying(task_id="wait", poke_interval=1, **place.arguments(**deadlines), **tries)
        Keep(task_id="keep", value=wait.output, path=str(tmp_path / "verdict.json"))

    assert run(build).state == "success"
    verdict = json.loads((tmp_path / "verdict.json").read_text())
    assert (place.paths(verdict), verdict["again"]) == (first, True)


def test_every_argument_is_documented():
    described = AAMDataFeedSensor.__doc__ or ""
    for name in {*inspect.signature(AAMDataFeedSensor.__init__).parameters} - {"self", "kwargs"}:
        assert f":param {name}:" in described, name


def test_a_folder_without_hours_is_named_whatever_the_ledger_knows(place, looking, tmp_path):
    place.deliver()
    assert looking("poke", "one")
    late = {"soft_deadline": timedelta(), "hard_deadline": timedelta()}
    said = looking("poke", "two", source=f"{tmp_path}/elsewhere", **late)
    assert f"{tmp_path}/elsewhere has no day=…/hour=… of the last 8 days, or is not there" in said
    assert "has no day=" not in looking("poke", "three", **late)


@KINDS
def test_arguments_of_another_type_are_told_all_at_once(looking, kind):
    said = looking(kind, max_hours="6", quiet_period=60, warn_after="5 days")
    assert "max_hours is '6'; expected an integer" in said
    assert "quiet_period is 60; expected a timedelta, like timedelta(hours=1)" in said
    assert "warn_after is '5 days'; expected a timedelta" in said


def test_a_file_for_the_folder_is_told(looking, tmp_path):
    (tmp_path / "list.csv").write_text("a")
    said = looking("poke", source=f"{tmp_path}/list.csv")
    assert said.endswith(f"{tmp_path}/list.csv is a file: give the folder that it is in.")


def test_hours_that_are_there_are_handed_out_without_a_triggerer(place):
    first = place.deliver(files=2)
    sensor = AAMDataFeedSensor(task_id="wait", deferrable=True, **place.arguments())
    assert place.paths(sensor.execute(context_of(place.now))) == first


def test_a_verdict_is_told_in_a_message(place):
    place.deliver(files=2)
    verdict = AAMDataFeedSensor(task_id="wait", **place.arguments()).poke(context_of(place.now)).xcom_value
    assert (describe(verdict) or "").startswith("Customer Data Feed: 1 hour, 2 files")
