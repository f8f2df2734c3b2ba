"""`airflow-aam plan`: what would change in AAM, for people, for programs, and for `airflow-aam apply`."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from airflow_provider_aam.api.errors import AAMConfigError, AAMPlanRefused
from airflow_provider_aam.api.moments import utc_now
from airflow_provider_aam.catalog.applying.push import make_plan
from airflow_provider_aam.catalog.plan.plan import Plan
from airflow_provider_aam.catalog.plan.render import render_plan
from airflow_provider_aam.catalog.planning.guards import Guards
from airflow_provider_aam.catalog.planning.options import PlanOptions
from airflow_provider_aam.catalog.planning.prune import check_scope
from airflow_provider_aam.cli.client import aam_client
from airflow_provider_aam.cli.exits import ExitCode, Outcome
from airflow_provider_aam.cli.kinds import keys_of, read_files

_STYLES = {"+": "green", "~": "yellow", "-": "red", "!": "bold magenta"}
_BOUNDS = {"data-source": "dataSource", "folder": "folder", "kinds": "kinds"}


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """The command's options."""

    conn_id: str
    out: Path | None
    kind: str | None
    match_on: str | None
    prune_scope: Sequence[str]
    max_deletes: int
    max_changes_ratio: float
    create_folders: bool


def show_plan(paths: Sequence[Path], wanted: Wanted) -> Outcome:
    """Plan all ``paths`` as one catalog. The exit code is ``FOUND`` if anything would change.

    Raises ``AAMConfigError`` for options that cannot be, and what
    :func:`~airflow_provider_aam.catalog.planning.planner.build_plan` raises.
    """
    options = _options(wanted)
    catalog = read_files(paths, kind=wanted.kind, match_on=wanted.match_on)
    source = ", ".join(str(path) for path in paths)
    if not any(catalog.values()):
        print(f"note: {source}: no objects are described", file=sys.stderr)
    with aam_client(wanted.conn_id) as client:
        plan = make_plan(
            client,
            catalog,
            options,
            source=source,
            plan_path=wanted.out,
            now=utc_now(),
            identified=True,
        )
    saved = None if wanted.out is None else _saved(wanted.out)
    return Outcome(
        document={
            "source": plan.source,
            "account": plan.account,
            "counts": plan.counts(),
            "counts_by_kind": plan.counts_by_kind(),
            "warnings": [*plan.warnings],
            "changes": msgspec.to_builtins(plan.changes),
            "saved": saved,
        },
        show=lambda: _show(plan, saved),
        code=ExitCode.FOUND if plan.changes else ExitCode.OK,
    )


def _options(wanted: Wanted) -> PlanOptions:
    return PlanOptions(
        match_on=wanted.match_on,
        create_folders=wanted.create_folders,
        prune_scope=_scope(wanted.prune_scope) if wanted.prune_scope else None,
        guards=Guards(max_deletes=wanted.max_deletes, max_changes_ratio=wanted.max_changes_ratio),
    )


def _scope(given: Sequence[str]) -> Mapping[str, Any]:
    """``["folder=/Web", "kinds=traits,segments"]`` as the engine takes it."""
    scope: dict[str, Any] = {}
    problems = []
    for text in given:
        name, _, value = text.partition("=")
        if name not in _BOUNDS or not value:
            problems.append(f"--prune-scope {text!r} is none of data-source=web, folder=/Web, kinds=traits,segments")
        elif _BOUNDS[name] in scope:
            problems.append(f"--prune-scope {name}=… is given twice")
        else:
            words = [word.strip() for word in value.split(",")]
            scope[_BOUNDS[name]] = keys_of(words, option="--prune-scope kinds") if name == "kinds" else value
    if problems:
        raise AAMConfigError.from_problems("The command line", problems)
    try:
        return check_scope(scope)
    except AAMPlanRefused as refused:
        raise AAMConfigError.from_problems("The command line", [refused.message]) from refused


def _saved(path: Path) -> dict[str, str]:
    return {"path": str(path), "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


def _show(plan: Plan, saved: Mapping[str, str] | None) -> None:
    _print(render_plan(plan))
    if saved is not None:
        print(f"Saved as {saved['path']}, sha256 {saved['sha256']}")
        print(f"Next: airflow-aam apply {saved['path']}")


def _print(lines: Iterator[str]) -> None:
    if not sys.stdout.isatty():
        for line in lines:
            print(line)
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    for line in lines:
        console.print(Text(line, style=_STYLES.get(line[:1], "bold")), soft_wrap=True)
