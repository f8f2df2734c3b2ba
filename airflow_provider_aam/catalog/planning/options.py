"""How a plan is to be made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from airflow_provider_aam.catalog.checking.sources import ways_to_match
from airflow_provider_aam.catalog.kinds import KINDS, Kind
from airflow_provider_aam.catalog.planning.guards import Guards


@dataclass(frozen=True, kw_only=True)
class PlanOptions:
    """``match_on`` is one of the kind's ways to match; ``None``: by id, code or name, whichever a row gives first.

    ``prune_scope`` switches pruning on: ``{"dataSource": code or name}``, ``{"folder": path}``, ``{"kinds": [keys]}``.
    ``guards`` ``None``: for who only looks, nothing is refused for what the plan would do.
    """

    match_on: str | None = None
    create_folders: bool = True
    prune_scope: Mapping[str, Any] | None = None
    guards: Guards | None = field(default_factory=Guards)

    def told(self, kind: Kind) -> str | None:
        """How rows of this kind are to be matched, if the options say it."""
        return self.match_on if self.match_on in kind.match_on else None


def option_problems(
    *, kind: str | None, match_on: str | None, prune: object, prune_scope: Mapping[str, Any] | None
) -> list[str]:
    """What cannot be among the arguments of tasks and watchers that plan; offline."""
    problems = []
    if kind is not None and kind not in KINDS:
        problems.append(f"kind is {kind!r}; known are {', '.join(KINDS)}")
    ways = ways_to_match(kind if kind in KINDS else None)
    if match_on is not None and match_on not in ways:
        problems.append(f"match_on is {match_on!r}; it must be one of {', '.join(ways)}")
    if not isinstance(prune, bool):
        problems.append(f"prune is {prune!r}; it must be True or False")
    elif prune_scope and not prune:
        problems.append("prune_scope is given but prune is off: set prune=True or remove it")
    return problems
