"""One sync of a table at a time, in one transaction."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.tables.wanted import Wanted

log = logging.getLogger(__name__)
_AN_HOUR_S = 3600


@contextmanager
def own_turn(engine: sa.engine.Engine, wanted: Wanted) -> Iterator[sa.engine.Connection]:
    """A transaction that is committed in the end; others that sync the same table wait until then."""
    with engine.connect() as connection, connection.begin():
        connection.detach()  # not for the pool: its temporary table and its lock end with it
        if engine.dialect.name == "sqlite":
            _begin_in_sqlite(connection)
        _take_turn(connection, wanted)
        yield connection


def _begin_in_sqlite(connection: Any) -> None:
    """Python's driver would begin a transaction late, and none before it creates a table."""
    connection.connection.dbapi_connection.isolation_level = None
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {_AN_HOUR_S * 1000}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _take_turn(connection: sa.engine.Connection, wanted: Wanted) -> None:
    title = f"{wanted.schema or connection.dialect.default_schema_name}.{wanted.name}"
    name = f"aam-{hashlib.sha256(title.encode()).hexdigest()[:40]}"
    match connection.dialect.name:
        case "postgresql":
            number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
            if not connection.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(number))):
                log.info("Another task is syncing %s; waiting for it to finish.", one_line(wanted.title))
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(number)))
        case "mysql" | "mariadb":
            if connection.scalar(sa.select(sa.func.get_lock(name, _AN_HOUR_S))) != 1:
                raise TimeoutError(f"Another task has been syncing table {one_line(wanted.title)} for an hour.")
