"""`airflow-aam apply`: carries out exactly one saved plan, after a last question."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from airflow_provider_aam.api.errors import AAMConfigError, AAMPlanRefused, AAMSourceError
from airflow_provider_aam.catalog.applying.push import PushReceipt, apply_saved
from airflow_provider_aam.catalog.plan.plan import Plan
from airflow_provider_aam.cli.client import aam_client
from airflow_provider_aam.cli.exits import Outcome


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """The command's options."""

    conn_id: str
    outcomes: Path | None
    max_failed: int
    max_concurrency: int | None
    sha256: str | None
    yes: bool


def apply_file(path: Path, wanted: Wanted) -> Outcome:
    """Apply the plan in ``path``.

    Raises ``AAMSourceError`` when it is no plan file, ``AAMPlanRefused`` when it is not the one of ``sha256`` or nobody
    says yes, and what :func:`~airflow_provider_aam.catalog.applying.push.apply_saved` raises.
    """
    plan = _read(path, wanted.sha256)
    for line in _summary(path, plan):
        print(line, file=sys.stderr)
    if plan.changes and not wanted.yes:
        _ask()
    with aam_client(wanted.conn_id) as client, _watched(plan, wanted.outcomes) as outcome_path:
        receipt = apply_saved(
            client,
            plan,
            plan_path=path,
            outcome_path=outcome_path,
            max_failed=wanted.max_failed,
            max_concurrency=wanted.max_concurrency,
        )
    document = receipt.as_xcom() | {"outcome_uri": wanted.outcomes and str(wanted.outcomes)}
    return Outcome(document=document, show=lambda: print(_said(receipt)))


def _read(path: Path, sha256: str | None) -> Plan:
    content = path.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if sha256 is not None and sha256.lower() != found:
        raise AAMPlanRefused(
            f"{path} is not the plan that was asked for: its sha256 is {found}, --sha256 is {sha256}. Nothing was "
            "changed. Apply the file that was approved, or have this one approved."
        )
    try:
        return Plan.from_json(content)
    except AAMSourceError as refused:
        raise AAMSourceError(f"{path}: {refused.message}") from refused


def _summary(path: Path, plan: Plan) -> Iterator[str]:
    where = ", ".join(f"{name} {value}" for name, value in plan.account.items())
    yield f"{path}: the plan for {plan.source} of {plan.created_at}, for the account {where}"
    for kind, counts in plan.counts_by_kind().items():
        yield f"  {kind}: " + ", ".join(f"{count:,} to {action}" for action, count in counts.items() if count)
    if not plan.changes:
        yield "  nothing to change"
    yield from (f"! {warning}" for warning in plan.warnings)


def _ask() -> None:
    if not sys.stdin.isatty():
        problem = "there is no terminal to ask on: add --yes to apply the plan without a question"
        raise AAMConfigError.from_problems("The command line", [problem])
    try:
        agreed = typer.confirm("Apply it?", err=True)
    except typer.Abort:
        agreed = False
    if not agreed:
        raise AAMPlanRefused("Nobody said yes; nothing was changed in AAM.")


@contextmanager
def _watched(plan: Plan, outcomes: Path | None) -> Iterator[Any]:
    """Where the outcomes go; on a terminal, with a bar that moves with each."""
    if not sys.stderr.isatty():
        yield outcomes
        return
    from airflow_provider_aam.cli.bar import bar

    with bar(len(plan.changes) + len(plan.unchanged), outcomes) as counted:
        yield counted


def _said(receipt: PushReceipt) -> str:
    said = ", ".join(f"{count:,} {status}" for status, count in receipt.outcomes.items() if count)
    return f"Applied {receipt.plan_uri}: {said or 'nothing to do'}."
