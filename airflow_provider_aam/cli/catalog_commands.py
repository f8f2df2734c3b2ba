"""The commands that work with catalogs, and what they take. The body of each is imported when it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from airflow_provider_aam.cli.options import AsJson, ConnId

CatalogPaths = Annotated[
    list[Path],
    typer.Argument(metavar="PATH", exists=True, help="Catalog files, or folders of them."),
]
OneKind = Annotated[
    str | None,
    typer.Option(
        metavar="KIND", help="Kind of all rows, e.g. traits; needed when neither file name nor columns show it."
    ),
]


def validate_files(paths: CatalogPaths, *, kind: OneKind = None, as_json: AsJson = False) -> None:
    """Check catalog files offline. Needs no Connection and no Airflow.

    Each file is checked alone, each folder as one catalog. Problems are printed as file:line: field: problem.

    Exit code 0: no problems. 1: problems.
    """
    from airflow_provider_aam.cli.exits import run_command
    from airflow_provider_aam.cli.validate import validate

    run_command(lambda: validate(paths, kind=kind), as_json=as_json)


def plan_catalog(
    paths: CatalogPaths,
    *,
    conn_id: ConnId = "aam_default",
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", dir_okay=False, help="Save the plan to this file, for apply.")
    ] = None,
    kind: OneKind = None,
    match_on: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN", help="Column to match rows on. Default: the first of id, code and name that a row has."
        ),
    ] = None,
    prune_scope: Annotated[
        list[str] | None,
        typer.Option(
            metavar="BOUND",
            help="Also delete objects missing from the files, within data-source=…, folder=… or kinds=…. Repeat the "
            "option to narrow that down, e.g. --prune-scope data-source=web --prune-scope kinds=traits,segments.",
        ),
    ] = None,
    max_deletes: Annotated[int, typer.Option(min=0, help="Refuse a plan that deletes more objects.")] = 10,
    max_changes_ratio: Annotated[
        float, typer.Option(min=0, max=1, help="Refuse a plan that updates or deletes a larger share of the objects.")
    ] = 1.0,
    create_folders: Annotated[bool, typer.Option(help="Create missing folders of rows, or refuse them.")] = True,
    as_json: AsJson = False,
) -> None:
    """Show what would change in AAM to match the catalog. Changes nothing.

    Exit code 0: nothing would change. 1: something would.
    """
    from airflow_provider_aam.cli.exits import run_command
    from airflow_provider_aam.cli.plan import PlanRequest, show_plan

    request = PlanRequest(
        conn_id=conn_id,
        out=out,
        kind=kind,
        match_on=match_on,
        prune_scope=prune_scope or [],
        max_deletes=max_deletes,
        max_changes_ratio=max_changes_ratio,
        create_folders=create_folders,
    )
    run_command(lambda: show_plan(paths, request), as_json=as_json)


def apply_plan(
    plan: Annotated[
        Path, typer.Argument(metavar="PLAN", exists=True, dir_okay=False, help="Plan file from plan --out.")
    ],
    *,
    conn_id: ConnId = "aam_default",
    outcomes: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", dir_okay=False, help="Write each row's outcome to this file as JSON Lines, as it happens."
        ),
    ] = None,
    max_failed: Annotated[int, typer.Option(min=0, help="Rows that may fail without failing the command.")] = 0,
    max_concurrency: Annotated[
        int | None, typer.Option(min=1, help="Concurrent writes, in place of the Connection's max_concurrency.")
    ] = None,
    sha256: Annotated[
        str | None, typer.Option(metavar="HEX", help="Refuse a plan file with another SHA-256 than the approved one.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask. Needed where there is no terminal.")] = False,
    as_json: AsJson = False,
) -> None:
    """Apply a saved plan, or finish one that was interrupted. Refuses if the account has changed since."""
    from airflow_provider_aam.cli.apply import ApplyRequest, apply_file
    from airflow_provider_aam.cli.exits import run_command

    request = ApplyRequest(
        conn_id=conn_id,
        outcomes=outcomes,
        max_failed=max_failed,
        max_concurrency=max_concurrency,
        sha256=sha256,
        yes=yes,
    )
    run_command(lambda: apply_file(plan, request), as_json=as_json)


def export_files(
    directory: Annotated[Path, typer.Argument(metavar="DIRECTORY", file_okay=False, help="Created if missing.")],
    *,
    conn_id: ConnId = "aam_default",
    kinds: Annotated[
        str | None, typer.Option(metavar="KIND,...", help="Only these kinds, e.g. traits,segments. Default: all.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Export the account to catalog files, one per kind. The same account always gives the same bytes."""
    from airflow_provider_aam.cli.exits import run_command
    from airflow_provider_aam.cli.export import export_account

    run_command(lambda: export_account(directory, conn_id=conn_id, kinds=kinds), as_json=as_json)


def show_impact(
    word: Annotated[
        str,
        typer.Argument(metavar="WORD", help="Trait or segment: integration code, data source:code, name, or AAM's id."),
    ],
    *,
    catalog: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="PATH", exists=True, help="Ask these catalog files, or folders of them, offline. May be repeated."
        ),
    ] = None,
    conn_id: ConnId = "aam_default",
    kind: Annotated[
        str | None, typer.Option(metavar="KIND", help="traits or segments, where WORD means one of each.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show what depends on a trait or segment: segments, models, destinations. Changes nothing.

    Exit code 0: nothing depends on it. 1: something does.
    """
    from airflow_provider_aam.cli import impact
    from airflow_provider_aam.cli.exits import run_command

    run_command(lambda: impact.show_impact(word, catalog=catalog or [], conn_id=conn_id, kind=kind), as_json=as_json)
