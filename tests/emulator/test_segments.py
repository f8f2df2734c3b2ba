"""Segments: their rules, and what only they have."""

from __future__ import annotations

import pytest


@pytest.fixture
def sid(emulator, source):
    """A rule-based trait."""
    return emulator.add("traits", {"name": "T", "dataSourceId": source})["sid"]


@pytest.fixture
def onboarded(emulator, source):
    return emulator.add("traits", {"name": "O", "dataSourceId": source, "traitType": "ON_BOARDED_TRAIT"})["sid"]


@pytest.fixture
def segment(source, sid):
    return {"name": "S", "dataSourceId": source, "folderId": 0, "segmentRule": f"{sid}T"}


@pytest.mark.endpoint(
    "GET /segments/{sid}",
    "POST /segments",
    "PUT /segments/{sid}",
    "DELETE /segments/{sid}",
    "GET /segments/ic:{integrationCode}",
    "PUT /segments/ic:{integrationCode}",
)
def test_segment_lives_from_create_to_delete(emulator, http, segment, sid):
    row = http.post("/v1/segments/", segment | {"integrationCode": "x"}).json()
    assert row["sid"] == sid + 1
    assert (row["traitType"], row["status"], row["mergeRuleDataSourceId"]) == ("SEGMENT", "ACTIVE", 3100)
    assert http.get("/v1/segments/ic:x").json() == http.get(f"/v1/segments/{row['sid']}").json() == row
    paused = http.put(f"/v1/segments/{row['sid']}", row | {"status": "INACTIVE"}).json()
    assert paused["status"] == "INACTIVE"
    assert http.put("/v1/segments/ic:x", segment).json()["integrationCode"] is None
    assert http.delete(f"/v1/segments/{row['sid']}").status_code == 204
    assert http.get(f"/v1/traits/{row['sid']}").status_code == 404
    assert emulator.objects("segments") == []


@pytest.mark.endpoint("POST /segments/bulk-delete", "GET /segments/limits")
def test_bulk_delete_limits_and_unique_codes(emulator, http, segment):
    emulator.configure(limits={"segments": 2})
    unique = emulator.add("data_sources", {"name": "U", "uniqueSegmentIntegrationCodes": True})["dataSourceId"]
    coded = segment | {"integrationCode": "x", "dataSourceId": unique}
    first = http.post("/v1/segments", coded).json()["sid"]
    assert http.post("/v1/segments", coded).status_code == 409
    assert http.post("/v1/segments", segment).status_code == 201
    assert http.post("/v1/segments", segment).json()["code"] == "RESOURCE_LIMIT_EXCEEDED"
    assert http.get("/v1/segments/limits").json() == {"limits": [{"type": "TOTAL", "limit": 2, "count": 2}]}
    assert http.post("/v1/segments/bulk-delete/", [first]).status_code == 204
    assert len(emulator.objects("segments")) == 1


@pytest.mark.endpoint("POST /segments/bulk-merge-rule-replace")
def test_merge_rules_are_replaced_in_bulk(emulator, http, segment, source):
    a, b = (http.post("/v1/segments", segment | {"mergeRuleDataSourceId": m}).json()["sid"] for m in (None, source))
    path, body = "/v1/segments/bulk-merge-rule-replace", {"existingMergeRuleDataSourceId": 3100}
    assert http.post(path, body).status_code == 400
    assert http.post(path, body | {"replaceWithMergeRuleDataSourceId": 5}).status_code == 400
    assert http.post(path, body | {"replaceWithMergeRuleDataSourceId": source}).status_code == 204
    assert [row["mergeRuleDataSourceId"] for row in emulator.objects("segments")] == [source, source]
    assert http.put(f"/v1/segments/{a}", segment | {"mergeRuleDataSourceId": 5}).status_code == 400
    assert b > a


@pytest.mark.endpoint("POST /segments/validate")
@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        ("{t}T", None),
        ("({t}T OR {o}T) AND NOT {o}T", None),
        ("FREQUENCY([{t}T] <= 3D) >= 5", None),
        ("frequency([{t}T OR {t}T] >= 5d) == 2", None),
        ("FREQUENCY([{t}T, {t}T]) >= 2", None),
        ("FREQUENCY([{t}T]) >= 1 AND FREQUENCY([{t}T]) <= 5", None),
        ("frequency([{t}T]) <= 5 AND {o}T", None),
        ("FREQUENCY([{t}T]) <= 5", "match everyone"),
        ("NOT {t}T", "match everyone"),
        ("{o}T OR FREQUENCY([{t}T]) <= 5", "match everyone"),
        ("FREQUENCY([{t}T] <= 0D) >= 1", "greater than 0"),
        ("FREQUENCY([{o}T]) >= 2", "rule-based"),
        ("FREQUENCY([{t}T]) >= 2D", "invalid expression"),
        ("FREQUENCY([{t}T] <= 3D)", "invalid expression"),
        ("{t}", "invalid expression"),
        ("{t}T {o}T", "invalid expression"),
        ("{t}T AND", "invalid expression"),
        ("({t}T", "invalid expression"),
        ("99T", "does not exist"),
        ("{t}T # comment", "invalid expression"),
        ("", "invalid expression"),
    ],
)
def test_segment_rules_are_validated(http, sid, onboarded, rule, problem):
    body = http.post("/v1/segments/validate", {"code": rule.format(t=sid, o=onboarded)}).json()
    assert body["valid"] is (problem is None)
    assert problem is None or problem in body["childMessages"][0]


def test_a_segment_is_no_operand(http, segment):
    row = http.post("/v1/segments", segment).json()
    answer = http.post("/v1/segments", segment | {"segmentRule": f"{row['sid']}T"})
    assert answer.json()["childMessages"] == [f"segmentRule: {row['sid']}T is a segment, not a trait"]


@pytest.mark.endpoint("GET /segments")
def test_includes_of_one_and_of_many(http, segment, sid, source):
    rule = f"{sid}T AND (NOT {sid}T OR FREQUENCY([{sid}T] <= 3D) >= 5)"
    row = http.post("/v1/segments", segment | {"segmentRule": rule}).json()
    one = http.get(f"/v1/segments/{row['sid']}?includeExprTree=true&includeSegmentTestGroupIds=true").json()
    assert one["expressionTree"] == {
        "expressionName": "and",
        "expr1": {"sid": sid},
        "expr2": {
            "expressionName": "or",
            "expr1": {"expressionName": "not", "expr": {"sid": sid}},
            "expr2": {
                "expressionName": ">=",
                "value": 5,
                "frequency": {"list": [sid], "op": "<=", "value": 3, "units": "D"},
            },
        },
    }
    assert (one["traits"], one["segmentTestGroupIds"]) == ([sid], [])
    query = "includeMetrics=1&includeMetrics=true&includeTraitDataSourceIds=true&includeInUseStatus=true"
    (many,) = http.get(f"/v1/segments?{query}&includePermissions=true").json()
    assert many["traitDataSourceIds"] == [source]
    assert (many["inUse"], many["mappedEntities"]) == (False, {"destinations": []})
    assert {"instantUniques1Day", "totalUniques90Day", "totalUniquesLifetime", "permissions"} <= set(many)
