"""The routes of traits."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from airflow_provider_aam.emulator.aam.traits import rules
from airflow_provider_aam.emulator.aam.traits.expression import trait_rule_problem
from airflow_provider_aam.emulator.aam.traits.fields import FIELDS, QUERY
from airflow_provider_aam.emulator.aam.validation import limits_reply, validation_reply
from airflow_provider_aam.emulator.core.call import Route, json_reply
from airflow_provider_aam.emulator.core.crud import crud_routes
from airflow_provider_aam.emulator.core.refusals import bad_request
from airflow_provider_aam.emulator.core.resource import Resource

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.call import Call, Reply

TRAITS = Resource(
    name="traits",
    noun="Trait",
    path="/v1/traits",
    id_field="sid",
    fields=FIELDS,
    query=QUERY,
    constants={"traitRuleVersion": 1},
    unique_code_flag="uniqueTraitIntegrationCodes",
    problems=rules.problems,
    limit=rules.limit,
    keep=rules.keep,
    extras=rules.extras,
    changed=rules.changed,
)


def limits(call: Call) -> Reply:
    """Answer GET /traits/limits."""
    return limits_reply(rules.usage(call.state))


def validate(call: Call) -> Reply:
    """Answer POST /traits/validate."""
    problem = trait_rule_problem(str(call.json_object().get("code") or ""))
    return validation_reply([problem] if problem else [])


def test(call: Call) -> Reply:
    """Answer POST /traits/test. Its body is unknown; `url`, `headers` and `code` are inferred, as is the answer.

    It says whether the rule is valid and which signals the event carries; rules are not evaluated.
    """
    body = call.json_object()
    problem = trait_rule_problem(str(body.get("code") or "")) if body.get("code") else None
    headers = body.get("headers") or {}
    if not isinstance(headers, dict):
        raise bad_request(["headers: must be an object"])
    signals = dict(parse_qsl(urlsplit(str(body.get("url") or "")).query))
    signals |= {f"h_{str(name).casefold()}": str(value) for name, value in headers.items()}
    problems = [problem] if problem else []
    return json_reply({"valid": not problems, "childMessages": problems, "signals": signals})


def versions(call: Call) -> Reply:
    """Answer GET /traits/{sid}/trait-rule/versions."""
    sid = TRAITS.find(call)
    row = call.state.collections["traits"].rows[sid]
    return json_reply(call.state.rule_versions.get(sid) or [rules.version_of(row)])


def _route(method: str, where: str, handler: object, about: str, *, tag: str = "Traits", **more: object) -> Route:
    return Route(method=method, path=f"/v1/traits{where}", handler=handler, tag=tag, about=about, **more)  # type: ignore[arg-type]


ROUTES = (
    _route("GET", "/limits", limits, "How many traits there are and may be", tag="Limits"),
    _route(
        "POST",
        "/validate",
        validate,
        "Check a trait rule",
        tag="Validation and estimates",
        body={"$ref": "#/components/schemas/Code"},
    ),
    _route("GET", "/{sid:int}/trait-rule/versions", versions, "All versions of a trait's rule"),
    _route(
        "POST", "/test", test, "Test an event against a rule", tag="Validation and estimates", body={"type": "object"}
    ),
    *crud_routes(TRAITS, tag="Traits", codes=True),
)
