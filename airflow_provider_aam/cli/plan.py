"""`airflow-aam plan`: what would change in AAM, for people, for programs, and for `airflow-aam apply`."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from airflow_provider_aam.api.errors import AAMArgumentError
from airflow_provider_aam.api.moments import utc_now
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.catalog import (
    Guards,
    Plan,
    PlanOptions,
    check_scope,
    load,
    make_plan,
    render_plan,
    sha256_of,
)
from airflow_provider_aam.cli.client import aam_client
from airflow_provider_aam.cli.exits import Ending, ExitCode
from airflow_provider_aam.cli.kinds import key_of, keys_of

_STYLES = {"+": "green", "~": "yellow", "-": "red", "!": "bold magenta"}
_BOUNDS = {"data-source": "dataSource", "folder": "folder", "kinds": "kinds"}


@dataclass(frozen=True, kw_only=True)
class PlanRequest:
    """The command's options."""

    conn_id: str
    out: Path | None
    kind: str | None
    match_on: str | None
    prune_scope: Sequence[str]
    max_deletes: int
    max_changes_ratio: float
    create_folders: bool


def show_plan(paths: Sequence[Path], request: PlanRequest) -> Ending:
    """Plan all ``paths`` as one catalog. The exit code is ``FOUND`` if anything would change.

    Raises ``AAMArgumentError`` for options that cannot be, and what planning raises.
    """
    kind = key_of(request.kind)
    options = _options(request)
    catalog, source = load(paths, kind=kind, match_on=request.match_on)
    if not any(catalog.values()):
        print(f"note: {one_line(source)} describes no objects", file=sys.stderr)
    with aam_client(request.conn_id) as client:
        plan = make_plan(client, catalog, options, source=source, plan_path=request.out, now=utc_now())
    saved = None if request.out is None else {"path": str(request.out), "sha256": sha256_of(plan)}
    return Ending(
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


def _options(request: PlanRequest) -> PlanOptions:
    return PlanOptions(
        match_on=request.match_on,
        create_folders=request.create_folders,
        prune_scope=_scope(request.prune_scope) if request.prune_scope else None,
        guards=Guards(max_deletes=request.max_deletes, max_changes_ratio=request.max_changes_ratio),
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
        raise AAMArgumentError.from_problems("The command line", problems)
    try:
        return check_scope(scope)
    except AAMArgumentError as refused:
        raise AAMArgumentError.from_problems("The command line", [refused.message]) from refused


def _show(plan: Plan, saved: Mapping[str, str] | None) -> None:
    _print(render_plan(plan))
    if saved is not None:
        print(f"Plan saved to {one_line(saved['path'])} (sha256 {saved['sha256']})")
        print(f"To apply it: airflow-aam apply {shlex.quote(saved['path'])} --sha256 {saved['sha256']}")


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
