"""Segment test groups."""

from __future__ import annotations

import pytest

PATH = "/v1/segment-test-groups"


@pytest.fixture
def group(emulator, draft, source):
    sid = emulator.add("traits", draft)["sid"]
    base = emulator.add("segments", {"name": "S", "dataSourceId": source, "segmentRule": f"{sid}T"})["sid"]
    parts = [{"name": "A", "percentage": 30, "controlSegment": True}, {"name": "B", "percentage": 70}]
    return {
        "name": "G",
        "baseSegmentSid": base,
        "testSegments": parts,
        "conversionSids": [sid],
        "startDate": "2026-01-01",
    }


@pytest.mark.endpoint(
    "GET /segment-test-groups", "GET /segment-test-groups/{segmentTestGroupId}", "POST /segment-test-groups"
)
def test_group_is_made_read_and_named_by_its_segment(http, group):
    answer = http.post(f"{PATH}/", group)
    row = answer.json()
    assert (answer.status_code, row["status"], row["testSegments"]) == (201, "ACTIVE", group["testSegments"])
    key = row["segmentTestGroupId"]
    assert http.get(f"{PATH}/{key}").json() == row
    assert http.get(PATH).json() == [row]
    segment = f"/v1/segments/{group['baseSegmentSid']}?includeSegmentTestGroupIds=true"
    assert http.get(segment).json()["segmentTestGroupIds"] == [key]
    assert http.get(f"{PATH}/5").status_code == 404


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"testSegments": [{"name": "A", "percentage": 99}]}, "testSegments"),
        ({"testSegments": []}, "testSegments"),
        ({"testSegments": [{"percentage": 100}]}, "testSegments"),
        ({"baseSegmentSid": 5}, "baseSegmentSid"),
        ({"conversionSids": [5]}, "conversionSids"),
        ({"destinationMappings": 1}, "destinationMappings"),
        (
            {"destinationMappings": [{"destinationId": 5, "testSegmentName": "Z"}]},
            "destinationMappings[0].testSegmentName",
        ),
        ({"name": ""}, "name"),
    ],
)
def test_mistakes_are_named(http, group, change, field):
    answer = http.post(PATH, group | change)
    assert answer.status_code == 400
    assert field in [each.partition(":")[0] for each in answer.json()["childMessages"]]


@pytest.mark.endpoint("POST /segment-test-groups/drafts")
def test_draft_may_be_unfinished(http, group):
    answer = http.post(f"{PATH}/drafts", {"name": "D", "testSegments": [{"name": "A", "percentage": 5}]})
    assert (answer.status_code, answer.json()["status"], answer.json()["baseSegmentSid"]) == (201, "DRAFT", None)
    assert http.post(f"{PATH}/drafts", {}).json()["childMessages"] == ["name: may not be empty"]
