"""Who qualifies for a segment, of the people whom inbound files have named."""

from __future__ import annotations

from collections import Counter
from functools import reduce
from typing import TYPE_CHECKING

from airflow_provider_aam.emulator.aam.segments.expression import Frequency, Node, parse_segment_rule
from airflow_provider_aam.emulator.core.state import User

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.state import State

Members = dict[User, int]
"""When each of them was last named with one of the traits, in milliseconds."""


def segment_members(state: State, rule: str) -> Members:
    """Return who qualifies. A trait counts as realized once, and recency is not looked at."""
    nobody: Members = {}
    everyone = reduce(_either, state.members.values(), nobody)
    return _members(state, parse_segment_rule(rule), everyone)


def _members(state: State, node: Node, everyone: Members) -> Members:
    if isinstance(node, Frequency):
        times = Counter(user for sid in node.sids for user in state.members.get(sid, {}))
        holds = {"<=": int.__le__, ">=": int.__ge__, "==": int.__eq__}[node.op]
        return {user: since for user, since in everyone.items() if holds(times[user], node.value)}
    if node[0] == "sid":
        return state.members.get(node[1], {})
    parts = [_members(state, part, everyone) for part in node[1:]]
    if node[0] == "not":
        return {user: since for user, since in everyone.items() if user not in parts[0]}
    return reduce(_both if node[0] == "and" else _either, parts)


def _either(one: Members, other: Members) -> Members:
    return one | {user: max(since, one.get(user, 0)) for user, since in other.items()}


def _both(one: Members, other: Members) -> Members:
    return {user: max(since, other[user]) for user, since in one.items() if user in other}
