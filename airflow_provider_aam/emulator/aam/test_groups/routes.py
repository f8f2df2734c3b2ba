"""The routes and rules of segment test groups [client; the answer's other fields than the id are inferred]."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from airflow_provider_aam.emulator.core.call import Route
from airflow_provider_aam.emulator.core.crud import crud_routes
from airflow_provider_aam.emulator.core.fields import Field
from airflow_provider_aam.emulator.core.resource import Resource

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.collection import Row
    from airflow_provider_aam.emulator.core.state import State

FIELDS = (
    Field(name="name", kind="string", required=True, max_length=255, about="Shown name."),
    Field(name="description", kind="string", default="", about="Free text."),
    Field(name="baseSegmentSid", kind="integer", required=True, about="The segment that is split."),
    Field(name="testSegments", kind="any", required=True, about="Objects: name, percentage, controlSegment."),
    Field(name="conversionSids", kind="integers", default=[], about="Traits that count as success."),
    Field(name="destinationMappings", kind="any", default=[], about="Objects: destinationId, testSegmentName, …."),
    Field(name="startDate", kind="any", about="When the test begins; its type is unknown."),
    Field(name="segmentTestGroupId", kind="integer", writable=False, about="Id."),
    Field(name="status", kind="string", writable=False, about="ACTIVE or DRAFT (inferred)."),
    Field(name="pid", kind="integer", writable=False, about="Partner id."),
)


def _reference_problems(state: State, values: Row, key: int | None) -> list[str]:  # noqa: ARG001
    found = []
    base = values.get("baseSegmentSid")
    if base is not None and base not in state.collections["segments"].rows:
        found.append("baseSegmentSid: does not exist")
    traits = state.collections["traits"].rows
    unknown = [sid for sid in values.get("conversionSids", []) if sid not in traits]
    return found + [f"conversionSids: {sid} does not exist" for sid in unknown]


def _problems(state: State, values: Row, key: int | None) -> list[str]:
    return (
        _reference_problems(state, values, key)
        + _split_problems(values.get("testSegments"))
        + _mapping_problems(state, values)
    )


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
    destinations = state.collections.get("destinations")
    parts = values.get("testSegments")
    names = [each.get("name") for each in parts if isinstance(each, dict)] if isinstance(parts, list) else []
    found = []
    for number, each in enumerate(mappings):
        if destinations is not None and each.get("destinationId") not in destinations.rows:
            found.append(f"destinationMappings[{number}].destinationId: does not exist")
        if each.get("testSegmentName") not in names:
            found.append(f"destinationMappings[{number}].testSegmentName: is none of testSegments")
    return found


TEST_GROUPS = Resource(
    name="segment_test_groups",
    noun="Segment test group",
    path="/v1/segment-test-groups",
    id_field="segmentTestGroupId",
    fields=FIELDS,
    constants={"status": "ACTIVE"},
    problems=_problems,
)
# A draft needs a name only (inferred).
DRAFTS = replace(
    TEST_GROUPS,
    fields=tuple(replace(each, required=each.required and each.name == "name") for each in FIELDS),
    constants={"status": "DRAFT"},
    problems=_reference_problems,
)

ROUTES = (
    Route(
        method="POST",
        path="/v1/segment-test-groups/drafts",
        handler=DRAFTS.create,
        tag="Segment test groups",
        about="Keep an unfinished test group",
        body={"$ref": "#/components/schemas/SegmenttestgroupBody"},
        status=201,
    ),
    *crud_routes(TEST_GROUPS, tag="Segment test groups", verbs=("list", "create", "get")),
)
