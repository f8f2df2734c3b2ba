"""The sensor on outbound deliveries: the same verdict by poke, by reschedule and from a trigger."""

from __future__ import annotations

import asyncio
import inspect
import json
import re
import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from events import extras_of_events
from keep import Keep
from outbound_place import OutboundPlace
from waiting import KINDS, TI, deferred, fired, looked, restarted, sent_to_the_triggerer

from airflow_provider_aam.compat import AIRFLOW_V_3_0_PLUS, AirflowFailException, Asset
from airflow_provider_aam.notifications.text import describe
from airflow_provider_aam.sensors.outbound import AAMOutboundSensor
from airflow_provider_aam.triggers import hub
from airflow_provider_aam.triggers.hub import LONGEST_SPREAD_S
from airflow_provider_aam.triggers.outbound import AAMOutboundTrigger

HISTORY = "GET /v1/destinations/{destinationId}/history/outbound"


@pytest.fixture
def place(emulator, tmp_path, monkeypatch) -> OutboundPlace:
    found = OutboundPlace(tmp_path / "outbound", emulator)
    found.move_clocks_of(monkeypatch)
    monkeypatch.setenv("AIRFLOW_CONN_AAM_DEFAULT", found.connection())
    return found


@pytest.fixture
def looking(place):
    """What one look of each kind of sensor says: the names of the day's batches, or why it failed."""
    day = place.day

    def look(kind: str, **options: Any) -> list[str] | str | None:
        arguments = place.arguments(**{"day": day, **options})
        sensor = AAMOutboundSensor(task_id="wait", deferrable=kind == "trigger", **arguments)
        ti = TI()
        try:
            value = looked(kind, sensor, {"ti": ti})
        except AirflowFailException as failed:
            assert ti.pushed["return_value"]["state"] in ("missing", "broken")
            return str(failed)
        return value and [batch["batch"] for batch in value["batches"]]

    return look


@KINDS
@pytest.mark.parametrize("order", [{"info": "first"}, {"info": "first", "reverse": True}, {"info": "last"}])
def test_waits_until_all_files_of_the_info_are_there(place, looking, kind, order):
    assert looking(kind) is None
    sent = place.deliver(splits=3, every_s=3600, **order)
    for _ in range(3):
        assert looking(kind, info="required") is None
        place.wait(1.01)
    assert looking(kind, info="required") == [sent["batch"]]
    assert place.emulator.count(HISTORY) == 0


@KINDS
def test_without_info_it_waits_for_quiet_and_for_the_history(place, looking, kind):
    sent = place.deliver(info="none", splits=2, every_s=600)
    place.wait(0.2)
    assert looking(kind) is None
    place.wait(0.5)
    assert looking(kind, quiet_period=timedelta(hours=1)) is None
    assert looking(kind) == [sent["batch"]]


@KINDS
def test_a_delivery_that_failed_is_waited_for_until_it_is_sent_again(place, looking, kind):
    place.deliver(info="none", success=False)
    place.wait(1)
    assert looking(kind) is None
    place.wait(61)
    assert "AAM's history says that it was not sent" in looking(kind)


@KINDS
def test_a_late_delivery_comes_with_that_of_the_next_day(place, looking, kind):
    place.wait(13)
    today = place.deliver(late_s=23.5 * 3600)
    place.wait(1)
    assert looking(kind) is None
    place.wait(23)
    tomorrow = place.deliver()
    place.wait(0.1)
    assert looking(kind) == [today["batch"]]
    assert looking(kind, day=place.day) == [tomorrow["batch"]]


@KINDS
def test_two_batches_of_a_day_that_nobody_expected_and_a_day_without(place, looking, kind):
    place.wait(36)
    two = [place.deliver(every_s=0)["batch"]]
    place.wait(1)
    two.append(place.deliver(every_s=0)["batch"])
    place.wait(1)
    assert looking(kind, day=place.day) == two
    place.wait(23)
    failure = looking(kind)
    assert "no batch of " in failure
    assert "has 2 batches: the first of them may be the delivery of" in failure


@KINDS
def test_full_or_iter(place, looking, kind):
    full = place.deliver(mode="full", every_s=0)
    assert looking(kind, sync_mode="iter") is None
    place.wait(0.1)
    iteration = place.deliver(mode="iter", every_s=0)
    assert looking(kind, sync_mode="iter") == [iteration["batch"]]
    assert looking(kind, sync_mode="full") == [full["batch"]]


@KINDS
def test_md5_is_compared_where_it_is_asked_for(place, looking, kind):
    sent = place.deliver(every_s=0, splits=2)
    assert looking(kind, check_md5=True) == [sent["batch"]]
    broken = place.folder / sent["files"][1]
    broken.write_bytes(bytes(broken.stat().st_size))
    assert looking(kind) == [sent["batch"]]
    failure = looking(kind, check_md5=True)
    assert "is broken:" in failure
    assert f"“{broken.name}” has another md5 than its .info says" in failure
    info = place.folder / sent["files"][2]
    info.write_text(re.sub(r'"md5": ?"\w+"', '"md5": "zz_not_hex"', info.read_text()))
    assert looking(kind, check_md5=True) == [sent["batch"]]


def test_poke_warns_once_of_a_late_day(place, caplog):
    sensor = AAMOutboundSensor(task_id="wait", mode="poke", **place.arguments())
    for hours in (22, 2, 2):
        place.wait(hours)
        assert not sensor.poke({"ti": TI()}).is_done
    assert sum("AAM is late:" in message for message in caplog.messages) == 1


def test_trigger_fires_once_for_a_late_day_and_goes_on(place, caplog):
    sensor = AAMOutboundSensor(task_id="wait", deferrable=True, **place.arguments())
    place.wait(24)
    ended = deferred(sensor.execute_complete, {"ti": TI()}, fired(sensor))
    assert (ended.trigger.warned, ended.kwargs) == (True, {"warned": True})
    assert "AAM is late:\n  no batch of " in caplog.text
    assert fired(sensor, warned=True) is None


@KINDS
def test_trouble_that_may_pass_is_waited_for_until_the_hard_deadline(place, kind, caplog):
    sensor = AAMOutboundSensor(task_id="wait", deferrable=kind == "trigger", **place.arguments())
    look = (lambda: sensor.poke({"ti": TI()}).is_done) if kind == "poke" else (lambda: fired(sensor))
    place.deliver(info="none")
    place.wait(1)
    place.emulator.trouble(HISTORY, "status", times=None, status=503)
    assert not look()
    assert "The outbound delivery could not be read, it will be tried again: " in caplog.text
    place.wait(61)
    if kind == "poke":
        with pytest.raises(Exception, match="503"):
            look()
    else:
        with pytest.raises(Exception, match="503"):
            sensor.execute_complete({"ti": TI()}, look())


@KINDS
def test_a_folder_that_cannot_be_opened_fails_at_once(place, kind):
    sensor = AAMOutboundSensor(task_id="w", deferrable=kind == "trigger", **place.arguments(source="nowhere://b/out"))
    with pytest.raises(AirflowFailException, match=r"folder .* cannot be opened"):
        sensor.poke({"ti": TI()}) if kind == "poke" else sensor.execute_complete({"ti": TI()}, fired(sensor))


def test_wrong_arguments_are_said_before_waiting(place):
    sensor = AAMOutboundSensor(task_id="wait", deferrable=True, **place.arguments(info="never"))
    with pytest.raises(AirflowFailException, match="info is 'never'"):
        sensor.execute({})


def test_what_is_there_already_needs_no_triggerer(place):
    sent = place.deliver(every_s=0)
    place.wait(1)
    sensor = AAMOutboundSensor(task_id="wait", deferrable=True, **place.arguments())
    assert [batch["batch"] for batch in sensor.execute({"ti": TI()})["batches"]] == [sent["batch"]]


def test_who_has_warned_at_the_first_look_does_not_in_the_triggerer(place, caplog):
    about = place.arguments(soft_deadline=timedelta(minutes=1))
    sensor = AAMOutboundSensor(task_id="wait", deferrable=True, **about)
    ended = deferred(sensor.execute, {"ti": TI()})
    assert caplog.text.count("AAM is late") == 1
    assert ended.trigger.warned
    assert ended.kwargs == {"warned": True}


def test_many_triggers_ask_aam_once(place):
    place.deliver(info="none", success=False, every_s=0)
    place.wait(1)
    trigger = deferred(AAMOutboundSensor(task_id="w", deferrable=True, **place.arguments()).execute, {}).trigger
    place.emulator.clear_stats()

    async def together() -> list[Any]:
        return await asyncio.gather(*(restarted(AAMOutboundTrigger, trigger)._look(trigger._load()) for _ in range(20)))

    assert asyncio.run(together()) == [None] * 20
    assert place.emulator.count(HISTORY) == 1


def test_who_no_longer_asks_aam_pauses_for_the_whole_interval(place, monkeypatch):
    """Who was told what AAM said a while ago looks again early, together with the others, as long as it asks AAM."""
    sent = place.deliver(info="last", splits=2, every_s=600)
    place.wait(0.2)
    trigger = sent_to_the_triggerer(AAMOutboundSensor(task_id="w", deferrable=True, **place.arguments()), {})
    clock = SimpleNamespace(monotonic=time.monotonic)
    monkeypatch.setattr(hub, "time", clock)
    other, question = restarted(AAMOutboundTrigger, trigger), trigger._load()

    async def together() -> list[float]:
        await other._look(question)
        clock.monotonic = lambda: time.monotonic() + 1700
        await trigger._look(question)
        pauses = [trigger._pause_s(question)]
        await asyncio.to_thread(place.wait, 0.5)
        (place.folder / sent["files"][0]).unlink()
        assert await trigger._look(question) is None
        return [*pauses, trigger._pause_s(question)]

    early, late = asyncio.run(together())
    assert place.emulator.count(HISTORY) == 1
    assert (early <= 100 + LONGEST_SPREAD_S, late) == (True, 1800)


def test_a_pause_ends_at_the_next_deadline(place):
    trigger = deferred(AAMOutboundSensor(task_id="w", deferrable=True, **place.arguments()).execute, {}).trigger
    question = trigger._load()
    assert trigger._pause_s(question) == 1800
    place.wait(22.9)
    assert 300 < trigger._pause_s(question) < 361


@pytest.mark.parametrize(
    "how", [{"mode": "poke"}, {"mode": "reschedule"}, {"deferrable": True}], ids=["poke", "reschedule", "deferrable"]
)
def test_in_a_dag(place, run, tmp_path, how):
    """The day is the run's; the files come while the task waits."""
    sent = place.deliver(rows=5, splits=2, every_s=0)
    asset = Asset("aam://account/destinations/outbound")
    now = datetime.fromtimestamp(int(sent["batch"].rpartition("_")[2]) / 1000, UTC)

    def build() -> None:
        arguments = place.arguments()
        del arguments["day"]
        wait = AAMOutboundSensor(task_id="wait", poke_interval=1, outlets=[asset], **arguments, **how)
        Keep(task_id="keep", value=wait.output, path=str(tmp_path / "verdict.json"))

    date = {"logical_date" if AIRFLOW_V_3_0_PLUS else "execution_date": now}
    assert run(build, **date).state == "success"
    verdict = json.loads((tmp_path / "verdict.json").read_text())
    (batch,) = verdict["batches"]
    assert (batch["batch"], batch["lines"], len(batch["files"])) == (sent["batch"], 5, 2)
    extra = {"day": verdict["day"], "batches": [sent["batch"]], "files": 2, "bytes": batch["bytes"]}
    assert extras_of_events(asset.uri)[-1].items() >= extra.items()


def test_every_argument_is_documented():
    described = AAMOutboundSensor.__doc__ or ""
    for name in {*inspect.signature(AAMOutboundSensor.__init__).parameters} - {"self", "kwargs"}:
        assert f":param {name}:" in described, name


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"batches": "2"}, "batches is '2'; expected an integer"),
        ({"quiet_period": 30}, "quiet_period is 30; expected a timedelta, like timedelta(hours=1)"),
        ({"hard_deadline": 48}, "hard_deadline must be a timedelta, an aware datetime or ISO 8601 text, not 48"),
        ({"day": "29.11.2026"}, "day '29.11.2026' is not a date like 2026-01-31, nor a timestamp with a time zone"),
        ({"destination": "None"}, "destination is 'None': its template found nothing"),
        ({"source": None}, "source is None; expected a value"),
    ],
)
@KINDS
def test_arguments_of_another_type_fail_the_task_for_good(place, kind, given, said):
    sensor = AAMOutboundSensor(task_id="wait", mode="poke", deferrable=kind == "trigger", **place.arguments(**given))
    with pytest.raises(AirflowFailException, match=re.escape(said)):
        sensor.execute({"ti": TI()})


def test_a_file_for_the_folder_is_told(place):
    place.folder.mkdir()
    info = place.folder / "s3_1.info"
    info.write_text("{}")
    sensor = AAMOutboundSensor(task_id="wait", **place.arguments(source=str(info)))
    with pytest.raises(AirflowFailException, match=r"s3_1\.info is a file: give the folder that it is in"):
        sensor.poke({"ti": TI()})


def test_what_the_error_says_is_not_logged_before_it(place, caplog):
    with caplog.at_level("INFO"), pytest.raises(AirflowFailException) as failed:
        AAMOutboundSensor(task_id="wait", **place.arguments(soft_deadline=timedelta(), hard_deadline=timedelta())).poke(
            {"ti": TI()}
        )
    said = [record.getMessage() for record in caplog.records if record.name.endswith("sensors.verdict")]
    assert "Missing: Check the destination's delivery history" in str(failed.value)
    assert [line for line in said if line.strip() in str(failed.value)] == []


def test_a_verdict_is_told_in_a_message(place):
    place.deliver(every_s=0)
    place.wait(1)
    verdict = AAMOutboundSensor(task_id="wait", **place.arguments()).poke({"ti": TI()}).xcom_value
    assert (describe(verdict) or "").startswith(f"Outbound delivery of {place.day}: complete: 1 batch")
