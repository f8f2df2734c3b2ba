"""How a plan is to be made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from airflow_provider_aam.catalog.kinds import Kind
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
