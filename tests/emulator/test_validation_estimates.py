"""Checks and estimates that store nothing, and limits."""

from __future__ import annotations

import pytest


@pytest.fixture
def sids(emulator, draft):
    return [row["sid"] for row in emulator.add("traits", [draft, draft])]


@pytest.mark.endpoint(
    "POST /segments/estimate-size",
    "POST /segments/estimate-7-day-size",
    "POST /segments/estimate-30-day-size",
    "POST /segments/estimate-60-day-size",
)
@pytest.mark.parametrize(
    ("name", "metric"),
    [
        ("estimate-size", "uniquesLifetime"),
        ("estimate-7-day-size", "uniques7Day"),
        ("estimate-30-day-size", "uniques30Day"),
        ("estimate-60-day-size", "uniques60Day"),
    ],
)
def test_estimates_follow_the_populations(emulator, http, sids, name, metric):
    a, b = sids
    emulator.set_metrics(a, {metric: 100})
    emulator.set_metrics(b, {metric: 40})
    path = f"/v1/segments/{name}"
    assert http.get(path, params={"rule": f"{a}T AND {b}T"}).json() == {"estimatedSize": 40}
    assert http.post(path, {"code": f"{a}T OR {b}T"}).json() == {"estimatedSize": 140}
    assert http.post(path, {"rule": f"{a}T AND NOT {b}T"}).json() == {"estimatedSize": 100}
    assert http.post(path, {"rule": f"FREQUENCY([{a}T] <= 3D) >= 2"}).json() == {"estimatedSize": 50}
    assert http.post(path, {"rule": "5T"}).json()["childMessages"] == ["rule: trait 5 does not exist"]
    assert http.get(path).status_code == 400


@pytest.mark.endpoint("POST /traits/test")
def test_event_is_tested_against_a_rule(http):
    event = {"url": "https://x.example/?c_page=home", "headers": {"Referer": "y"}, "code": 'c_page == "home"'}
    body = http.post("/v1/traits/test/", event).json()
    assert body == {"valid": True, "childMessages": [], "signals": {"c_page": "home", "h_referer": "y"}}
    assert http.post("/v1/traits/test", event | {"code": "=="}).json()["valid"] is False
    assert http.post("/v1/traits/test", {"headers": 1}).status_code == 400


def test_rule_checks_and_versions(http, sids, draft):
    assert http.post("/v1/traits/validate", {"code": 'a == "b"'}).json()["valid"] is True
    assert http.post("/v1/segments/validate/", {"code": f"{sids[0]}T"}).json()["valid"] is True
    http.put(f"/v1/traits/{sids[0]}", draft | {"traitRule": 'new == "1"'})
    versions = http.get(f"/v1/traits/{sids[0]}/trait-rule/versions").json()
    assert [each["traitRuleVersion"] for each in versions] == [1, 2]


@pytest.mark.parametrize(("path", "maximum"), [("traits", 100_000), ("segments", 20_000)])
def test_limits_name_type_limit_and_count(http, sids, path, maximum):
    total, *_ = http.get(f"/v1/{path}/limits").json()["limits"]
    assert total == {"type": "TOTAL", "limit": maximum, "count": 2 if path == "traits" else 0}


@pytest.mark.endpoint("GET /folders/segments/{folderId}/segments")
def test_segments_of_a_folder(emulator, http, source, sids):
    folder = emulator.add("segment_folders", {"name": "F"})["folderId"]
    rows = [
        {"name": n, "dataSourceId": source, "segmentRule": f"{sids[0]}T", "folderId": f}
        for n, f in (("a", folder), ("b", 0))
    ]
    emulator.add("segments", rows)
    assert [row["name"] for row in http.get(f"/v1/folders/segments/{folder}/segments/").json()] == ["a"]
