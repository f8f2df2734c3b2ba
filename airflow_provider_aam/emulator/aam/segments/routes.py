"""The routes of segments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_provider_aam.emulator.aam.segments import rules
from airflow_provider_aam.emulator.aam.segments.fields import FIELDS, QUERY
from airflow_provider_aam.emulator.aam.segments.meaning import segment_rule_problems
from airflow_provider_aam.emulator.aam.validation import limits_reply, validation_reply
from airflow_provider_aam.emulator.core.authentication import require_access
from airflow_provider_aam.emulator.core.call import Reply, Route
from airflow_provider_aam.emulator.core.crud import crud_routes
from airflow_provider_aam.emulator.core.fields import Field, read_body
from airflow_provider_aam.emulator.core.refusals import bad_request
from airflow_provider_aam.emulator.core.resource import Resource
from airflow_provider_aam.emulator.core.state import DEFAULT_MERGE_RULE_ID

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.call import Call

SEGMENTS = Resource(
    name="segments",
    noun="Segment",
    path="/v1/segments",
    id_field="sid",
    fields=FIELDS,
    query=QUERY,
    constants={"traitType": "SEGMENT"},
    unique_code_flag="uniqueSegmentIntegrationCodes",
    problems=rules.problems,
    limit=rules.limit,
    keep=rules.keep,
    in_use=rules.in_use,
    extras=rules.extras,
    changed=rules.changed,
)

MERGE_RULE_FIELDS = (
    Field(name="existingMergeRuleDataSourceId", kind="integer", required=True, about="Which rule to replace."),
    Field(name="replaceWithMergeRuleDataSourceId", kind="integer", required=True, about="By which rule."),
)


def limits(call: Call) -> Reply:
    """Answer GET /segments/limits."""
    count = len(call.state.collections["segments"])
    return limits_reply([{"type": "TOTAL", "limit": call.state.settings.limits["segments"], "count": count}])


def validate(call: Call) -> Reply:
    """Answer POST /segments/validate; that the body is `{"code": …}` as for traits is inferred."""
    return validation_reply(segment_rule_problems(call.state, str(call.json_object().get("code") or "")))


def bulk_merge_rule_replace(call: Call) -> Reply:
    """Answer POST /segments/bulk-merge-rule-replace. 200 or 204 is not known; it is 204 here."""
    require_access(call)
    state = call.state
    values, problems = read_body(MERGE_RULE_FIELDS, call.json_object(), creating=True)
    existing, new = (values.get(field.name) for field in MERGE_RULE_FIELDS)
    if new is not None and new != DEFAULT_MERGE_RULE_ID and new not in state.collections["data_sources"].rows:
        problems.append("replaceWithMergeRuleDataSourceId: does not exist")
    if problems:
        raise bad_request(problems)
    segments = state.collections["segments"]
    stamp = {"mergeRuleDataSourceId": new, "updateTime": state.clock.now_ms(), "upUID": call.user_id}
    for row in [row for row in segments.rows.values() if row["mergeRuleDataSourceId"] == existing]:
        segments.put({**row, **stamp})
    return Reply(204)


def _route(method: str, where: str, handler: object, about: str, *, tag: str = "Segments", **more: object) -> Route:
    return Route(method=method, path=f"/v1/segments{where}", handler=handler, tag=tag, about=about, **more)  # type: ignore[arg-type]


ROUTES = (
    _route("GET", "/limits", limits, "How many segments there are and may be", tag="Limits"),
    _route(
        "POST",
        "/validate",
        validate,
        "Check a segment rule",
        tag="Validation and estimates",
        body={"$ref": "#/components/schemas/Code"},
    ),
    _route(
        "POST",
        "/bulk-merge-rule-replace",
        bulk_merge_rule_replace,
        "Replace a profile merge rule in all segments that use it",
        body={"$ref": "#/components/schemas/MergeRuleReplacement"},
        status=204,
    ),
    *crud_routes(SEGMENTS, tag="Segments", codes=True),
)
