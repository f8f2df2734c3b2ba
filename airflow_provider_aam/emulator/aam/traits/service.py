"""Traits."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from airflow_provider_aam.emulator.aam.traits import rules
from airflow_provider_aam.emulator.aam.traits.expression import trait_rule_problem
from airflow_provider_aam.emulator.aam.traits.fields import FIELDS, QUERY
from airflow_provider_aam.emulator.aam.validation import TAG, validation_route
from airflow_provider_aam.emulator.core.call import Route, json_reply
from airflow_provider_aam.emulator.core.limits import Limit
from airflow_provider_aam.emulator.core.refusals import bad_request
from airflow_provider_aam.emulator.core.resource import VERBS, Resource
from airflow_provider_aam.emulator.core.service import Service

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.call import Call, Reply
    from airflow_provider_aam.emulator.core.state import State


def _limit(name: str, maximum: int, trait_type: str) -> Limit:
    return Limit(name, maximum, f"traits of type {trait_type}", "traitType", trait_type)


TRAITS = Resource(
    name="traits",
    noun="Trait",
    path="/v1/traits",
    id_field="sid",
    first_id=4_011_001,
    sequence="sid",
    verbs=("limits", *VERBS),
    codes=True,
    fields=FIELDS,
    query=QUERY,
    indexed=("algoModelId",),
    limits=(
        Limit("traits", 100_000, "traits"),
        _limit("rule_based_traits", 100_000, "RULE_BASED_TRAIT"),
        _limit("onboarded_traits", 100_000, "ON_BOARDED_TRAIT"),
        _limit("algo_traits", 50, "ALGO_TRAIT"),
    ),
    filled={"name": "A trait", "traitType": "RULE_BASED_TRAIT", "folderId": 0, "traitRule": 'c_page == "home"'},
    constants={"traitRuleVersion": 1},
    unique_code_flag="uniqueTraitIntegrationCodes",
    problems=rules.problems,
    changed=rules.changed,
)


def test(call: Call) -> Reply:
    """Answer POST /traits/test. Its body is unknown; `url`, `headers` and `code` are inferred, as is the response.

    It says whether the rule is valid and which signals the event carries; rules are not evaluated.
    """
    body = call.json_object()
    problems = _rule_problems(call.state, str(body["code"])) if body.get("code") else []
    headers = body.get("headers") or {}
    if not isinstance(headers, dict):
        raise bad_request(["headers: must be an object"])
    signals = dict(parse_qsl(urlsplit(str(body.get("url") or "")).query))
    signals |= {f"h_{str(name).casefold()}": str(value) for name, value in headers.items()}
    return json_reply({"valid": not problems, "childMessages": problems, "signals": signals})


def versions(call: Call) -> Reply:
    """Answer GET /traits/{sid}/trait-rule/versions."""
    sid = TRAITS.find(call)
    row = TRAITS.collection(call.state).rows[sid]
    return json_reply(call.state.rule_versions.get(sid) or [rules.version_of(row)])


def _rule_problems(state: State, rule: str) -> list[str]:  # noqa: ARG001
    problem = trait_rule_problem(rule)
    return [problem] if problem else []


SERVICE = Service(
    tag="Traits",
    about="What people did or are, by rule, by inbound file or by a model.",
    resources=(TRAITS,),
    routes=(
        validation_route("/v1/traits/validate", "Check a trait rule", _rule_problems),
        Route("GET", "/v1/traits/{sid:int}/trait-rule/versions", versions, "All versions of a trait's rule"),
        Route("POST", "/v1/traits/test", test, "Test an event against a rule", tag=TAG, body={"type": "object"}),
    ),
)
