"""The console command ``airflow-aam``: the list of commands."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from airflow_provider_aam import __version__
from airflow_provider_aam.cli import catalog_commands, members_commands, setup_commands

# click's, which newer versions of typer carry inside themselves
_UsageError: Any = typer.BadParameter.__base__


class _Commands(TyperGroup):
    """A command line that cannot be is JSON as well, where ``--json`` is given."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        ctx.obj = "--json" in args
        return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except _UsageError as wrong:
            if ctx.obj:
                from airflow_provider_aam.cli.exits import print_json

                print_json({"error": {"kind": "UsageError", "message": wrong.format_message()}})
            raise


# Without typer's pretty exceptions: they may print the values of local variables, and some of those are secrets.
app = typer.Typer(
    name="airflow-aam",
    cls=_Commands,
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


_COMMANDS: dict[str, Callable[..., None]] = {
    "emulator": setup_commands.run_emulator,
    "connection": setup_commands.show_connection,
    "doctor": setup_commands.run_doctor,
    "docs": setup_commands.print_page,
    "validate": catalog_commands.validate_files,
    "plan": catalog_commands.plan_catalog,
    "apply": catalog_commands.apply_plan,
    "export": catalog_commands.export_files,
    "impact": catalog_commands.show_impact,
    "members verify": members_commands.verify_members,
}
_groups = {
    "": app,
    "members": typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Inbound files of trait memberships."),
}
for _name, _command in _COMMANDS.items():
    _group, _, _word = _name.rpartition(" ")
    # Left to itself, the list of commands cuts descriptions to one line.
    _groups[_group].command(_word, short_help=(inspect.getdoc(_command) or "").partition("\n")[0])(_command)
app.add_typer(_groups["members"], name="members")
