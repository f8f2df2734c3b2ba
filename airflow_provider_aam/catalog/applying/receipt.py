"""How a push ended: in the log, as an error, and as what the task returns."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Self

from airflow_provider_aam.api.counted import counted
from airflow_provider_aam.api.errors import AAMPushFailed
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.catalog.applying.effects import Effects
from airflow_provider_aam.catalog.applying.outcomes import Outcome, OutcomeLog, WritablePath
from airflow_provider_aam.catalog.plan.plan import Plan
from airflow_provider_aam.files.uris import uri_of

log = logging.getLogger(__name__)

MOST_REASONS = 10


@dataclass(frozen=True, kw_only=True)
class PushReceipt:
    """How a push ended. Folders that are created for rows count in ``plan`` and ``outcomes`` alike."""

    source: str
    dry_run: bool
    plan: dict[str, int]
    outcomes: dict[str, int]
    plan_uri: str | None
    plan_sha256: str | None
    outcome_uri: str | None
    started_at: str
    finished_at: str
    written: list[str]
    """One line per change."""
    effects: Effects = field(default_factory=Effects)
    """For lineage; XCom goes without."""

    @classmethod
    def of(
        cls,
        plan: Plan,
        outcomes: OutcomeLog,
        *,
        dry_run: bool,
        plan_path: Any,
        plan_sha256: str | None,
        started_at: datetime,
        now: Callable[[], datetime],
        outcome_path: Any = None,
        effects: Effects | None = None,
    ) -> Self:
        return cls(
            source=plan.source,
            dry_run=dry_run,
            plan=plan.counts(),
            outcomes=outcomes.tally(),
            plan_uri=None if plan_path is None else uri_of(plan_path),
            plan_sha256=plan_sha256,
            outcome_uri=None if outcome_path is None else uri_of(outcome_path),
            started_at=started_at.isoformat(),
            finished_at=now().isoformat(),
            written=[*outcomes.written()],
            effects=effects or Effects(),
        )

    def as_xcom(self) -> dict[str, Any]:
        return {each.name: getattr(self, each.name) for each in fields(self) if each.name != "effects"}

    @property
    def changed(self) -> bool:
        """Whether AAM was changed, or may have been."""
        return any(self.outcomes[status] for status in ("created", "updated", "deleted", "unknown"))

    def as_asset_extra(self) -> dict[str, Any]:
        return {
            "source": self.source,
            "changed": self.changed,
            "uri": self.plan_uri,
            "sha256": self.plan_sha256,
            **self.outcomes,
        }


def report(outcomes: OutcomeLog, source: str, *, max_failed: int, outcome_path: WritablePath | None) -> None:
    """Log what needs attention. Raises :class:`AAMPushFailed` when more rows failed than may."""
    for line in _lines(outcomes.remarkable):
        log.info("%s", line)
    if len(outcomes.bad) <= max_failed:
        for line in _lines(outcomes.bad):
            log.warning("%s", line)
        return
    where = f" Outcome of every row: {uri_of(outcome_path)}." if outcome_path else ""
    lines = "\n".join(f"  {line}" for line in _lines(outcomes.bad))
    rows = counted(outcomes.counts.total(), "row")
    raise AAMPushFailed(
        f"{len(outcomes.bad):,} of {rows} in {source} failed (max_failed={max_failed}): "
        f"{outcomes.said()}.{where} Fix the rows below and run again; finished rows are not repeated.\n{lines}",
        counts=outcomes.tally(),
        retryable=any(outcome.passing for outcome in outcomes.bad),
    )


def _lines(outcomes: Sequence[Outcome]) -> Iterator[str]:
    for outcome in outcomes[:MOST_REASONS]:
        yield one_line(f"{outcome.place or outcome.kind}: {outcome.status} {outcome.label}: {outcome.message}")
    if len(outcomes) > MOST_REASONS:
        yield f"… and {len(outcomes) - MOST_REASONS:,} more"
