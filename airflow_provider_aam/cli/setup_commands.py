"""The commands of the setup, and what they take. The body of each is imported when it runs."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import Annotated

import typer

from airflow_provider_aam.cli.options import AsJson, ConnId


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
    inbound: Annotated[
        str | None,
        typer.Option(
            metavar="FOLDER",
            help="Take inbound files from this folder or s3://bucket/prefix, at once. AAM: twice a day.",
        ),
    ] = None,
) -> None:
    """Run a stand-in for Adobe IMS and AAM on this machine, until Ctrl-C.

    It prints its address and the Airflow Connection to use.
    """
    from airflow_provider_aam.cli.emulator import serve
    from airflow_provider_aam.cli.exits import told_errors

    with told_errors():
        serve(port=port, write_credentials=write_credentials, seed=seed.value, inbound=inbound)


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
    """Build an Airflow Connection from the credential files of Adobe's Developer Console.

    It says what it recognized, and everything that is missing or cannot work. Sends nothing to Adobe.
    """
    from airflow_provider_aam.cli.connection import ConnectionRequest, build_connection
    from airflow_provider_aam.cli.exits import run_command

    request = ConnectionRequest(
        conn_id=conn_id,
        form=form.value,
        host=host,
        ims_url=ims_url,
        environment=environment and environment.value,
        show_secrets=show_secrets,
        add=add,
        overwrite=overwrite,
    )
    run_command(lambda: build_connection(files, request), as_json=as_json)


def print_page(
    page: Annotated[
        str | None,
        typer.Argument(metavar="PAGE", help="As the list names it; setup: how to get access; example: the DAGs."),
    ] = None,
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="A heading or anchor of the page, or the name of an example.")
    ] = None,
) -> None:
    """Print the documentation: a list of its pages, a page, one part of a page, or an example DAG."""
    from airflow_provider_aam.cli import pages

    if page is None:
        text = pages.list_pages()
    else:
        text = pages.example(name) if page == pages.EXAMPLE else pages.print_page(page, name)
    typer.echo(text, nl=False)


def run_doctor(*, conn_id: ConnId = "aam_default", as_json: AsJson = False) -> None:
    """Test a Connection step by step and name the setup step to repeat. Changes nothing.

    Exit code 0: no step is red. 1: at least one is.
    """
    from airflow_provider_aam.cli.doctor import examine
    from airflow_provider_aam.cli.exits import run_command

    run_command(lambda: examine(conn_id), as_json=as_json)
