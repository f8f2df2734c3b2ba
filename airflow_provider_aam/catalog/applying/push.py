"""The whole push: source → checked rows → plan → guard rails → apply → receipt."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import msgspec

from airflow_provider_aam.api.client import AAMClient
from airflow_provider_aam.api.errors import AAMDestinationError, AAMPushFailed
from airflow_provider_aam.api.moments import utc_now
from airflow_provider_aam.catalog.applying.apply import apply_plan
from airflow_provider_aam.catalog.applying.outcomes import UNWRITABLE, Outcome, OutcomeLog, WritablePath, reason
from airflow_provider_aam.catalog.applying.progress import find_progress, identify
from airflow_provider_aam.catalog.plan.plan import Plan
from airflow_provider_aam.catalog.plan.render import render_plan
from airflow_provider_aam.catalog.planning.options import Catalog, PlanOptions
from airflow_provider_aam.catalog.planning.planner import build_plan
from airflow_provider_aam.files.staging import Destination, stage

log = logging.getLogger(__name__)

MOST_REASONS = 10


@dataclass(frozen=True, kw_only=True)
class PushReceipt:
    """How a push ended. Counts are rows; folders that were created count among ``created`` as well."""

    source: str
    dry_run: bool
    plan: dict[str, int]
    outcomes: dict[str, int]
    plan_uri: str | None
    outcome_uri: str | None
    started_at: str
    finished_at: str

    def as_xcom(self) -> dict[str, Any]:
        return asdict(self)

    def as_asset_extra(self) -> dict[str, Any]:
        return {"source": self.source, **self.outcomes}


def push(
    client: AAMClient,
    catalog: Catalog,
    options: PlanOptions,
    *,
    source: str,
    plan_path: Any = None,
    outcome_path: Any = None,
    dry_run: bool = False,
    max_failed: int = 0,
    max_concurrency: int | None = None,
    now: Callable[[], datetime] = utc_now,
) -> PushReceipt:
    """Make every row true in AAM; with ``dry_run`` only say what that would change.

    ``max_concurrency`` counts for the writes instead of the client's own. Raises :class:`AAMSourceError` and
    :class:`AAMPlanRefused` before anything is written, :class:`AAMPushFailed` when more than ``max_failed`` rows were
    rejected or ended unknown.
    """
    started_at = now()
    plan = build_plan(client, catalog, options, source=source, now=started_at)
    return carry_out(
        client,
        plan,
        started_at=started_at,
        plan_path=plan_path,
        outcome_path=outcome_path,
        dry_run=dry_run,
        max_failed=max_failed,
        max_concurrency=max_concurrency,
        now=now,
    )


def carry_out(
    client: AAMClient,
    plan: Plan,
    *,
    started_at: datetime,
    plan_path: Any = None,
    outcome_path: Any = None,
    dry_run: bool = False,
    max_failed: int = 0,
    max_concurrency: int | None = None,
    now: Callable[[], datetime] = utc_now,
) -> PushReceipt:
    """Log a plan that was made this moment, write it to ``plan_path``, and, without ``dry_run``, carry it out.

    Raises :class:`AAMPushFailed` as :func:`push` does.
    """
    _show(plan, plan_path)
    run = _Run(plan=plan, started_at=started_at, plan_path=plan_path, now=now)
    if dry_run:
        return run.dry()
    return run.carry_out(client, {}, outcome_path=outcome_path, max_failed=max_failed, max_concurrency=max_concurrency)


def make_plan(
    client: AAMClient,
    catalog: Catalog,
    options: PlanOptions,
    *,
    source: str,
    plan_path: Any = None,
    now: datetime,
    identified: bool = False,
) -> Plan:
    """:func:`build_plan`, logged, and written to ``plan_path``. ``identified``: note the account in it."""
    plan = build_plan(client, catalog, options, source=source, now=now)
    if identified:
        plan = msgspec.structs.replace(plan, account=identify(client))
    _show(plan, plan_path)
    return plan


def apply_saved(
    client: AAMClient,
    plan: Plan,
    *,
    plan_path: Any = None,
    outcome_path: Any = None,
    max_failed: int = 0,
    max_concurrency: int | None = None,
    now: Callable[[], datetime] = utc_now,
) -> PushReceipt:
    """Carry out exactly this plan, what is left of it when an earlier run has begun.

    Raises :class:`AAMPlanRefused` before anything is written when the account moved under it, and what :func:`push`
    raises.
    """
    started_at = now()
    done = find_progress(client, plan)
    run = _Run(plan=plan, started_at=started_at, plan_path=plan_path, now=now)
    return run.carry_out(
        client, done, outcome_path=outcome_path, max_failed=max_failed, max_concurrency=max_concurrency
    )


@dataclass(frozen=True, kw_only=True)
class _Run:
    """Carries out a plan and says how it ended."""

    plan: Plan
    started_at: datetime
    plan_path: Any
    now: Callable[[], datetime]

    def dry(self) -> PushReceipt:
        return self._receipt(OutcomeLog(), None, dry_run=True)

    def carry_out(
        self,
        client: AAMClient,
        done: Mapping[int, int | None],
        *,
        outcome_path: Any,
        max_failed: int,
        max_concurrency: int | None,
    ) -> PushReceipt:
        outcomes = OutcomeLog(outcome_path)
        with outcomes:
            try:
                bounded = client.at_most(max_concurrency)
                apply_plan(bounded, self.plan, outcomes, max_failed=max_failed, done=done)
            finally:
                log.info("Push of %s: %s.", self.plan.source, outcomes.said())
        _report(outcomes, self.plan.source, max_failed=max_failed, outcome_path=outcome_path)
        return self._receipt(outcomes, outcome_path, dry_run=False)

    def _receipt(self, outcomes: OutcomeLog, outcome_path: Any, *, dry_run: bool) -> PushReceipt:
        return PushReceipt(
            source=self.plan.source,
            dry_run=dry_run,
            plan=self.plan.counts(),
            outcomes=outcomes.tally(),
            plan_uri=None if self.plan_path is None else str(self.plan_path),
            outcome_uri=None if outcome_path is None else str(outcome_path),
            started_at=self.started_at.isoformat(),
            finished_at=self.now().isoformat(),
        )


def _show(plan: Plan, plan_path: Any) -> None:
    for line in render_plan(plan):
        log.info("%s", line)
    if plan_path is not None:
        write_plan(plan, plan_path)


def write_plan(plan: Plan, path: Destination) -> None:
    """The plan as JSON, whole or not at all. Raises :class:`AAMDestinationError`."""
    try:
        with stage(path) as staged:
            staged.local.write_bytes(plan.to_json())
            staged.publish()
    except (AAMDestinationError, *UNWRITABLE) as refused:
        why = reason(refused.__cause__ or refused).rpartition(" cannot be written: ")[2].rstrip(".")
        raise AAMDestinationError(
            f"the plan file {path} cannot be written ({why}); nothing was changed in AAM."
        ) from refused


def _report(outcomes: OutcomeLog, source: str, *, max_failed: int, outcome_path: WritablePath | None) -> None:
    """Log what is worth a word. Raises :class:`AAMPushFailed` when more rows failed than may."""
    for line in _lines(outcomes.remarkable):
        log.info("%s", line)
    if len(outcomes.bad) <= max_failed:
        for line in _lines(outcomes.bad):
            log.warning("%s", line)
        return
    where = f" Every row's end is in {outcome_path}." if outcome_path else ""
    lines = "\n".join(f"  {line}" for line in _lines(outcomes.bad))
    raise AAMPushFailed(
        f"Push of {source}: {outcomes.said()}; max_failed is {max_failed}.{where} Correct these rows and run it again; "
        f"what is done will not be done again.\n{lines}",
        counts=outcomes.tally(),
        retryable=any(outcome.passing for outcome in outcomes.bad),
    )


def _lines(outcomes: Sequence[Outcome]) -> Iterator[str]:
    for outcome in outcomes[:MOST_REASONS]:
        yield f"{outcome.place or outcome.kind}: {outcome.status} {outcome.label}: {outcome.message}"
    if len(outcomes) > MOST_REASONS:
        yield f"… and {len(outcomes) - MOST_REASONS:,} more"
