"""Segments."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from airflow_provider_aam.emulator.aam.segments import rules
from airflow_provider_aam.emulator.aam.segments.expression import parse_segment_rule
from airflow_provider_aam.emulator.aam.segments.fields import FIELDS, QUERY
from airflow_provider_aam.emulator.aam.segments.figures import estimated_size
from airflow_provider_aam.emulator.aam.validation import TAG, validation_route
from airflow_provider_aam.emulator.core.authentication import require_access
from airflow_provider_aam.emulator.core.call import Parameter, Reply, Route, json_reply, ref
from airflow_provider_aam.emulator.core.fields import Field, read_body, reference_problems
from airflow_provider_aam.emulator.core.limits import Limit
from airflow_provider_aam.emulator.core.refusals import bad_request
from airflow_provider_aam.emulator.core.resource import VERBS, Resource
from airflow_provider_aam.emulator.core.service import Service
from airflow_provider_aam.emulator.core.state import DEFAULT_MERGE_RULE_ID

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.call import Call

SEGMENTS = Resource(
    name="segments",
    noun="Segment",
    path="/v1/segments",
    id_field="sid",
    first_id=4_011_001,
    sequence="sid",
    verbs=("limits", *VERBS),
    codes=True,
    fields=FIELDS,
    query=QUERY,
    limits=(Limit("segments", 20_000, "segments"),),
    filled={"name": "A segment", "folderId": 0, "mergeRuleDataSourceId": DEFAULT_MERGE_RULE_ID, "segmentRule": ""},
    constants={"traitType": "SEGMENT"},
    unique_code_flag="uniqueSegmentIntegrationCodes",
    problems=rules.problems,
    in_use=rules.in_use,
    changed=rules.changed,
)
MERGE_RULE_FIELDS = (
    Field("existingMergeRuleDataSourceId", "integer", "Which rule to replace.", required=True),
    Field(
        "replaceWithMergeRuleDataSourceId",
        "integer",
        "By which rule.",
        required=True,
        of=("data_sources",),
        besides=(DEFAULT_MERGE_RULE_ID,),
    ),
)
PERIOD_OF = {
    "estimate-size": "Lifetime",
    "estimate-7-day-size": "7Day",
    "estimate-30-day-size": "30Day",
    "estimate-60-day-size": "60Day",
}


def bulk_merge_rule_replace(call: Call) -> Reply:
    """Answer POST /segments/bulk-merge-rule-replace. 200 or 204 is not known; it is 204 here."""
    require_access(call)
    state = call.state
    values, problems = read_body(MERGE_RULE_FIELDS, call.json_object(), creating=True)
    problems += reference_problems(MERGE_RULE_FIELDS, values, state.collections)
    if problems:
        raise bad_request(problems)
    existing, new = (values[field.name] for field in MERGE_RULE_FIELDS)
    segments = SEGMENTS.collection(state)
    stamp = {"mergeRuleDataSourceId": new, "updateTime": state.clock.now_ms(), "upUID": call.user_id}
    for row in [row for row in segments.rows.values() if row["mergeRuleDataSourceId"] == existing]:
        segments.put({**row, **stamp})
    return Reply(204)


def estimate(period: str, call: Call) -> Reply:
    """Answer GET with `rule`, or POST of `{"rule": …}` or `{"code": …}`; 400 for an invalid rule.

    The paths are the AAM UI's; method, body and answer are inferred.
    """
    require_access(call)
    body = call.json_object() if call.recorded.method == "POST" else {"rule": call.text("rule")}
    rule = str(body.get("rule") or body.get("code") or "")
    if problems := rules.segment_rule_problems(call.state, rule):
        raise bad_request([f"rule: {problem}" for problem in problems])
    return json_reply({"estimatedSize": estimated_size(call.state, parse_segment_rule(rule), period) or 0})


def _estimate(method: str, where: str, period: str) -> Route:
    about = f"Estimate who would qualify ({period})"
    query = (Parameter("rule", "A segment rule."),) if method == "GET" else ()
    body = {"type": "object"} if method == "POST" else None
    return Route(method, f"/v1/segments/{where}", partial(estimate, period), about, tag=TAG, query=query, body=body)


SERVICE = Service(
    tag="Segments",
    about="Rules over traits; who qualifies is sent to destinations.",
    resources=(SEGMENTS,),
    routes=(
        validation_route("/v1/segments/validate", "Check a segment rule", rules.segment_rule_problems),
        *(_estimate(method, where, period) for where, period in PERIOD_OF.items() for method in ("GET", "POST")),
        Route(
            "POST",
            "/v1/segments/bulk-merge-rule-replace",
            bulk_merge_rule_replace,
            "Replace a profile merge rule in all segments that use it",
            body=ref("MergeRuleReplacement"),
            status=204,
        ),
    ),
    bodies={"MergeRuleReplacement": MERGE_RULE_FIELDS},
)
