"""The sensor on inbound files: the same verdict by poke, by reschedule and from a trigger."""

from __future__ import annotations

import asyncio
import inspect
import json
import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from inbound_place import InboundPlace
from keep import Keep
from waiting import KINDS, TI, deferred, fired, looked, restarted, sent_to_the_triggerer

from airflow_provider_aam.compat import AIRFLOW_V_3_0_PLUS, AirflowFailException, Asset
from airflow_provider_aam.operators.members import AAMPushTraitMembersOperator
from airflow_provider_aam.sensors.inbound import AAMInboundSensor
from airflow_provider_aam.triggers.inbound import AAMInboundTrigger

DATE = {"logical_date" if AIRFLOW_V_3_0_PLUS else "execution_date": datetime(2026, 1, 2, tzinfo=UTC)}


@pytest.fixture
def place(emulator, tmp_path, monkeypatch):
    folder = tmp_path / "inbound"
    folder.mkdir()
    found = InboundPlace(folder, emulator)
    found.move_clocks_of(monkeypatch)
    monkeypatch.setenv("AIRFLOW_CONN_AAM_DEFAULT", found.connection())
    return found


@pytest.fixture
def looking(place):
    """What one look of each kind of sensor says: its state by file, or why it failed."""

    def look(kind: str, **options: Any) -> dict[str, str] | str | None:
        sensor = AAMInboundSensor(task_id="wait", receipt=place.receipt(), deferrable=kind == "trigger", **options)
        ti = TI()
        try:
            value = looked(kind, sensor, {"ti": ti})
        except AirflowFailException as failed:
            assert ti.pushed["return_value"]["files"]
            return str(failed)
        return value and {file["name"]: file["state"] for file in value["files"]}

    return look


@KINDS
def test_waits_until_all_files_are_processed(place, looking, kind):
    place.send()
    assert looking(kind) is None
    place.wait(12.1)
    assert looking(kind) is None
    place.wait(12.1)
    assert looking(kind) == dict.fromkeys(place.names, "processed")


@KINDS
@pytest.mark.parametrize(
    ("trouble", "states", "says"),
    [
        ({"inbound_ignored": ["*.2.gz"]}, "1 processed, 1 missing", "Missing: Check in the AAM UI"),
        ({"inbound_rejected": ["*.2.gz"]}, "1 processed, 1 rejected", "Rejected: AAM removes files whose name"),
        ({"inbound_failing": {"formatErrors": 0.3}}, "2 partial", "Format Errors (6 records): The line is not"),
    ],
    ids=["missing", "rejected", "partial"],
)
def test_bad_files_fail_the_task_for_good(place, looking, kind, trouble, states, says):
    place.emulator.configure(**trouble)
    place.send()
    place.process()
    place.wait(24)
    failure = looking(kind, min_percent_success=90)
    assert failure.startswith("AAM did not take ")
    assert states in failure
    assert says in failure


@KINDS
def test_a_file_processed_twice_passes(place, looking, kind):
    place.send()
    place.wait(12.1)
    (place.folder / place.names[0]).touch()
    place.wait(12.1)
    place.wait(12.1)
    assert looking(kind) == {place.names[0]: "duplicate", place.names[1]: "processed"}


def warnings_of(caplog: pytest.LogCaptureFixture) -> int:
    return sum("AAM is late:" in message for message in caplog.messages)


def test_poke_warns_once_of_late_files(place, caplog):
    place.send()
    sensor = AAMInboundSensor(task_id="wait", receipt=place.receipt(), mode="poke", soft_deadline=timedelta(hours=1))
    for _ in range(3):
        assert not sensor.poke({"ti": TI()}).is_done
        place.wait(1)
    assert warnings_of(caplog) == 1


@pytest.mark.parametrize("minutes", [31.5, 60])
def test_reschedule_warns_once_after_the_deadline(place, caplog, minutes):
    """Each look is a new process, and begins a minute later than it was to: Airflow takes its time."""
    place.send()
    for _ in range(5):
        sensor = AAMInboundSensor(task_id="wait", receipt=place.receipt(), soft_deadline=timedelta(minutes=minutes))
        assert not sensor.poke({"ti": TI()}).is_done
        place.wait((sensor._get_next_poke_interval(0, lambda: 0, 1) + 60) / 3600)
    assert warnings_of(caplog) == 1


def test_airflow_does_not_give_up_before_the_hard_deadline(place):
    late = {"receipt": place.receipt(), "hard_deadline": timedelta(days=30)}
    assert AAMInboundSensor(task_id="wait", **late).timeout > timedelta(days=30).total_seconds()
    assert deferred(AAMInboundSensor(task_id="wait", deferrable=True, **late).execute, {}).timeout > timedelta(days=30)
    assert AAMInboundSensor(task_id="wait", timeout=60, **late).timeout == 60


def test_reschedule_looks_when_a_deadline_has_come(place):
    place.send()
    sensor = AAMInboundSensor(task_id="wait", receipt=place.receipt())
    assert sensor._get_next_poke_interval(0, lambda: 0, 1) == 1800
    place.wait(23.9)
    assert not sensor.poke({"ti": TI()}).is_done
    assert 300 < sensor._get_next_poke_interval(0, lambda: 0, 1) < 361


def test_trigger_fires_once_for_late_files_and_goes_on(place, caplog):
    place.send()
    place.wait(13)
    sensor = AAMInboundSensor(
        task_id="wait", receipt=place.receipt(), deferrable=True, soft_deadline=timedelta(hours=1)
    )
    event = fired(sensor)
    ended = deferred(sensor.execute_complete, {"ti": TI()}, event)
    assert (ended.trigger.warned, ended.kwargs) == (True, {"warned": True})
    assert warnings_of(caplog) == 1
    assert fired(sensor, warned=True) is None
    place.wait(12.1)
    assert sensor.execute_complete({"ti": TI()}, fired(sensor, warned=True), warned=True)["batch"]


@KINDS
def test_trouble_that_may_pass_is_waited_for_until_the_hard_deadline(place, kind, caplog):
    place.send()
    sensor = AAMInboundSensor(task_id="wait", receipt=place.receipt(), deferrable=kind == "trigger")
    look = (lambda: sensor.poke({"ti": TI()}).is_done) if kind == "poke" else (lambda: fired(sensor))
    place.emulator.trouble("GET /v1/datasources/{dataSourceId}/history/inbound", "status", times=None, status=503)
    assert not look()
    assert "AAM's verdict could not be read, it will be tried again: " in caplog.text
    place.wait(49)
    if kind == "poke":
        with pytest.raises(Exception, match="503"):
            look()
    else:
        event = look()
        assert event["retryable"]
        with pytest.raises(Exception, match="503"):
            sensor.execute_complete({"ti": TI()}, event)


@KINDS
def test_what_cannot_pass_fails_at_once(place, kind, monkeypatch, caplog):
    monkeypatch.setenv(
        "AIRFLOW_CONN_AAM_DEFAULT", json.dumps(json.loads(place.connection()) | {"password": "p8e-wrong"})
    )
    sensor = AAMInboundSensor(task_id="wait", receipt=place.receipt(), deferrable=kind == "trigger")
    with pytest.raises(AirflowFailException, match="client_secret") as failed:
        sensor.poke({"ti": TI()}) if kind == "poke" else sensor.execute_complete({"ti": TI()}, fired(sensor))
    assert "p8e-wrong" not in str(failed.value)
    assert "airflow-aam docs errors AAMClientRejected" in caplog.text


def test_unexpected_trouble_of_a_trigger_is_told_without_its_text(place, caplog):
    sensor = AAMInboundSensor(task_id="wait", receipt=place.receipt(), deferrable=True)
    trigger = deferred(sensor.execute, {}).trigger
    trigger.poll_interval = "p8e-secret"
    event = asyncio.run(anext(trigger.run())).payload
    assert event == {"error": "TypeError in the triggerer; its log has the details.", "retryable": True}
    assert "A trigger met something unexpected." in caplog.text


def test_an_absent_connection_is_a_failure_for_good(place):
    sensor = AAMInboundSensor(
        task_id="wait", receipt=place.receipt(), deferrable=True, aam_conn_id="nobody", destination_conn_id=None
    )
    event = fired(sensor)
    assert not event["retryable"]
    with pytest.raises(AirflowFailException, match="There is no Connection 'nobody'"):
        sensor.execute_complete({}, event)


def test_many_triggers_ask_aam_once(place):
    place.send()
    trigger = deferred(AAMInboundSensor(task_id="w", receipt=place.receipt(), deferrable=True).execute, {}).trigger

    async def together() -> list[Any]:
        from airflow_provider_aam.members.judging.question import Question

        question = Question.from_json(trigger.question)
        return await asyncio.gather(*(restarted(AAMInboundTrigger, trigger)._look(question) for _ in range(20)))

    place.emulator.clear_stats()
    assert asyncio.run(together()) == [None] * 20
    assert place.emulator.count("GET /v1/datasources/{dataSourceId}/history/inbound") == 1
    assert len(place.emulator.requests) <= 2  # and one token


def test_hub_asks_again_for_what_is_older_or_was_asked_long_ago(place):
    from airflow_provider_aam.members.judging.question import Question

    now = datetime.now(UTC)
    day, before = now - timedelta(days=1), now - timedelta(days=3)
    asked = []

    async def ask() -> None:
        for start, every_s in ((day, 99), (day, 99), (before, 99), (day, 99), (day, 0)):
            sensor = AAMInboundSensor(task_id="w", receipt=place.receipt(), deferrable=True)
            trigger = sent_to_the_triggerer(sensor, {})
            trigger.poll_interval = every_s
            await trigger._history(replace(Question.from_json(trigger.question), sent_from=start))
            asked.append(place.emulator.count("GET /v1/datasources/{dataSourceId}/history/inbound"))

    asyncio.run(ask())
    assert asked == [1, 1, 2, 2, 3]


def test_trigger_looks_again_by_itself(place):
    place.emulator.configure(inbound_every_s=0, inbound_report_after_s=0, inbound_ignored=["*"])
    place.send()
    sensor = AAMInboundSensor(task_id="wait", receipt=place.receipt(), deferrable=True, poke_interval=0)
    trigger = restarted(AAMInboundTrigger, deferred(sensor.execute, {}).trigger)

    async def wait() -> Any:
        events = aiter(trigger.run())
        waiting = asyncio.ensure_future(anext(events))
        await asyncio.sleep(0.2)
        assert not waiting.done()
        await asyncio.to_thread(place.emulator.configure, inbound_ignored=[])
        event = await asyncio.wait_for(waiting, 60)
        with pytest.raises(StopAsyncIteration):
            await anext(events)
        return event

    event = asyncio.run(wait())
    assert [file["state"] for file in event.payload["verdict"]["files"]] == ["processed", "processed"]


def test_a_pause_ends_at_the_next_deadline(place):
    from airflow_provider_aam.members.judging.question import Question

    trigger = deferred(AAMInboundSensor(task_id="w", receipt=place.receipt(), deferrable=True).execute, {}).trigger
    question = Question.from_json(trigger.question)
    assert trigger._pause_s(question) == 1800
    place.wait(23.9)
    assert 300 < trigger._pause_s(question) < 361
    place.wait(24.1)
    assert trigger._pause_s(question) == 1800


@pytest.mark.parametrize("signal", ["history", "both"])
def test_a_store_that_cannot_be_seen(place, looking, signal, caplog):
    caplog.set_level(logging.INFO)
    for file in (receipt := place.receipt())["files"]:
        file["uri"] = file["uri"].replace("file://", "nowhere://")
    sensor = AAMInboundSensor(task_id="wait", receipt=receipt, signal=signal)
    if signal == "history":
        assert not sensor.poke({"ti": TI()}).is_done
        assert "AAM's history alone counts: " in caplog.text
    else:
        with pytest.raises(AirflowFailException, match=r"folder .* cannot be opened"):
            sensor.poke({"ti": TI()})


def test_what_is_wrong_with_the_arguments_is_said_before_waiting(place):
    sensor = AAMInboundSensor(task_id="wait", receipt=place.receipt(), deferrable=True, signal="mail")
    with pytest.raises(AirflowFailException, match="signal is 'mail'"):
        sensor.execute({})
    sensor.receipt = {"uri": "x"}
    with pytest.raises(AirflowFailException, match="not the receipt of a push of inbound files"):
        sensor.poke({})


@pytest.mark.parametrize(
    "how", [{"mode": "poke"}, {"mode": "reschedule"}, {"deferrable": True}], ids=["poke", "reschedule", "deferrable"]
)
def test_push_then_wait_in_a_dag(place, run, tmp_path, how):
    place.emulator.configure(inbound_every_s=0, inbound_report_after_s=0)
    rows = tmp_path / "rows.jsonl"
    rows.write_text('{"user": "u1", "trait": "gold"}\n')
    asset = Asset("aam://account/inbound")

    def build() -> None:
        push = AAMPushTraitMembersOperator(
            task_id="push",
            source=str(rows),
            data_source="crm",
            traits_are="integrationCode",
            destination=f"file://{place.folder}",
        )
        wait = AAMInboundSensor(task_id="wait", receipt=push.output, poke_interval=1, outlets=[asset], **how)
        Keep(task_id="keep", value=wait.output, path=str(tmp_path / "verdict.json"))

    assert run(build, **DATE).state == "success"
    verdict = json.loads((tmp_path / "verdict.json").read_text())
    assert [(file["state"], file["stored"]) for file in verdict["files"]] == [("processed", 1)]


def test_every_argument_is_documented():
    described = AAMInboundSensor.__doc__ or ""
    for name in {*inspect.signature(AAMInboundSensor.__init__).parameters} - {"self", "kwargs"}:
        assert f":param {name}:" in described, name
