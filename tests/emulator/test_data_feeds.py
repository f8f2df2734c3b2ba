"""Data feeds can be read."""

from __future__ import annotations

import pytest

PLAN = {"planId": 7, "billingUnit": "CPM", "price": 1.5}


@pytest.fixture
def feed(emulator):
    parts = {"potentialSubscribers": [{"pid": 8}], "subscriptions": [{"subscriptionId": 9, "planId": 7, "pid": 8}]}
    return emulator.add("data_feeds", {"name": "Hikers & co", "plans": [PLAN], **parts})


@pytest.mark.endpoint(
    "GET /data-feeds",
    "GET /data-feeds/{dataSourceId}",
    "GET /data-feeds/{dataSourceId}/plans",
    "GET /data-feeds/{dataSourceId}/subscriptions",
    "GET /data-feeds/{dataSourceId}/potential-subscribers",
)
def test_own_feeds_and_their_parts(http, feed):
    key = feed["dataSourceId"]
    assert http.get("/v1/data-feeds/").json() == [{"dataSourceId": key, "pid": 1099, "name": "Hikers & co"}]
    assert http.get("/v1/data-feeds?page=0").json()["total"] == 1
    assert http.get(f"/v1/data-feeds/{key}").json()["name"] == "Hikers & co"
    assert http.get(f"/v1/data-feeds/{key}/plans/").json() == [PLAN]
    assert http.get(f"/v1/data-feeds/{key}/potential-subscribers/").json() == feed["potentialSubscribers"]
    assert http.get(f"/v1/data-feeds/{key}/subscriptions").json() == feed["subscriptions"]
    assert http.get("/v1/data-feeds/5").status_code == http.get("/v1/data-feeds/5/plans").status_code == 404


@pytest.mark.endpoint("GET /data-feeds/billing/report")
def test_billing_report_prices_subscriptions(http, feed):
    (row,) = http.get("/v1/data-feeds/billing/report").json()
    assert (row["dataSourceId"], row["subscriptionId"], row["price"]) == (feed["dataSourceId"], 9, 1.5)


@pytest.mark.endpoint(
    "GET /available-data-feeds",
    "GET /available-data-feeds/{dataSourceId}/plans",
    "GET /available-data-feeds/{dataSourceId}/requests",
)
def test_feeds_of_others(emulator, http):
    row = emulator.add("available_data_feeds", {"name": "W", "plans": [PLAN], "requests": [{"requestId": 1}]})
    path = f"/v1/available-data-feeds/{row['dataSourceId']}"
    assert [each["name"] for each in http.get("/v1/available-data-feeds/").json()] == ["W"]
    assert http.get(path).json()["name"] == "W"
    assert http.get(f"{path}/plans").json() == [PLAN]
    assert http.get(f"{path}/requests").json() == [{"requestId": 1}]
    assert http.post(f"{path}/requests", {}).status_code == 405


def test_the_account_has_two(emulator):
    emulator.reset("account")
    assert (len(emulator.objects("data_feeds")), len(emulator.objects("segment_test_groups"))) == (2, 1)
