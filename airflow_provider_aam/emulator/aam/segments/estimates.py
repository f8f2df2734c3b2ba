"""How many would qualify for a rule. The paths are the portal's; method, body and answer are inferred."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from airflow_provider_aam.emulator.aam.segments.expression import Frequency, Node, parse_segment_rule
from airflow_provider_aam.emulator.aam.segments.meaning import segment_rule_problems
from airflow_provider_aam.emulator.aam.traits.metrics import trait_metrics
from airflow_provider_aam.emulator.core.authentication import require_access
from airflow_provider_aam.emulator.core.call import Parameter, Reply, Route, json_reply
from airflow_provider_aam.emulator.core.refusals import bad_request

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.call import Call
    from airflow_provider_aam.emulator.core.state import State

PERIOD_OF = {
    "estimate-size": "Lifetime",
    "estimate-7-day-size": "7Day",
    "estimate-30-day-size": "30Day",
    "estimate-60-day-size": "60Day",
}


def estimate(period: str, call: Call) -> Reply:
    """Answer GET with `rule`, or POST of `{"rule": …}` or `{"code": …}`; 400 for an invalid rule."""
    require_access(call)
    body = call.json_object() if call.recorded.method == "POST" else {"rule": call.text("rule")}
    rule = str(body.get("rule") or body.get("code") or "")
    if problems := segment_rule_problems(call.state, rule):
        raise bad_request([f"rule: {problem}" for problem in problems])
    return json_reply({"estimatedSize": _size(call.state, parse_segment_rule(rule), period) or 0})


def _size(state: State, node: Node, period: str) -> int | None:
    """Return a plausible size: the smallest of an AND, the sum of an OR, `None` for what only takes people away."""
    if isinstance(node, Frequency):
        return max(_trait_size(state, sid, period) for sid in node.sids) // max(node.value, 1)
    if node[0] == "sid":
        return _trait_size(state, node[1], period)
    if node[0] == "not":
        return None
    sizes = [size for size in (_size(state, part, period) for part in node[1:]) if size is not None]
    if not sizes:
        return None
    return min(sizes) if node[0] == "and" else sum(sizes)


def _trait_size(state: State, sid: int, period: str) -> int:
    return trait_metrics(state, state.collections["traits"].rows[sid])[f"uniques{period}"]


ROUTES = tuple(
    Route(
        method=method,
        path=f"/v1/segments/{name}",
        handler=partial(estimate, period),
        tag="Validation and estimates",
        about=f"Estimate who would qualify ({period})",
        query=(Parameter(name="rule", about="A segment rule."),) if method == "GET" else (),
        body={"type": "object"} if method == "POST" else None,
    )
    for name, period in PERIOD_OF.items()
    for method in ("GET", "POST")
)
