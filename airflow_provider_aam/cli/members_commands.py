"""The commands about trait memberships, and what they take. The body of each is imported when it runs."""

from __future__ import annotations

from typing import Annotated

import typer

from airflow_provider_aam.cli.options import AsJson


def verify_members(
    receipt: Annotated[
        str,
        typer.Argument(
            metavar="RECEIPT", help="JSON file, or URI of one, with what AAMPushTraitMembersOperator returned."
        ),
    ],
    *,
    destination_conn_id: Annotated[
        str | None,
        typer.Option(metavar="ID", help="Airflow Connection of the object store, where the URIs need one."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Compare the files of a push of trait memberships with its receipt, byte for byte.

    Exit code 0: all match. 1: a file differs or is missing.
    """
    from airflow_provider_aam.cli.exits import run_command
    from airflow_provider_aam.cli.members import verify_receipt

    run_command(lambda: verify_receipt(receipt, destination_conn_id=destination_conn_id), as_json=as_json)
