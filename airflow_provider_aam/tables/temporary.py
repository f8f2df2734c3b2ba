"""Tables that are of one session alone, and end with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa


def create_temporary(
    connection: sa.engine.Connection, name: str, columns: Sequence[sa.Column[Any]], *, key: Sequence[str]
) -> sa.Table:
    """With an index on ``key``, but for PostgreSQL: it joins by hash, and filling an index would cost it more."""
    indexes = [sa.Index(f"{name}_key", *key)] if connection.dialect.name != "postgresql" else []
    table = sa.Table(name, sa.MetaData(), *columns, *indexes, prefixes=["TEMPORARY"], postgresql_on_commit="DROP")
    table.create(connection)
    return table


def analyze(connection: sa.engine.Connection, table: sa.Table, names: Sequence[str] = ()) -> None:
    """PostgreSQL knows nothing of tables that are new, and of temporary ones it never will by itself.

    ``names`` are the columns that matter; all of them by default.
    """
    if connection.dialect.name == "postgresql":
        quoted = connection.dialect.identifier_preparer
        columns = f" ({', '.join(map(quoted.quote, names))})" if names else ""
        connection.exec_driver_sql(f"ANALYZE {quoted.format_table(table)}{columns}")
