"""Outbound files in a bucket: sizes and times of change as S3 tells them, through the store's Airflow Connection."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pendulum
import pytest

from airflow_provider_aam.compat import AirflowFailException
from airflow_provider_aam.sensors.outbound import AAMOutboundSensor
from airflow_provider_aam.triggers.outbound import AAMOutboundTrigger

LISTS = r"GET /lake.*list-type"
FOLDER = "s3://lake/partner/outbound"


@pytest.fixture
def destination(emulator) -> int:
    row = {"name": "Partner", "destinationType": "S2S", "dataSourceId": 1}
    return int(emulator.add("destinations", row)["destinationId"])


@pytest.fixture
def deliver(emulator, s3, destination):
    def send(**batch: Any) -> dict[str, Any]:
        options = {"endpoint_url": s3.url, "key": "adobe", "secret": "adobe"}
        return dict(emulator.deliver(FOLDER, destination=destination, every_s=0, options=options, **batch))

    return send


@pytest.fixture
def sensor(destination, account):
    def make(**options: Any) -> AAMOutboundSensor:
        day = pendulum.now("UTC").to_date_string()
        about = {"source": FOLDER, "source_conn_id": "lake", "destination": destination, "timestamp_unit": "ms"}
        return AAMOutboundSensor(task_id="wait", **{**about, "day": day, **options})

    return make


def batches(sensor: AAMOutboundSensor) -> list[dict[str, Any]] | None:
    value = sensor.poke({}).xcom_value
    return value and value["batches"]


def test_complete_by_info(deliver, sensor, s3):
    assert batches(sensor()) is None
    sent = deliver(splits=2, rows=7)
    (found,) = batches(sensor(check_md5=True))
    assert (found["batch"], found["lines"]) == (sent["batch"], 7)
    assert [file["uri"] for file in found["files"]] == [f"{FOLDER}/{name}" for name in sent["files"][:2]]
    assert found["bytes"] == sum(len(s3.content(f"partner/outbound/{name}")) for name in sent["files"][:2])


def test_quiet_by_the_times_of_s3(deliver, sensor):
    sent = deliver(info="none")
    assert batches(sensor()) is None
    (found,) = batches(sensor(quiet_period=timedelta(0)))
    assert found["batch"] == sent["batch"]
    assert found["arrived_at"] is not None


def test_trigger(deliver, sensor):
    deliver()
    trigger = AAMOutboundTrigger(
        question=sensor()._question().as_json(),
        aam_conn_id="aam_default",
        source_conn_id="lake",
        poll_interval=1,
        warned=False,
    )
    event = asyncio.run(anext(trigger.run()))
    assert event.payload["verdict"]["state"] == "complete"


def test_bucket_that_forbids_to_look(deliver, sensor, s3):
    deliver()
    s3.trouble(LISTS, "forbidden")
    with pytest.raises(AirflowFailException, match=rf"folder {FOLDER} cannot be listed"):
        batches(sensor())


def test_bucket_that_is_overloaded_is_looked_at_again(deliver, sensor, s3, caplog):
    deliver()
    s3.trouble(LISTS, "slow_down", times=1000)
    assert batches(sensor()) is None
    assert "The outbound delivery could not be read, it will be tried again: " in caplog.text
