"""The console command ``airflow-aam``: the list of commands."""

from __future__ import annotations

from typing import Annotated

import typer

from airflow_provider_aam import __version__
from airflow_provider_aam.cli import catalog_commands, setup_commands

# Without typer's pretty exceptions: they may print the values of local variables, and some of those are secrets.
app = typer.Typer(
    name="airflow-aam",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


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


app.command("emulator")(setup_commands.run_emulator)
app.command("connection")(setup_commands.show_connection)
app.command("doctor")(setup_commands.run_doctor)
app.command("validate")(catalog_commands.validate_files)
app.command("plan")(catalog_commands.plan_catalog)
app.command("apply")(catalog_commands.apply_plan)
app.command("export")(catalog_commands.export_files)
