"""The console command ``airflow-aam``: the list of commands. The body of each is imported when it runs."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import Annotated

import typer

from airflow_provider_aam import __version__

# Without typer's pretty exceptions: they may print the values of local variables, and some of those are secrets.
app = typer.Typer(
    name="airflow-aam",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
ConnId = Annotated[str, typer.Option(help="Id of the Airflow Connection.")]
CatalogPaths = Annotated[
    list[Path],
    typer.Argument(metavar="PATH", exists=True, help="Catalog files, or folders of them."),
]
OneKind = Annotated[
    str | None,
    typer.Option(metavar="KIND", help="What all files hold, e.g. traits, where neither names nor columns tell."),
]


class Seed(enum.StrEnum):
    ACCOUNT = "account"
    EMPTY = "empty"


class Environment(enum.StrEnum):
    PRODUCTION = "production"
    BETA = "beta"


class Format(enum.StrEnum):
    ENV = "env"
    COMMAND = "command"
    JSON = "json"


def main() -> None:
    """What the console script calls."""
    app()


def _print_version(wanted: bool) -> None:  # noqa: FBT001  typer calls it with the option's value
    if wanted:
        typer.echo(f"airflow-aam {__version__}")
        raise typer.Exit


@app.callback()
def root(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Work with Adobe Audience Manager (AAM) from the command line."""


@app.command("emulator")
def run_emulator(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on this machine; 0 takes a free one.")] = 8765,
    write_credentials: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Write the credential there as files, just as Adobe's Developer Console offers them."
        ),
    ] = None,
    seed: Annotated[
        Seed, typer.Option(help="What AAM holds at the start: an example account, or nothing.")
    ] = Seed.ACCOUNT,
) -> None:
    """Run a stand-in for Adobe IMS and AAM on this machine, until Ctrl-C.

    It prints its address and the Airflow Connection to use.
    """
    from airflow_provider_aam.cli.emulator import serve
    from airflow_provider_aam.cli.exits import told_errors

    with told_errors():
        serve(port=port, write_credentials=write_credentials, seed=seed.value)


@app.command("connection")
def show_connection(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...",
            help="From the Developer Console: config.zip, private.key, 'Download JSON', project file, or the folder.",
        ),
    ],
    *,
    conn_id: ConnId = "aam_default",
    form: Annotated[
        Format, typer.Option("--format", help="Environment variable, `airflow connections add` command line, or JSON.")
    ] = Format.ENV,
    host: Annotated[str | None, typer.Option(metavar="URL", help="AAM's API, where it is not Adobe's address.")] = None,
    ims_url: Annotated[str | None, typer.Option(metavar="URL", help="Where tokens are fetched, likewise.")] = None,
    environment: Annotated[
        Environment | None, typer.Option(help="Which of Adobe's hosts. Default: production.")
    ] = None,
    show_secrets: Annotated[bool, typer.Option("--show-secrets", help="Print secrets, not ***.")] = False,
    add: Annotated[bool, typer.Option("--add", help="Add it to Airflow's metadata database.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="With --add: replace one of the same id.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make an Airflow Connection of the files that Adobe's Developer Console offers for download.

    It says what it recognised, and everything that is missing or cannot work. Nothing is asked of Adobe.
    """
    from airflow_provider_aam.cli.connection import Wanted, build_connection
    from airflow_provider_aam.cli.exits import run_command

    wanted = Wanted(
        conn_id=conn_id,
        form=form.value,
        host=host,
        ims_url=ims_url,
        environment=environment and environment.value,
        show_secrets=show_secrets,
        add=add,
        overwrite=overwrite,
    )
    run_command(lambda: build_connection(files, wanted), as_json=as_json)


@app.command("doctor")
def run_doctor(*, conn_id: ConnId = "aam_default", as_json: AsJson = False) -> None:
    """Check each step of the set-up against a Connection, and say which one to repeat. Changes nothing.

    Exit code 0: no step is red. 1: at least one is.
    """
    from airflow_provider_aam.cli.doctor import examine
    from airflow_provider_aam.cli.exits import run_command

    run_command(lambda: examine(conn_id), as_json=as_json)


@app.command("validate")
def validate_files(paths: CatalogPaths, *, kind: OneKind = None, as_json: AsJson = False) -> None:
    """Check catalog files without asking anybody: no Connection, no Airflow.

    Each file is checked alone, each folder as one catalog. Findings are printed as file:line: field: problem.

    Exit code 0: no findings. 1: findings.
    """
    from airflow_provider_aam.cli.exits import run_command
    from airflow_provider_aam.cli.validate import validate

    run_command(lambda: validate(paths, kind=kind), as_json=as_json)


@app.command("plan")
def plan_catalog(
    paths: CatalogPaths,
    *,
    conn_id: ConnId = "aam_default",
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", dir_okay=False, help="Write the plan there, for apply.")
    ] = None,
    kind: OneKind = None,
    match_on: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="How rows find their objects. Default: by id, code or name, as they give."),
    ] = None,
    prune_scope: Annotated[
        list[str] | None,
        typer.Option(
            metavar="BOUND",
            help="Delete what the files do not hold in data-source=…, folder=… or kinds=…,…; each at most once, "
            "e.g. --prune-scope data-source=web --prune-scope kinds=traits,segments.",
        ),
    ] = None,
    max_deletes: Annotated[int, typer.Option(min=0, help="Refuse a plan that deletes more objects.")] = 10,
    max_changes_ratio: Annotated[
        float, typer.Option(min=0, max=1, help="Refuse a plan that updates or deletes a larger share of the objects.")
    ] = 1.0,
    create_folders: Annotated[bool, typer.Option(help="Create missing folders of rows, or refuse them.")] = True,
    as_json: AsJson = False,
) -> None:
    """Show what must change in AAM to make it as catalog files say. Changes nothing.

    Exit code 0: nothing would change. 1: something would.
    """
    from airflow_provider_aam.cli.exits import run_command
    from airflow_provider_aam.cli.plan import Wanted, show_plan

    wanted = Wanted(
        conn_id=conn_id,
        out=out,
        kind=kind,
        match_on=match_on,
        prune_scope=prune_scope or [],
        max_deletes=max_deletes,
        max_changes_ratio=max_changes_ratio,
        create_folders=create_folders,
    )
    run_command(lambda: show_plan(paths, wanted), as_json=as_json)


@app.command("apply")
def apply_plan(
    plan: Annotated[
        Path, typer.Argument(metavar="PLAN", exists=True, dir_okay=False, help="What plan --out has written.")
    ],
    *,
    conn_id: ConnId = "aam_default",
    outcomes: Annotated[
        Path | None,
        typer.Option(metavar="FILE", dir_okay=False, help="Write every row's end there as JSON Lines, as it happens."),
    ] = None,
    max_failed: Annotated[int, typer.Option(min=0, help="Rows that may fail without failing the command.")] = 0,
    max_concurrency: Annotated[
        int | None, typer.Option(min=1, help="Writes under way at once, instead of the Connection's.")
    ] = None,
    sha256: Annotated[
        str | None, typer.Option(metavar="HEX", help="Refuse a plan file of another SHA-256: not the approved one.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask. Needed where there is no terminal.")] = False,
    as_json: AsJson = False,
) -> None:
    """Carry out exactly this plan, or what is left of it; refuse if the account moved under it."""
    from airflow_provider_aam.cli.apply import Wanted, apply_file
    from airflow_provider_aam.cli.exits import run_command

    wanted = Wanted(
        conn_id=conn_id,
        outcomes=outcomes,
        max_failed=max_failed,
        max_concurrency=max_concurrency,
        sha256=sha256,
        yes=yes,
    )
    run_command(lambda: apply_file(plan, wanted), as_json=as_json)


@app.command("export")
def export_files(
    directory: Annotated[Path, typer.Argument(metavar="DIRECTORY", file_okay=False, help="Created if missing.")],
    *,
    conn_id: ConnId = "aam_default",
    kinds: Annotated[
        str | None, typer.Option(metavar="KIND,...", help="Only these kinds, e.g. traits,segments. Default: all.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write the account as catalog files, one a kind: sorted, commented, and the same bytes each time."""
    from airflow_provider_aam.cli.exits import run_command
    from airflow_provider_aam.cli.export import export_account

    run_command(lambda: export_account(directory, conn_id=conn_id, kinds=kinds), as_json=as_json)
