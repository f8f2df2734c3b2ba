"""The AAM client of an Airflow Connection, for a command."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from airflow_provider_aam.cli.airflow_context import look_into_the_database
from airflow_provider_aam.cli.quiet import quiet

if TYPE_CHECKING:
    from airflow_provider_aam.api.client import AAMClient


@contextmanager
def aam_client(conn_id: str) -> Iterator[AAMClient]:
    """The client; closed in the end. Warnings are logged in the meantime, the rest is the command's to say."""
    look_into_the_database()
    from airflow_provider_aam.hooks.aam import AAMHook

    with quiet(logging.WARNING), closing(AAMHook(conn_id)) as hook:
        yield hook.get_conn()
