"""The sensor looks for ``.processed`` marks in a bucket, through the store's Airflow Connection."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from airflow_provider_aam.compat import AirflowFailException
from airflow_provider_aam.members.judging.question import Question
from airflow_provider_aam.operators.members import AAMPushTraitMembersOperator
from airflow_provider_aam.sensors.inbound import AAMInboundSensor
from airflow_provider_aam.triggers.inbound import AAMInboundTrigger

FOLDER = "partner/date=2026-01-02"
LISTS = r"GET /lake.*list-type"


@pytest.fixture
def receipt(emulator, s3, account) -> dict[str, Any]:
    """Of two users in two files in the bucket that the emulator watches; it picks them up at once."""
    emulator.configure(inbound_every_s=0, inbound_report_after_s=0)
    emulator.watch("s3://lake/partner", endpoint_url=s3.url, key="adobe", secret="adobe")
    rows = [{"user": user, "trait": account["gold"]} for user in ("u1", "u2")]
    s3.put("rows.jsonl", "".join(json.dumps(row) + "\n" for row in rows).encode())
    return AAMPushTraitMembersOperator(
        task_id="push",
        source="s3://lake/rows.jsonl",
        source_conn_id="lake",
        data_source="crm",
        destination=f"s3://lake/{FOLDER}",
        destination_conn_id="lake",
        batch_time=datetime(2026, 1, 2, tzinfo=UTC),
    ).execute({"dag_run": None})


def sensor(receipt: dict[str, Any], **options: Any) -> AAMInboundSensor:
    return AAMInboundSensor(task_id="wait", receipt=receipt, destination_conn_id="lake", **options)


def look(receipt: dict[str, Any], **options: Any) -> Any:
    return sensor(receipt, **options).poke({}).xcom_value


@pytest.mark.parametrize("signal", ["history", "marker", "both", "either"])
def test_marks_are_seen_as_soon_as_they_are_there(emulator, s3, receipt, signal):
    emulator.configure(inbound_ignored=["*"])
    assert look(receipt, signal=signal) is None
    emulator.configure(inbound_ignored=[])
    emulator.advance(5)
    assert [key for key in s3.keys(FOLDER) if key.endswith(".processed")]
    assert {file["state"] for file in look(receipt, signal=signal)["files"]} == {"processed"}


def test_trigger_lists_the_bucket_off_the_event_loop(emulator, s3, receipt):
    emulator.advance(5)
    trigger = AAMInboundTrigger(
        question=Question.of(receipt, signal="both").as_json(),
        aam_conn_id="aam_default",
        destination_conn_id="lake",
        poll_interval=1,
        warned=False,
    )
    event = asyncio.run(anext(trigger.run()))
    assert {file["state"] for file in event.payload["verdict"]["files"]} == {"processed"}


def test_file_that_aam_removed_is_rejected(emulator, s3, receipt):
    emulator.configure(inbound_rejected=["*"])
    emulator.advance(5)
    assert s3.keys(FOLDER) == []
    with pytest.raises(AirflowFailException, match="1 rejected"):
        sensor(receipt, soft_deadline=timedelta(0)).poke({"ti": SimpleNamespace(xcom_push=lambda **_: None)})


def test_bucket_that_forbids_to_look(emulator, s3, receipt):
    emulator.advance(5)
    s3.trouble(LISTS, "forbidden")
    assert {file["state"] for file in look(receipt)["files"]} == {"processed"}
    with pytest.raises(AirflowFailException, match=r"folder s3://lake/partner/date=2026-01-02 cannot be listed"):
        look(receipt, signal="marker")


def test_bucket_that_is_overloaded_is_looked_at_again(emulator, s3, receipt, caplog):
    emulator.advance(5)
    s3.trouble(LISTS, "slow_down", times=1000)
    assert look(receipt, signal="marker") is None
    assert "AAM's verdict could not be read, it will be tried again: " in caplog.text
    s3.troubles.clear()
    assert look(receipt, signal="marker")


def test_store_that_cannot_be_reached_is_looked_at_again(receipt, caplog):
    """Without an Airflow Connection Amazon's provider goes by the environment, which leads nowhere here."""
    assert AAMInboundSensor(task_id="wait", receipt=receipt, signal="both").poke({}).is_done is False
    assert "it will be tried again: folder s3://lake/partner/date=2026-01-02 cannot be listed: Endpoint" in caplog.text
