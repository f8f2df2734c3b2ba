"""The console command ``airflow-aam``."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import Annotated

import typer

from airflow_provider_aam import __version__

app = typer.Typer(name="airflow-aam", no_args_is_help=True, add_completion=False, rich_markup_mode=None)

_EMULATOR_LIBRARIES = {"fastapi", "fastapi_offline", "uvicorn"}


class Seed(enum.StrEnum):
    ACCOUNT = "account"
    EMPTY = "empty"


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
    try:
        from airflow_provider_aam.cli.emulator import serve

        serve(port=port, write_credentials=write_credentials, seed=seed.value)
    except ImportError as error:
        name = next((e.name for e in (error, error.__cause__) if isinstance(e, ImportError) and e.name), None)
        if name not in _EMULATOR_LIBRARIES:
            raise
        typer.echo(f"The emulator needs {name}: pip install 'airflow-provider-aam[emulator]'", err=True)
        raise typer.Exit(1) from error
