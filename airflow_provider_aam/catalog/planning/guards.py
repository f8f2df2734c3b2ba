"""Guardrails: what stops a plan before anything is written, and the account that it is for."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from airflow_provider_aam.api.client import AAMClient
from airflow_provider_aam.api.errors import AAMPlanRefused
from airflow_provider_aam.catalog.plan.plan import Plan
from airflow_provider_aam.catalog.plan.render import render_plan

log = logging.getLogger(__name__)

MAX_DELETES = 10


def identify(client: AAMClient) -> dict[str, Any]:
    """The account that the client speaks to, as a plan notes it. One request."""
    return {"base_url": client.base_url, "pid": client.users.self().get("pid")}


@dataclass(frozen=True, kw_only=True)
class Guards:
    """``max_changes_ratio`` is (updates + deletes) / objects that exist among those the plan looked at, 0 to 1."""

    max_deletes: int = MAX_DELETES
    max_changes_ratio: float = 1.0

    def check(self, plan: Plan, *, existing: int, problems: Sequence[str] = ()) -> None:
        """Raises :class:`AAMPlanRefused` that names every limit that the plan exceeds, and ``problems`` found before.

        The refused plan is logged first, and not written to a file: no one can apply it.
        """
        counts = plan.counts()
        changed = counts["update"] + counts["delete"]
        problems, limits = [*problems], []
        if counts["delete"] > self.max_deletes:
            problems.append(f"it would delete {counts['delete']} objects, but max_deletes is {self.max_deletes}")
            limits.append("max_deletes")
        if existing and changed / existing > self.max_changes_ratio:
            share = f"{changed} of {existing} existing objects ({changed / existing:.0%})"
            problems.append(f"it would update or delete {share}, but max_changes_ratio is {self.max_changes_ratio:g}")
            limits.append("max_changes_ratio")
        if problems:
            log.warning("%s", "\n".join(render_plan(plan)))
            raise AAMPlanRefused(
                f"Plan refused for {plan.source}: {'; '.join(problems)}. Nothing was changed in AAM. The log of this "
                f"run has the plan.{_advice(limits)}"
            )


def _advice(limits: Sequence[str]) -> str:
    return f" If it is what you want, raise {' and '.join(limits)} and run again." if limits else ""
