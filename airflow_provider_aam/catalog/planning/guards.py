"""Guard rails: what stops a plan before anything is written."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from airflow_provider_aam.api.errors import AAMPlanRefused
from airflow_provider_aam.catalog.plan.plan import Plan
from airflow_provider_aam.catalog.plan.render import render_plan

log = logging.getLogger(__name__)

MAX_DELETES = 10


@dataclass(frozen=True, kw_only=True)
class Guards:
    """``max_changes_ratio`` is (updates + deletes) / objects that exist among those the plan looked at, 0 to 1."""

    max_deletes: int = MAX_DELETES
    max_changes_ratio: float = 1.0

    def check(self, plan: Plan, *, existing: int, problems: Sequence[str] = ()) -> None:
        """Raises :class:`AAMPlanRefused` that names every rail the plan runs into, and ``problems`` found before.

        The refused plan is logged first, and stands in no file: nobody can apply it.
        """
        counts = plan.counts()
        changed = counts["update"] + counts["delete"]
        problems = [*problems]
        if counts["delete"] > self.max_deletes:
            problems.append(f"it deletes {counts['delete']} objects, max_deletes is {self.max_deletes}")
        if existing and changed / existing > self.max_changes_ratio:
            share = f"{changed} of {existing} existing objects ({changed / existing:.0%})"
            problems.append(f"it changes or deletes {share}, max_changes_ratio is {self.max_changes_ratio:g}")
        if problems:
            for line in render_plan(plan):
                log.warning("%s", line)
            raise AAMPlanRefused(
                f"The plan for {plan.source} was refused: {'; '.join(problems)}. Nothing was changed. Read the plan, "
                "which is logged before this message, and raise the guard rail if it is what you want."
            )
