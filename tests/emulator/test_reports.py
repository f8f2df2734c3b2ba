"""Reports, and the figures that a test sets."""

from __future__ import annotations

import pytest

DAY = 86_400_000


@pytest.fixture
def today(emulator, http):
    now = http.post("/v1/customer-trait-types", {"name": "clock"}).json()["createTime"]
    return now // DAY * DAY


@pytest.fixture
def sids(emulator, draft):
    return [row["sid"] for row in emulator.add("traits", [draft | {"name": name} for name in ("A", "B & C")])]


@pytest.fixture
def segment(emulator, sids, source):
    rule = {"name": "S", "segmentRule": f"{sids[0]}T", "dataSourceId": source}
    return emulator.add("segments", rule)["sid"]


def test_set_metrics_show_in_lists_gets_and_reports(emulator, http, sids, segment, today):
    emulator.set_metrics(sids[0], {"uniques30Day": 777})
    emulator.set_metrics(segment, {"totalUniques7Day": 55})
    assert http.get(f"/v1/traits/{sids[0]}?includeMetrics=true").json()["uniques30Day"] == 777
    assert http.get("/v1/segments?includeMetrics=true").json()[0]["totalUniques7Day"] == 55
    query = f"startDate={today}&endDate={today}"
    one = http.get(f"/v1/reports/traits-trend/{sids[0]}?{query}&interval=30D").json()
    assert one["metrics"][str(today)]["uniques"] == 777
    other = http.get(f"/v1/reports/segments-trend/{segment}?{query}&interval=7D").json()
    assert other["metrics"][str(today)]["totalUniques"] == 55
    emulator.reset()
    assert emulator.objects("traits") == []


def test_mistakes_in_set_metrics_are_value_errors(emulator, sids):
    for sid, metrics in ((5, {}), (sids[0], {"totalUniques1Day": 1}), (sids[0], {"uniques1Day": -1})):
        with pytest.raises(ValueError, match=r"unknown|Invalid"):
            emulator.set_metrics(sid, metrics)


@pytest.mark.endpoint("POST /reports/traits-trend")
@pytest.mark.parametrize("interval", ["1D", "7D", "14D", "30D", "60D", "90D"])
def test_trend_has_a_figure_a_day(http, sids, today, interval):
    body = {"startDate": today - 3 * DAY, "endDate": today + DAY, "interval": interval, "sids": [str(s) for s in sids]}
    rows = http.post("/v1/reports/traits-trend/", body).json()
    assert [(row["sid"], row["name"]) for row in rows] == [(sids[0], "A"), (sids[1], "B & C")]
    assert list(rows[0]["metrics"]) == [str(today - n * DAY) for n in (3, 2, 1, 0)]
    assert set(rows[0]["metrics"][str(today)]) == {"count", "uniques", "populationCount", "populationUniques"}
    metrics = http.get(f"/v1/traits/{sids[0]}?includeMetrics=true").json()
    assert rows[0]["metrics"][str(today)]["uniques"] == metrics[f"uniques{interval[:-1]}Day"]
    assert http.post("/v1/reports/traits-trend", body).json() == rows


@pytest.mark.endpoint("POST /reports/segments-trend")
def test_segments_trend(http, segment, today):
    body = {"startDate": today, "endDate": today, "sids": [segment]}
    (row,) = http.post("/v1/reports/segments-trend", body).json()
    assert set(row["metrics"][str(today)]) == {"instantUniques", "totalUniques"}


def test_mistakes_in_a_trend_are_named(http, sids, today):
    body = {"startDate": today, "endDate": today, "sids": sids}
    for change in ({"sids": [5]}, {"interval": "2D"}, {"startDate": None}, {"endDate": 1}):
        assert http.post("/v1/reports/traits-trend", body | change).status_code == 400
    assert http.get(f"/v1/reports/traits-trend/{sids[0]}").status_code == 400
    assert http.get("/v1/reports/segments-trend/5?startDate=1&endDate=1").status_code == 404


@pytest.mark.endpoint(
    "GET /reports/largest-traits",
    "GET /reports/most-changed-traits",
    "GET /reports/largest-segments",
    "GET /reports/most-changed-segments",
)
@pytest.mark.parametrize(("kind", "size"), [("traits", "uniques"), ("segments", "totalUniques")])
def test_largest_and_most_changed_are_ranked(emulator, http, kind, size):
    emulator.reset("empty")
    emulator.seed(traits=30, segments=30)
    http = _signed_in(emulator, http)
    largest = http.get(f"/v1/reports/largest-{kind}?interval=7D&cutOff=100").json()
    assert len(largest) > 5
    assert [row[size] for row in largest] == sorted((row[size] for row in largest), reverse=True)
    assert min(row[size] for row in largest) >= 100
    page = http.get(f"/v1/reports/largest-{kind}?interval=7D&cutOff=100&page=1&pageSize=3").json()
    assert (page["total"], page["list"]) == (len(largest), largest[3:6])
    changed = http.get(f"/v1/reports//most-changed-{kind}?interval=7D").json()
    assert [abs(row["change"]) for row in changed] == sorted((abs(r["change"]) for r in changed), reverse=True)
    assert all(row["change"] == row[size] - row["previous"] for row in changed)
    named = http.get(f"/v1/reports/most-changed-{kind}?sortBy=name&descending=true").json()
    assert [row["name"].casefold() for row in named] == sorted((r["name"].casefold() for r in named), reverse=True)
    assert http.get("/v1/reports/largest-traits?restrictType=ALGO_TRAIT").json() == []
    assert http.get(f"/v1/reports/largest-{kind}?interval=5D").status_code == 400


@pytest.mark.endpoint("GET /reports/traits-for-date", "GET /reports/segments-for-date")
@pytest.mark.parametrize("kind", ["traits", "segments"])
def test_all_on_one_date(http, sids, segment, today, kind):
    rows = http.get(f"/v1/reports/{kind}-for-date?date={today - DAY}").json()
    assert [row["sid"] for row in rows] == (sids if kind == "traits" else [segment])
    assert http.get(f"/v1/reports/{kind}-for-date?date={today + 2 * DAY}").status_code == 400


@pytest.mark.endpoint("GET /reports/partner-uniques")
def test_partner_uniques(emulator, http, sids, today):
    emulator.set_metrics(sids[0], {"uniques1Day": 9_000_000})
    body = http.get(f"/v1/reports/partner-uniques?startDate={today}&endDate={today}").json()
    assert body == {"metrics": {str(today): {"uniques": 9_000_000}}}


def _signed_in(emulator, http):
    """Sign in again: a reset forgets tokens."""
    c = emulator.credentials
    form = {"client_id": c.client_id, "client_secret": c.client_secret, "scope": ",".join(c.scopes)}
    answer = http("POST", "/ims/token/v3", data={"grant_type": "client_credentials", **form}).json()
    http.session.headers["Authorization"] = f"Bearer {answer['access_token']}"
    return http
