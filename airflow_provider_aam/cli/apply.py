"""`airflow-aam apply`: carries out exactly one saved plan, after a last question."""

from __future__ import annotations

import shlex
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from airflow_provider_aam.api.errors import AAMArgumentError, AAMPlanRefused
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.catalog import Plan, PushReceipt, apply_saved, read_plan, render_plan
from airflow_provider_aam.cli.client import aam_client
from airflow_provider_aam.cli.exits import Ending
from airflow_provider_aam.files.uris import uri_of


@dataclass(frozen=True, kw_only=True)
class ApplyRequest:
    """The command's options."""

    conn_id: str
    outcomes: Path | None
    max_failed: int
    max_concurrency: int | None
    sha256: str | None
    yes: bool


def apply_file(path: Path, request: ApplyRequest) -> Ending:
    """Apply the plan in ``path``.

    Raises ``AAMSourceError`` when it is not a plan file, ``AAMPlanRefused`` when it is not the one of ``sha256`` or
    no one says yes, and what :func:`~airflow_provider_aam.catalog.apply_saved` raises.
    """
    plan, sha256 = read_plan(path, sha256=request.sha256)
    for line in _summary(path, plan):
        print(line, file=sys.stderr)
    if plan.changes and not request.yes:
        _ask()
    with _interrupted(path), aam_client(request.conn_id) as client, _watched(plan, request.outcomes) as outcome_path:
        receipt = apply_saved(
            client,
            plan,
            plan_path=path,
            plan_sha256=sha256,
            outcome_path=outcome_path,
            max_failed=request.max_failed,
            max_concurrency=request.max_concurrency,
        )
    document = receipt.as_xcom() | {"outcome_uri": request.outcomes and uri_of(request.outcomes)}
    return Ending(document=document, show=lambda: print(_said(path, receipt)))


def _summary(path: Path, plan: Plan) -> Iterator[str]:
    yield one_line(f"{path}: plan made {plan.created_at}")
    yield from render_plan(plan)


def _ask() -> None:
    if not sys.stdin.isatty():
        problem = "no terminal to confirm on; add --yes to apply without confirmation"
        raise AAMArgumentError.from_problems("The command line", [problem])
    try:
        typer.confirm("Apply this plan?", abort=True, err=True)
    except typer.Abort:
        raise AAMPlanRefused("Not confirmed. Nothing was changed in AAM.") from None


@contextmanager
def _interrupted(path: Path) -> Iterator[None]:
    """Ctrl-C and SIGTERM let writes that are under way end, begin no others, and say what was done."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    except KeyboardInterrupt as stopped:
        done = f"Done so far: {stopped}" if stopped.args else "No change in AAM was under way"
        again = f"run airflow-aam apply {shlex.quote(str(path))} again: it repeats nothing that is done"
        raise KeyboardInterrupt(f"Interrupted. {done}. To finish, {again}.") from None
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _watched(plan: Plan, outcomes: Path | None) -> Iterator[Any]:
    """Where the outcomes go; on a terminal, with a bar that moves with each."""
    if not sys.stderr.isatty():
        yield outcomes
        return
    from airflow_provider_aam.cli.bar import bar

    with bar(len(plan.changes) + len(plan.unchanged), outcomes) as counted:
        yield counted


def _said(path: Path, receipt: PushReceipt) -> str:
    said = ", ".join(f"{count:,} {status}" for status, count in receipt.outcomes.items() if count)
    return f"Applied {one_line(str(path))}: {said or 'nothing to do'}."
