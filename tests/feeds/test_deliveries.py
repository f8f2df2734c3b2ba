"""Which deliveries have ended, by AAM's history of outbound files."""

from __future__ import annotations

import pendulum
import pytest

from airflow_provider_aam.feeds.deliveries import Delivery, read_deliveries

ROW = {
    "pushID": 7,
    "receivedRecords": 100,
    "attemptedRecords": 100,
    "successRecords": 98,
    "startTime": 1_767_312_000_000,
    "endTime": 1_767_312_095_000,
    "dataFileName": "ftp_7.sync.gz",
    "success": True,
}


def test_a_row_of_the_history():
    delivery = Delivery.of(ROW)
    assert delivery is not None
    assert delivery.key == "7 ftp_7.sync.gz 1767312095000"
    assert delivery.as_json() == {
        "file": "ftp_7.sync.gz",
        "success": True,
        "received": 100,
        "sent": 98,
        "begun_at": "2026-01-02T00:00:00+00:00",
        "ended_at": "2026-01-02T00:01:35+00:00",
    }


def test_a_row_with_text_and_seconds():
    """Adobe's documents print booleans as text, and its example of this history mixes seconds and milliseconds."""
    told = {**ROW, "success": "true", "startTime": "1767312000", "endTime": 1_767_312_095, "successRecords": "98"}
    assert Delivery.of(told) == Delivery.of(ROW)


@pytest.mark.parametrize("end", [None, 0, "", "soon"])
def test_a_row_without_end_is_under_way(end):
    assert Delivery.of({**ROW, "endTime": end}) is None


def test_a_row_that_says_little():
    delivery = Delivery.of({"endTime": 1_767_312_095_000, "dataFileName": "a.sync"})
    assert delivery is not None
    assert (delivery.file, delivery.success, delivery.sent, delivery.begun_at) == ("a.sync", False, None, None)


def test_each_file_of_a_push_and_each_try_is_another():
    rows = [ROW, {**ROW, "dataFileName": "ftp_7001.sync.gz"}, {**ROW, "endTime": ROW["endTime"] + 1}]
    assert len({delivery.key for row in rows if (delivery := Delivery.of(row))}) == 3


@pytest.mark.endpoint("GET /destinations/{destinationId}/history/outbound")
def test_what_has_ended_by_now_the_oldest_first(emulator, client):
    source = emulator.add("data_sources", {"name": "CRM", "integrationCode": "crm", "outboundS2S": True})
    made = pendulum.now("UTC").subtract(days=4)
    destination = {
        "name": "Partner",
        "destinationType": "S2S",
        "dataSourceId": source["dataSourceId"],
        "createTime": int(made.timestamp() * 1000),
    }
    key = int(emulator.add("destinations", destination)["destinationId"])
    found = read_deliveries(client, key)
    assert len(found) in (3, 4, 5)
    assert [*found] == sorted(found, key=lambda delivery: delivery.ended_at)
    assert max(delivery.ended_at for delivery in found) <= pendulum.now("UTC")
    assert emulator.count("GET /v1/destinations/{destinationId}/history/outbound") == 1
