"""Readers on a bucket: what the sensor found there, patterns and folders, and results written back to it."""

from __future__ import annotations

import io
import json
from typing import Any

import pyarrow.parquet as pq
import pytest

from airflow_provider_aam.operators.feeds import AAMReadDataFeedOperator, AAMReadDeliveryOperator
from airflow_provider_aam.sensors.outbound import AAMOutboundSensor

FOLDER = "s3://lake/partner/outbound"


@pytest.fixture
def delivered(emulator, s3) -> dict[str, Any]:
    """What the sensor says of a full delivery in two files."""
    row = {"name": "Partner", "destinationType": "S2S", "dataSourceId": 1}
    key = int(emulator.add("destinations", row)["destinationId"])
    options = {"endpoint_url": s3.url, "key": "adobe", "secret": "adobe"}
    emulator.deliver(FOLDER, destination=key, every_s=0, splits=2, rows=9, mode="full", options=options)
    sensor = AAMOutboundSensor(
        task_id="wait", source=FOLDER, source_conn_id="lake", destination=key, timestamp_unit="ms", day=today()
    )
    verdict = sensor.poke({}).xcom_value
    return dict(json.loads(json.dumps(verdict)))


def today() -> str:
    import pendulum

    return pendulum.now("UTC").to_date_string()


def read(operator: type, **given: Any) -> dict[str, Any]:
    about = {"source_conn_id": "lake", "destination": "s3://lake/rows.parquet", "destination_conn_id": "lake"}
    receipt: dict[str, Any] = operator(task_id="read", **{**about, **given}).execute({})
    return receipt


def test_what_the_sensor_found_is_read(delivered, s3):
    receipt = read(AAMReadDeliveryOperator, source=delivered)
    rows = pq.read_table(io.BytesIO(s3.content("rows.parquet"))).to_pylist()
    assert receipt["rows"] == len(rows) == 9
    assert receipt["uri"] == "s3://lake/rows.parquet"


@pytest.mark.parametrize("source", [f"{FOLDER}/s3_*", f"{FOLDER}/"])
def test_state_of_a_folder(delivered, s3, source):
    receipt = read(AAMReadDeliveryOperator, source=source, as_of=today())
    rows = pq.read_table(io.BytesIO(s3.content("rows.parquet"))).to_pylist()
    assert receipt["rows"] == len({row["user"] for row in rows}) == 9
    assert [file["uri"].rpartition("/")[0] for file in receipt["files"]] == [FOLDER] * 2


@pytest.mark.parametrize("found", ["s3_*", ""])
def test_connection_in_the_uri_opens_what_is_found(delivered, s3, found):
    source = f"s3://lake@lake/partner/outbound/{found}"
    assert read(AAMReadDeliveryOperator, source=source, source_conn_id=None)["rows"] == 9


def test_hours_of_a_feed_are_read(emulator, s3):
    options = {"endpoint_url": s3.url, "key": "adobe", "secret": "adobe"}
    emulator.deliver_hour("s3://lake/feed", files=2, every_s=0, options=options)
    assert read(AAMReadDataFeedOperator, source="s3://lake/feed/day=*/hour=*/AAM_CDF_*.gz")["rows"] == 100
