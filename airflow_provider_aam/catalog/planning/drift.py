"""How an account differs from a catalog, and what of that was not there at an earlier look."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any

import msgspec

from airflow_provider_aam.api.client import AAMClient
from airflow_provider_aam.api.errors import AAMSourceError
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.catalog.checking.sources import OpenUri, Source, load
from airflow_provider_aam.catalog.plan.plan import Change, Plan
from airflow_provider_aam.catalog.plan.summary import render_changes
from airflow_provider_aam.catalog.planning.options import PlanOptions
from airflow_provider_aam.catalog.planning.planner import build_plan

MOST_MARKS = 5_000
"""Airflow takes up to 64 KiB for what a watcher remembers."""
MOST_LINES = 20
LONGEST_LINE = 500


@dataclass(frozen=True, kw_only=True)
class Drift:
    """What a plan would change, and a mark for each difference: an object too many or too few, or a field's values."""

    plan: Plan
    counts: Mapping[str, int]
    marks: Sequence[frozenset[str]]
    """Of each change of the plan."""

    @classmethod
    def of(cls, plan: Plan) -> Drift:
        return cls(
            plan=msgspec.structs.replace(plan, unchanged=()),
            counts=plan.counts(),
            marks=[frozenset(_marks(change)) for change in plan.changes],
        )

    def known(self) -> str:
        """What to remember of it: its marks, or a single one of all where they are too many."""
        marks = sorted(frozenset().union(*self.marks))
        return " ".join(marks) if len(marks) <= MOST_MARKS else _mark(marks)

    def since(self, known: str) -> Sequence[Change]:
        """The changes with differences that were not there; all of them where they are too many, and others."""
        told = frozenset(known.split())
        if self.known() in told:
            return ()
        return [change for change, marks in zip(self.plan.changes, self.marks, strict=True) if not marks <= told]

    def as_json(self, new: Sequence[Change]) -> dict[str, Any]:
        """Counts of all that differs, and the first lines of what is ``new``."""
        lines = [*render_changes(msgspec.structs.replace(self.plan, changes=tuple(new), warnings=()))]
        return {
            "source": self.plan.source,
            **{action: self.counts[action] for action in ("create", "update", "delete")},
            "new": len(new),
            "differences": [_short(line) for line in lines[:MOST_LINES]],
        }


def find_drift(
    client: AAMClient,
    source: Source,
    *,
    kind: str | None = None,
    match_on: str | None = None,
    prune_scope: Mapping[str, Any] | None = None,
    open_uri: OpenUri,
    now: datetime,
) -> Drift:
    """Reads the source and plans it, as :func:`build_plan` does. An empty source is refused: no drift would be left."""
    catalog, name = load(source, kind=kind, match_on=match_on, open_uri=open_uri)
    if not any(catalog.values()):
        raise AAMSourceError(f"{one_line(name)} describes no objects.")
    options = PlanOptions(match_on=match_on, prune_scope=prune_scope, guards=None)
    return Drift.of(build_plan(client, catalog, options, source=name, now=now))


def _marks(change: Change) -> list[str]:
    if change.action == "update":
        return [
            _mark([change.kind, change.id, field.field, _in_order(field.before), _in_order(field.after)])
            for field in change.fields
        ]
    return [_mark([change.action, change.kind, change.id, change.key or change.label])]


def _in_order(value: Any) -> Any:
    """AAM lists the same things in another order from time to time."""
    return sorted(map(str, value)) if isinstance(value, list) else value


def _mark(about: Any) -> str:
    """Eight characters; of 5,000 others one is the same by chance once in 50 billion times."""
    return urlsafe_b64encode(
        blake2b(msgspec.json.encode(about, order="deterministic"), digest_size=6).digest()
    ).decode()


def _short(line: str) -> str:
    return line if len(line) <= LONGEST_LINE else f"{line[: LONGEST_LINE - 2]} …"
