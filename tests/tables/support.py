"""Ways to look at a table."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa


def run_sql(engine: sa.engine.Engine, *statements: str) -> None:
    with engine.connect() as connection, connection.begin():
        for statement in statements:
            connection.execute(sa.text(statement))


def rows_of(engine: sa.engine.Engine, table: str = "t", *, key: str = "sid") -> dict[int, dict[str, Any]]:
    """By key, as Python has them."""
    with engine.connect() as connection:
        found = sa.Table(table, sa.MetaData(), autoload_with=connection)
        return {row[key]: dict(row) for row in connection.execute(sa.select(found)).mappings()}


def counts_of(receipt: Any) -> dict[str, int]:
    """Those that are not 0."""
    names = ("inserted", "updated", "unchanged", "deleted", "restored")
    return {name: getattr(receipt, name) for name in names if getattr(receipt, name)}
