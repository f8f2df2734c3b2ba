"""The whole push: source → checked rows → plan → guardrails → apply → receipt."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from airflow_provider_aam.api.client import AAMClient
from airflow_provider_aam.api.moments import utc_now
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.catalog.applying.apply import apply_plan
from airflow_provider_aam.catalog.applying.outcomes import OutcomeLog
from airflow_provider_aam.catalog.applying.progress import find_progress
from airflow_provider_aam.catalog.applying.receipt import PushReceipt, report
from airflow_provider_aam.catalog.checking.check import Catalog
from airflow_provider_aam.catalog.plan.plan import Plan
from airflow_provider_aam.catalog.plan.render import account_of, render_plan
from airflow_provider_aam.catalog.plan.saved import sha256_of, write_plan
from airflow_provider_aam.catalog.planning.options import PlanOptions
from airflow_provider_aam.catalog.planning.planner import build_plan
from airflow_provider_aam.files.uris import uri_of

log = logging.getLogger(__name__)


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
    """Bring AAM in line with every row; with ``dry_run`` only say what that would change.

    ``max_concurrency`` counts for the writes instead of the client's own. Raises :class:`AAMSourceError` and
    :class:`AAMPlanRefused` before anything is written, :class:`AAMPushFailed` when more than ``max_failed`` rows were
    rejected or have an unknown outcome.
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
    verb: str = "Pushed",
    now: Callable[[], datetime] = utc_now,
) -> PushReceipt:
    """Log a plan that was made this moment, write it to ``plan_path``, and, without ``dry_run``, carry it out.

    Raises :class:`AAMPushFailed` as :func:`push` does.
    """
    saved: dict[str, Any] = {"plan_path": plan_path, "plan_sha256": _show(plan, plan_path)}
    if dry_run:
        log.info("Dry run: nothing was changed in AAM.")
        return PushReceipt.of(plan, OutcomeLog(), dry_run=True, started_at=started_at, now=now, **saved)
    return _carry_out(
        client,
        plan,
        {},
        outcome_path,
        max_failed,
        max_concurrency,
        verb=verb,
        started_at=started_at,
        now=now,
        **saved,
    )


def make_plan(
    client: AAMClient,
    catalog: Catalog,
    options: PlanOptions,
    *,
    source: str,
    plan_path: Any = None,
    now: datetime,
) -> Plan:
    """:func:`build_plan`, logged, and written to ``plan_path``."""
    plan = build_plan(client, catalog, options, source=source, now=now)
    _show(plan, plan_path)
    return plan


def apply_saved(
    client: AAMClient,
    plan: Plan,
    *,
    plan_path: Any = None,
    plan_sha256: str | None = None,
    outcome_path: Any = None,
    max_failed: int = 0,
    max_concurrency: int | None = None,
    now: Callable[[], datetime] = utc_now,
) -> PushReceipt:
    """Carry out exactly this plan, what is left of it when an earlier run has begun.

    Raises :class:`AAMPlanRefused` before anything is written when the account has changed since the plan was made, and
    what :func:`push` raises.
    """
    started_at = now()
    log.info(
        "Applying to %s the plan of %s, from %s.", account_of(plan), one_line(plan.created_at), one_line(plan.source)
    )
    plan, done = find_progress(client, plan)
    return _carry_out(
        client,
        plan,
        done,
        outcome_path,
        max_failed,
        max_concurrency,
        verb="Applied the plan from",
        plan_path=plan_path,
        plan_sha256=plan_sha256,
        started_at=started_at,
        now=now,
    )


def _carry_out(
    client: AAMClient,
    plan: Plan,
    done: Mapping[int, int | None],
    outcome_path: Any,
    max_failed: int,
    max_concurrency: int | None,
    *,
    verb: str,
    **more: Any,
) -> PushReceipt:
    """``verb`` is what the log says was done to the source; ``more`` goes into the receipt."""
    outcomes = OutcomeLog(outcome_path)
    with outcomes:
        try:
            effects = apply_plan(client.at_most(max_concurrency), plan, outcomes, max_failed=max_failed, done=done)
        finally:
            log.info("%s %s: %s.", verb, one_line(plan.source), outcomes.said())
            for line in outcomes.written():
                log.info("%s", line)
    report(outcomes, plan.source, max_failed=max_failed, outcome_path=outcome_path)
    return PushReceipt.of(plan, outcomes, dry_run=False, outcome_path=outcome_path, effects=effects, **more)


def _show(plan: Plan, plan_path: Any) -> str | None:
    """The sha256 of the plan file, if there is one."""
    for line in render_plan(plan):
        log.info("%s", line)
    if plan_path is None:
        return None
    write_plan(plan, plan_path)
    log.info("Plan file: %s", one_line(uri_of(plan_path)))
    return sha256_of(plan)
