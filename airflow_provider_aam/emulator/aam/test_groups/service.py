"""Segment test groups [client; the response's other fields than the id are inferred]."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from airflow_provider_aam.emulator.core.call import Route, ref
from airflow_provider_aam.emulator.core.fields import DESCRIPTION, NAME, Field
from airflow_provider_aam.emulator.core.resource import Resource
from airflow_provider_aam.emulator.core.service import Service

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.collection import Row
    from airflow_provider_aam.emulator.core.state import State

FIELDS = (
    NAME,
    DESCRIPTION,
    Field("baseSegmentSid", "integer", "The segment that is split.", required=True, of=("segments",)),
    Field("testSegments", "any", "Objects: name, percentage, controlSegment.", required=True),
    Field("conversionSids", "integers", "Traits that count as success.", default=[], of=("traits",)),
    Field("destinationMappings", "any", "Objects: destinationId, testSegmentName, ….", default=[]),
    Field("startDate", "any", "When the test begins; its type is unknown."),
    Field("status", "string", "ACTIVE or DRAFT (inferred).", writable=False),
)


def _problems(state: State, values: Row, key: int | None) -> list[str]:  # noqa: ARG001
    return _split_problems(values.get("testSegments")) + _mapping_problems(state, values)


def _split_problems(parts: Any) -> list[str]:
    if not isinstance(parts, list) or not parts or not all(isinstance(each, dict) for each in parts):
        return ["testSegments: must be an array of objects"]
    if not all(each.get("name") and isinstance(each.get("percentage"), int | float) for each in parts):
        return ["testSegments: each needs a name and a percentage"]
    total = sum(each["percentage"] for each in parts)
    return [] if abs(total - 100) < 1e-6 else [f"testSegments: percentages must sum to 100, not {total}"]


def _mapping_problems(state: State, values: Row) -> list[str]:
    mappings = values.get("destinationMappings", [])
    if not isinstance(mappings, list) or not all(isinstance(each, dict) for each in mappings):
        return ["destinationMappings: must be an array of objects"]
    parts = values.get("testSegments")
    names = [each.get("name") for each in parts if isinstance(each, dict)] if isinstance(parts, list) else []
    found = []
    for number, each in enumerate(mappings):
        if each.get("destinationId") not in state.collections["destinations"].rows:
            found.append(f"destinationMappings[{number}].destinationId: does not exist")
        if each.get("testSegmentName") not in names:
            found.append(f"destinationMappings[{number}].testSegmentName: is none of testSegments")
    return found


TEST_GROUPS = Resource(
    name="segment_test_groups",
    noun="Segment test group",
    path="/v1/segment-test-groups",
    id_field="segmentTestGroupId",
    first_id=901,
    verbs=("list", "create", "get"),
    fields=FIELDS,
    constants={"status": "ACTIVE"},
    problems=_problems,
)
# A draft needs a name only (inferred).
DRAFTS = replace(
    TEST_GROUPS,
    fields=tuple(replace(each, required=each.name == "name") for each in FIELDS),
    constants={"status": "DRAFT"},
    problems=lambda *_: [],
)

SERVICE = Service(
    tag="Segment test groups",
    about="Audience Lab: one segment split into test and control segments.",
    resources=(TEST_GROUPS,),
    routes=(
        Route(
            "POST",
            "/v1/segment-test-groups/drafts",
            DRAFTS.create,
            "Keep an unfinished test group",
            body=ref(f"{TEST_GROUPS.schema}Body"),
            status=201,
        ),
    ),
)
