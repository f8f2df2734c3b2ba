"""Destinations: what each type needs, what their answers hold, and when one cannot go."""

from __future__ import annotations

import pytest

URL = {
    "name": "Ads URL",
    "destinationType": "push",
    "serializationEnabled": True,
    "urlFormatString": "http://x.example/s?d=%ALIAS%",
    "delimiter": ",",
}
COOKIE = {
    "name": "Cookie",
    "destinationType": "ads",
    "adServerTypeID": 1,
    "cookieName": "aam",
    "cnameDomain": "x.example",
    "maxSize": "2048",
    "ttl": 30,
    "domainRestrictions": "all_domains",
    "siteIDs": [],
    "formatType": "single_key",
    "singleKey": "k",
    "keySeparator": "=",
    "valueSeparator": ",",
    "serializationEnabled": False,
}
DAY_MS = 86_400_000


@pytest.fixture
def sid(emulator):
    return emulator.add("segments", {"name": "S & T"})["sid"]


@pytest.mark.endpoint("PUT /destinations/{destinationId}", "DELETE /destinations/{destinationId}")
def test_post_get_put_and_delete_a_url_destination(emulator, http):
    answer = http.post("/v1/destinations/", URL)
    row = answer.json()
    assert answer.status_code == 201
    expected = {"destinationType": "PUSH", "status": "ACTIVE", "domainRestrictions": "ALL_DOMAINS", "tagType": 0}
    assert {name: row[name] for name in expected} == expected
    assert (row["mappings"], row["pid"], row["dataSourceId"]) == (None, 1099, None)
    assert "cookieName" not in row
    path = f"/v1/destinations/{row['destinationId']}"
    assert http.get(path).json() == row
    paused = http.put(path, row | {"status": "inactive", "destinationType": "ADS"}).json()
    assert (paused["status"], paused["destinationType"]) == ("INACTIVE", "PUSH")
    assert http.delete(path).status_code == 204
    assert http.get(path).status_code == 404
    assert emulator.objects("destinations") == []


@pytest.mark.endpoint("POST /destinations")
def test_post_of_a_cookie_destination_needs_all_its_fields(http):
    row = http.post("/v1/destinations", COOKIE).json()
    assert (row["destinationType"], row["formatType"], row["maxSize"]) == ("ADS", "SINGLE_KEY", 2048)
    assert "urlFormatString" not in row
    needed = ("adServerTypeID", "cookieName", "cnameDomain", "maxSize", "ttl", "siteIDs", "formatType")
    for name in (*needed, "keySeparator", "valueSeparator", "singleKey"):
        answer = http.post("/v1/destinations", {key: value for key, value in COOKIE.items() if key != name})
        assert answer.json()["childMessages"] == [f"{name}: may not be empty"]
    serialized = http.post("/v1/destinations", COOKIE | {"serializationEnabled": True})
    assert serialized.json()["childMessages"] == ["serializationSeparator: may not be empty"]
    assert http.post("/v1/destinations", COOKIE | {"siteIDs": [5]}).json()["childMessages"] == [
        "siteIDs: 5 does not exist"
    ]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"destinationType": "S2S"}, "destinationType: S2S destinations cannot be created here"),
        ({"destinationType": "pull"}, "destinationType: PULL destinations cannot be created here"),
        ({"destinationType": None}, "destinationType: may not be empty"),
        ({"name": ""}, "name: may not be empty"),
        ({"urlFormatString": "http://x"}, "urlFormatString: must contain %ALIAS%"),
        ({"delimiter": None}, "delimiter: may not be empty"),
        ({"startDate": "tomorrow"}, "startDate: must be a date, yyyy-mm-dd"),
        ({"startDate": "2026-02-02", "endDate": "2026-02-01"}, "endDate: must not be before startDate"),
        ({"dataSourceId": 5}, "dataSourceId: does not exist"),
    ],
)
def test_post_of_a_wrong_destination_is_refused(http, change, problem):
    answer = http.post("/v1/destinations", URL | change)
    assert (answer.status_code, answer.json()["childMessages"]) == (400, [problem])


@pytest.mark.endpoint("GET /destinations")
def test_get_list_has_summaries_pages_and_contains_segment(emulator, http, sid):
    first, second = (emulator.add("destinations", {"name": name})["destinationId"] for name in "ab")
    emulator.add("mappings", {"destinationId": second, "sid": sid, "url": "x"})
    rows = http.get("/v1/destinations").json()
    assert [row["destinationId"] for row in rows] == [first, second]
    assert {"name", "status", "destinationType", "domainRestrictions", "crUID"} <= set(rows[0])
    assert not {"urlFormatString", "mappings", "startDate"} & set(rows[0])
    body = http.get("/v1/destinations?page=1&pageSize=1").json()
    assert (body["total"], [row["destinationId"] for row in body["list"]]) == (2, [second])
    found = http.get(f"/v1/destinations?containsSegment={sid}").json()
    assert [row["destinationId"] for row in found] == [second]


@pytest.mark.endpoint("GET /destinations/{destinationId}")
def test_get_one_with_include_mappings(emulator, http, open_http, sid):
    key = emulator.add("destinations", {"name": "a"})["destinationId"]
    emulator.add("mappings", {"destinationId": key, "sid": sid, "url": "x"})
    path = f"/v1/destinations/{key}"
    assert http.get(path).json()["mappings"] is None
    (mapping,) = http.get(f"{path}?includeMappings=true").json()["mappings"]
    assert (mapping["sid"], mapping["elementName"]) == (sid, "S & T")
    escaped = open_http(Authorization=http.session.headers["Authorization"]).get(f"{path}?includeMappings=true")
    assert escaped.json()["mappings"][0]["elementName"] == "S &amp; T"


@pytest.mark.endpoint("POST /destinations/bulk-delete")
def test_delete_and_bulk_delete_wait_until_nothing_is_mapped(emulator, http, sid):
    first, second = (emulator.add("destinations", {"name": name})["destinationId"] for name in "ab")
    mapping = emulator.add("mappings", {"destinationId": first, "sid": sid})["mappingId"]
    for answer in (
        http.delete(f"/v1/destinations/{first}"),
        http.post("/v1/destinations/bulk-delete/", [second, first]),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "CANNOT_DELETE_ENTITY_WITH_MAPPINGS")
    assert http.delete(f"/v1/destinations/{first}/mappings/{mapping}").status_code == 204
    assert http.post("/v1/destinations/bulk-delete/", [second, first]).status_code == 204
    assert emulator.objects("destinations") == []


@pytest.mark.endpoint("GET /destinations/limits")
def test_get_limits_and_reaching_them(emulator, http):
    emulator.configure(limits={"destinations": 2, "cookie_destinations": 1})
    assert http.post("/v1/destinations", COOKIE).status_code == 201
    assert http.post("/v1/destinations", COOKIE).json()["code"] == "RESOURCE_LIMIT_EXCEEDED"
    assert http.post("/v1/destinations", URL).status_code == 201
    assert http.post("/v1/destinations", URL).json()["code"] == "RESOURCE_LIMIT_EXCEEDED"
    rows = {row["type"]: (row["limit"], row["count"]) for row in http.get("/v1/destinations/limits").json()["limits"]}
    assert rows == {"TOTAL": (2, 2), "PUSH": (1000, 1), "ADS": (1, 1), "S2S": (100, 0)}


@pytest.mark.endpoint("GET /destinations/configurations/available-platforms")
def test_get_available_platforms(http):
    answer = http.get("/v1/destinations/configurations/available-platforms/")
    assert answer.json() == ["BROWSER", "ANDROID", "iOS", "ALL"]


@pytest.mark.endpoint("GET /destinations/{destinationId}/history/outbound")
def test_get_outbound_history_of_a_server_to_server_destination(emulator, http, sid):
    start = 1_767_225_600_000  # 2026-01-01
    s2s = emulator.add("destinations", {"name": "a", "destinationType": "S2S", "createTime": start - DAY_MS})
    url = emulator.add("destinations", {"name": "b"})
    emulator.add("mappings", {"destinationId": s2s["destinationId"], "sid": sid})
    path = f"/v1/destinations/{s2s['destinationId']}/history/outbound"
    assert http.get(path).json()["childMessages"] == ["startDate: may not be empty", "endDate: may not be empty"]
    query = f"?startDate={start}&endDate={start + 3 * DAY_MS}"
    rows = http.get(path + query).json()
    assert [row["startTime"] // DAY_MS - start // DAY_MS for row in rows] == [0, 1, 2]
    assert all(row["success"] and row["successRecords"] <= row["attemptedRecords"] for row in rows)
    assert http.get(path + query).json() == rows
    assert http.get(f"/v1/destinations/{url['destinationId']}/history/outbound{query}").json() == []
    assert http.get(f"{path}?startDate=0&endDate={start - 2 * DAY_MS}").json() == []


@pytest.mark.endpoint("GET /destinations/segment-impressions")
def test_get_segment_impressions(emulator, http, sid):
    key = emulator.add("destinations", {"name": "a"})["destinationId"]
    emulator.add("mappings", {"destinationId": key, "sid": sid})
    (bare,) = http.get("/v1/destinations/segment-impressions").json()
    assert (set(bare), bare["sid"]) == ({"destinationId", "sid", "impressions"}, sid)
    query = "includeDestinationName=true&includeSegmentName=true&includeFeedIds=true"
    (full,) = http.get(f"/v1/destinations/segment-impressions?{query}").json()
    assert (full["destinationName"], full["segmentName"], full["feedIds"]) == ("a", "S & T", [])


def test_every_seeded_destination_passes_the_emulators_own_rules(emulator, http):
    emulator.seed(destinations=3, mappings=10)
    assert len(emulator.objects("mappings")) == 10
    for row in emulator.objects("destinations"):
        assert http.put(f"/v1/destinations/{row['destinationId']}", row).status_code == 200


def test_destination_among_many_shows_its_own_mappings(emulator, http):
    emulator.seed(segments=1000, destinations=1000, mappings=100_000)
    key = emulator.objects("destinations")[500]["destinationId"]
    shown = http.get(f"/v1/destinations/{key}?includeMappings=true").json()["mappings"]
    assert [each["destinationId"] for each in shown] == [key] * 100
