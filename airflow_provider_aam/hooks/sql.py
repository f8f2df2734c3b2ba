"""Databases that Airflow has a Connection for: an engine, rows without holding them all, and what goes wrong there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from airflow_provider_aam.api.errors import AAMArgumentError, AAMDestinationError, AAMError, AAMSourceError
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.compat import AirflowException, AirflowNotFoundException, BaseHook

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

ROWS_AT_ONCE = 100_000
_QUOTES = "[SQL: "
_MYSQL_UNKNOWN_DATABASE = 1049
_UNKNOWN_DATABASE = re.compile('database "[^"]+" does not exist')
"""PostgreSQL's words; its drivers have no code for what goes wrong before they are connected."""


@contextmanager
def open_engine(conn_id: str, *, what: str = "sql_conn_id") -> Iterator[Engine]:
    """Raises :class:`AAMArgumentError` where ``conn_id`` names no database. All connections are closed in the end.

    ``what`` names the argument in errors.
    """
    engine: Engine = sql_hook(conn_id, what=what).get_sqlalchemy_engine()
    try:
        yield engine
    finally:
        engine.dispose()


def sql_hook(conn_id: str, *, what: str = "sql_conn_id") -> Any:
    """A hook of Airflow's common.sql."""
    try:
        hook = BaseHook.get_hook(conn_id)
    except AirflowNotFoundException as absent:
        raise AAMArgumentError(
            f"{what}: there is no Airflow Connection {conn_id!r}. Add it (Admin → Connections) or name another."
        ) from absent
    except AirflowException as unknown:  # of a type that no installed provider has
        kind = BaseHook.get_connection(conn_id).conn_type
        raise AAMArgumentError(
            f"{what}: the Airflow Connection {conn_id!r} is of type {kind!r}, which no provider on this worker knows. "
            "Install the provider of that database, or correct the type."
        ) from unknown
    if not hasattr(hook, "get_sqlalchemy_engine"):
        raise AAMArgumentError(f"{what}: the Airflow Connection {conn_id!r} is not of a database.")
    return hook


@contextmanager
def read_sql(sql: str, conn_id: str) -> Iterator[tuple[Sequence[str], Iterator[Sequence[Sequence[Any]]]]]:
    """The names of the columns, and the rows in batches.

    The rows stay with the server until they are asked for where its driver can do that. Raises as :func:`open_engine`,
    :class:`AAMSourceError` for what the database refuses, and :class:`OSError` where that may pass.
    """
    telling = telling_database(f"sql (Connection {conn_id})", refusal=AAMSourceError, kept="Nothing was uploaded")
    with open_engine(conn_id) as engine, telling, engine.connect() as connection:
        options = {"stream_results": True, "no_parameters": True}
        result = connection.execution_options(**options).exec_driver_sql(sql)
        yield list(result.keys()), result.partitions(ROWS_AT_ONCE)


@contextmanager
def telling_database(
    what: str, *, refusal: type[AAMError] = AAMDestinationError, kept: str = "Nothing was written"
) -> Iterator[None]:
    """Raises ``refusal`` for what a database refuses, and :class:`OSError` where that may pass."""
    from sqlalchemy import exc

    try:
        yield
    except exc.SQLAlchemyError as trouble:
        # Neither here nor as the cause: SQLAlchemy quotes the statement with its values.
        plain = getattr(trouble, "orig", None) or trouble
        text = f"{what}: {one_line(str(plain).partition(_QUOTES)[0].strip().rstrip('.'))}"
        if _is_absent(plain):
            raise refusal(
                f"{text}. Is the database there? Create it (SQLite: the folder of its file), or correct the Connection."
            ) from None
        may_pass = isinstance(trouble, exc.OperationalError | exc.InterfaceError) and not _is_of_the_statement(plain)
        if may_pass or _is_broken(trouble):
            raise OSError(text) from None
        raise refusal(f"{text}. {kept}.") from None


def _is_broken(trouble: Exception) -> bool:
    return bool(getattr(trouble, "connection_invalidated", False))


def _is_of_the_statement(trouble: Exception) -> bool:
    """SQLite tells a wrong statement like a database that is busy."""
    return getattr(trouble, "sqlite_errorname", "") == "SQLITE_ERROR"


def _is_absent(trouble: Exception) -> bool:
    """Whether there is no such database, which drivers tell like a server that is away."""
    return (
        getattr(trouble, "sqlite_errorname", "") == "SQLITE_CANTOPEN"
        or trouble.args[:1] == (_MYSQL_UNKNOWN_DATABASE,)
        or _UNKNOWN_DATABASE.search(str(trouble)) is not None
    )


def table_for_lineage(conn_id: str, table: str) -> tuple[str, str] | None:
    """Namespace and name, as OpenLineage has them; ``None`` where the database's own provider knows none."""
    hook = sql_hook(conn_id)
    info = hook.get_openlineage_database_info(hook.get_connection(conn_id))
    if info is None:
        return None
    schema, _, name = table.rpartition(".")
    parts = (info.database, schema or hook.get_openlineage_default_schema(), name)
    return f"{info.scheme}://{info.authority}", ".".join(filter(None, parts))
