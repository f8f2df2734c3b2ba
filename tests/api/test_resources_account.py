"""What belongs to the account or to all: taxonomy, regions, sites, users, groups, reports, feeds. Every address."""

from __future__ import annotations

import pytest

from airflow_provider_aam.api.client import AAMClient
from airflow_provider_aam.api.errors import AAMConflict, AAMNotFound
from airflow_provider_aam.emulator import Emulator

DAY_MS = 86_400_000
END_MS = 1_767_312_000_000


@pytest.fixture
def account(emulator: Emulator) -> Emulator:
    emulator.reset("account")
    return emulator


@pytest.mark.endpoint(
    "GET /taxonomies/0", "GET /taxonomies/0/{categoryId}", "GET /taxonomies/0/{categoryId}/childCategories"
)
def test_taxonomy(account: Emulator, client: AAMClient) -> None:
    rows = client.taxonomies.fetch_all()
    inner = next(row for row in rows if row["parentCategoryID"])
    assert client.taxonomies.get(inner["categoryId"])["name"] == inner["name"]
    below = client.taxonomies.call("child_categories", inner["parentCategoryID"])
    assert inner["categoryId"] in [row["categoryId"] for row in below]
    with pytest.raises(AAMNotFound):
        client.taxonomies.get(999_999)


@pytest.mark.endpoint("GET /dcs-regions", "GET /dcs-regions/{regionId}")
def test_regions(account: Emulator, client: AAMClient) -> None:
    rows = client.dcs_regions.fetch_all()
    assert rows
    assert client.dcs_regions.get(rows[0]["regionId"])["host"] == rows[0]["host"]


@pytest.mark.endpoint(
    "GET /partner-sites", "POST /partner-sites", "GET /partner-sites/{siteId}", "DELETE /partner-sites/{siteId}"
)
def test_site_lives_from_create_to_delete(client: AAMClient) -> None:
    made = client.partner_sites.create({"url": "shop.example"})["siteId"]
    assert client.partner_sites.get(made)["url"] == "shop.example"
    assert [row["siteId"] for row in client.partner_sites.list()] == [made]
    assert client.partner_sites.delete(made)
    assert not client.partner_sites.delete(made)


@pytest.mark.endpoint("GET /schemas")
def test_schemas(client: AAMClient) -> None:
    assert client.schemas.call("all") == []


@pytest.mark.endpoint(
    "GET /users",
    "POST /users",
    "GET /users/{userId}",
    "PUT /users/{userId}",
    "DELETE /users/{userId}",
    "POST /users/bulk-delete",
)
def test_user_lives_from_create_to_delete(client: AAMClient) -> None:
    def body(name: str) -> dict[str, object]:
        address = f"{name}@x.example"
        names = {"firstName": name, "lastName": "X"}
        return {"username": address, "email": address, **names, "status": "ACTIVE", "groups": [], "isAdmin": False}

    ids = [client.users.create(body(name))["userId"] for name in ("a", "b", "c")]
    with pytest.raises(AAMConflict):
        client.users.create(body("a"))
    assert client.users.update(ids[0], {"status": "LOCKED"})["status"] == "LOCKED"
    assert client.users.get(ids[0])["username"] == "a@x.example"
    assert {*ids} <= {row["userId"] for row in client.users.list()}
    assert client.users.delete(ids[0])
    client.users.bulk_delete(ids[1:])
    assert not {*ids} & {row["userId"] for row in client.users.list()}


@pytest.mark.endpoint("GET /users/self", "PUT /users/self/update", "POST /users/self/update-password")
def test_the_account_that_asks_changes_itself(client: AAMClient) -> None:
    assert client.users.update_self({"title": "Robot"})["title"] == "Robot"
    assert client.users.self()["title"] == "Robot"
    client.users.update_password("old-password", "new-password")


@pytest.mark.endpoint("POST /users/{userId}/reset-password", "POST /users/update-groups")
def test_users_are_put_into_groups_and_get_new_passwords(client: AAMClient) -> None:
    user = client.users.self()["userId"]
    group = client.groups.create({"name": "Analysts", "description": ""})["groupId"]
    client.users.call("update_groups", body=[{"userId": user, "groups": [group]}])
    client.users.reset_password(user)
    assert [row["userId"] for row in client.users.list(groupId=group)] == [user]


@pytest.mark.endpoint(
    "GET /groups",
    "POST /groups",
    "GET /groups/{groupId}",
    "PUT /groups/{groupId}",
    "DELETE /groups/{groupId}",
    "POST /groups/bulk-delete",
)
def test_group_lives_from_create_to_delete(client: AAMClient) -> None:
    before = {row["groupId"] for row in client.groups.list()}
    ids = [client.groups.create({"name": f"Group {number}"})["groupId"] for number in range(3)]
    assert client.groups.update(ids[0], {"name": "Renamed"})["name"] == "Renamed"
    assert client.groups.get(ids[0])["name"] == "Renamed"
    assert client.groups.delete(ids[0])
    client.groups.bulk_delete(ids[1:])
    assert {row["groupId"] for row in client.groups.list()} == before


@pytest.mark.endpoint(
    "GET /groups/{groupId}/permissions",
    "PUT /groups/{groupId}/permissions",
    "GET /permissionable-object-types",
    "GET /permissionable-object-types/{objectType}",
)
def test_permissions_of_a_group(emulator: Emulator, client: AAMClient) -> None:
    emulator.seed(segments=1)
    assert "SEGMENT" in client.groups.call("object_types")
    assert "READ" in client.groups.call("permissions_of_type", "SEGMENT")["perObject"]
    group = client.groups.create({"name": "Analysts"})["groupId"]
    sid = emulator.objects("segments")[0]["sid"]
    granted = [{"objectId": sid, "objectType": "SEGMENT", "permissions": ["READ"]}]
    client.groups.call("set_permissions", group, body=granted)
    assert client.groups.call("permissions", group) == granted


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(
            "traits",
            marks=pytest.mark.endpoint(
                "POST /reports/traits-trend",
                "GET /reports/traits-trend/{sid}",
                "GET /reports/largest-traits",
                "GET /reports/most-changed-traits",
                "GET /reports/traits-for-date",
            ),
        ),
        pytest.param(
            "segments",
            marks=pytest.mark.endpoint(
                "POST /reports/segments-trend",
                "GET /reports/segments-trend/{sid}",
                "GET /reports/largest-segments",
                "GET /reports/most-changed-segments",
                "GET /reports/segments-for-date",
            ),
        ),
    ],
)
def test_reports(emulator: Emulator, client: AAMClient, kind: str) -> None:
    emulator.seed(traits=4, segments=4)
    sids = sorted(row["sid"] for row in emulator.objects(kind))[:3]
    period = {"start": END_MS - 2 * DAY_MS, "end": END_MS}
    rows = client.reports.trend(kind, sids=sids, **period)  # type: ignore[arg-type]
    assert [row["sid"] for row in rows] == sids
    assert str(END_MS) in rows[0]["metrics"]
    dates = {"startDate": period["start"], "endDate": period["end"]}
    one = client.reports.call(f"{kind}_trend_of_one", sids[0], **dates)
    assert (one[0] if isinstance(one, list) else one)["sid"] == sids[0]
    assert {*sids} <= {row["sid"] for row in client.reports.largest(kind, interval="7D")}  # type: ignore[arg-type]
    assert len(client.reports.most_changed(kind, page=0, pageSize=2)) == 2  # type: ignore[arg-type]
    assert {*sids} <= {row["sid"] for row in client.reports.call(f"{kind}_for_date", date=END_MS)}


def test_many_sids_take_several_requests_and_keep_their_order(emulator: Emulator, client: AAMClient) -> None:
    emulator.seed(traits=2100)
    sids = sorted(row["sid"] for row in emulator.objects("traits"))
    rows = client.reports.trend("traits", sids=sids, start=END_MS, end=END_MS, traitMetricsType="DEVICE")
    assert [row["sid"] for row in rows] == sids
    assert emulator.count("POST /v1/reports/traits-trend") == 3


@pytest.mark.endpoint("GET /reports/partner-uniques")
def test_unique_visitors_of_the_account(client: AAMClient) -> None:
    assert client.reports.call("partner_uniques", startDate=END_MS - DAY_MS, endDate=END_MS)


@pytest.mark.endpoint(
    "GET /data-feeds",
    "GET /data-feeds/{dataSourceId}",
    "GET /data-feeds/{dataSourceId}/plans",
    "GET /data-feeds/{dataSourceId}/subscriptions",
    "GET /data-feeds/{dataSourceId}/potential-subscribers",
    "GET /data-feeds/billing/report",
)
def test_data_feeds_are_read(account: Emulator, client: AAMClient) -> None:
    feed = client.data_feeds.fetch_all()[0]["dataSourceId"]
    assert client.data_feeds.get(feed)["dataSourceId"] == feed
    for name in ("plans", "subscriptions", "potential_subscribers"):
        assert isinstance(client.data_feeds.call(name, feed), list)
    assert isinstance(client.data_feeds.call("billing_report"), list)


@pytest.mark.endpoint(
    "GET /available-data-feeds",
    "GET /available-data-feeds/{dataSourceId}/plans",
    "GET /available-data-feeds/{dataSourceId}/requests",
)
def test_feeds_of_others_are_read(account: Emulator, client: AAMClient) -> None:
    feed = client.available_data_feeds.fetch_all()[0]["dataSourceId"]
    for name in ("plans", "requests"):
        assert isinstance(client.available_data_feeds.call(name, feed), list)
