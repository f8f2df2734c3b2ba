"""Rows of any database that Airflow has a Connection for, without holding them all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from airflow_provider_aam.api.errors import AAMArgumentError
from airflow_provider_aam.compat import AirflowNotFoundException, BaseHook

ROWS_AT_ONCE = 100_000


@contextmanager
def read_sql(sql: str, conn_id: str) -> Iterator[tuple[Sequence[str], Iterator[Sequence[Sequence[Any]]]]]:
    """The names of the columns, and the rows in batches.

    The rows stay with the server until they are asked for where its driver can do that. Raises
    :class:`AAMArgumentError` where ``conn_id`` names no database, and what the driver raises.
    """
    try:
        hook = BaseHook.get_hook(conn_id)
    except AirflowNotFoundException as absent:
        raise AAMArgumentError(f"sql_conn_id: there is no Airflow Connection {conn_id!r}.") from absent
    if not hasattr(hook, "get_sqlalchemy_engine"):
        raise AAMArgumentError(f"sql_conn_id: the Airflow Connection {conn_id!r} is not of a database.")
    with hook.get_sqlalchemy_engine().connect() as connection:
        options = {"stream_results": True, "no_parameters": True}
        result = connection.execution_options(**options).exec_driver_sql(sql)
        yield list(result.keys()), result.partitions(ROWS_AT_ONCE)
