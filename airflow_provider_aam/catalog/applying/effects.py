"""What an apply has changed in AAM, and what feeds the users of each changed object: for lineage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from airflow_provider_aam.catalog.applying.outcomes import CHANGED, Outcome, Status
from airflow_provider_aam.catalog.kinds import DESTINATIONS, MAPPINGS, SEGMENTS, TRAITS, Kind, kind_called
from airflow_provider_aam.catalog.plan.plan import Change
from airflow_provider_aam.catalog.rules import segment_rule

MOST_NAMED = 100


@dataclass(frozen=True, kw_only=True)
class Effect:
    """One object: ``resource`` is its list's name in AAM. A mapping, made or deleted, updates its destination."""

    resource: str
    id: int
    label: str
    status: Status
    fed_by: tuple[tuple[str, int], ...] = ()
    """Resource and id of whatever its users come from: a segment's traits, a destination's segment."""


@dataclass(kw_only=True)
class Effects:
    """``counts`` of changed objects by resource, and the first :data:`MOST_NAMED` of them."""

    counts: Counter[str] = field(default_factory=Counter)
    first: list[Effect] = field(default_factory=list)

    def add(self, change: Change, outcome: Outcome) -> None:
        """``change`` holds ids in place of links."""
        if outcome.status not in CHANGED:
            return
        kind = kind_called(change.kind)
        self.counts[kind.resource.name] += 1
        if len(self.first) < MOST_NAMED and outcome.id is not None:
            self.first.append(_effect(kind, change, outcome, outcome.id))


def _effect(kind: Kind, change: Change, outcome: Outcome, object_id: int) -> Effect:
    values = {**change.held, **change.within, **{each.field: _value(each.after, each.before) for each in change.fields}}
    feeds = () if outcome.status == "deleted" else tuple(dict.fromkeys(_feeds(kind, values)))
    if kind is MAPPINGS:
        destination, object_id = DESTINATIONS.resource.name, int(values["destinationId"])
        return Effect(resource=destination, id=object_id, label=change.label, status="updated", fed_by=feeds)
    return Effect(resource=kind.resource.name, id=object_id, label=change.label, status=outcome.status, fed_by=feeds)


def _value(after: Any, before: Any) -> Any:
    return before if after is None else after


def _feeds(kind: Kind, values: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    for name in kind.rules:
        words = segment_rule.references(str(values.get(name) or ""))
        yield from ((TRAITS.resource.name, word.sid) for word in words if word.sid is not None)
    if kind is MAPPINGS and values.get("sid"):
        yield SEGMENTS.resource.name, int(values["sid"])
