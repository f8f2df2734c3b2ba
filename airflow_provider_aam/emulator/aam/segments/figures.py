"""How many would qualify for a segment rule: invented from the figures of its traits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_provider_aam.emulator.aam.segments.expression import Frequency, Node
from airflow_provider_aam.emulator.aam.traits.figures import trait_metrics

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.state import State


def estimated_size(state: State, node: Node, period: str) -> int | None:
    """Return a plausible size: the smallest of an AND, the sum of an OR, `None` for what only takes people away."""
    if isinstance(node, Frequency):
        return max(_trait_size(state, sid, period) for sid in node.sids) // max(node.value, 1)
    if node[0] == "sid":
        return _trait_size(state, node[1], period)
    if node[0] == "not":
        return None
    sizes = [size for size in (estimated_size(state, part, period) for part in node[1:]) if size is not None]
    if not sizes:
        return None
    return min(sizes) if node[0] == "and" else sum(sizes)


def _trait_size(state: State, sid: int, period: str) -> int:
    return trait_metrics(state, state.collections["traits"].rows[sid])[f"uniques{period}"]
