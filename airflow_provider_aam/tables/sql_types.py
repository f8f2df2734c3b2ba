"""Which type a column gets, and which types it may have already."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql

from airflow_provider_aam.api.resources import Type

_MYSQL = ("mysql", "mariadb")
_LONGEST_MYSQL_KEY = 255
_EXACT = "utf8mb4_bin"
"""By MySQL's usual collations ``Ann`` and ``ann`` are the same."""
_DOUBLE_PRECISION = 53
_TYPES: Mapping[Type, Any] = {
    Type.INTEGER: sa.BigInteger().with_variant(sa.Integer(), "sqlite"),  # SQLite's only integer that can be a row id
    Type.NUMBER: sa.Float(_DOUBLE_PRECISION),
    Type.TEXT: sa.Text(),
    Type.BOOLEAN: sa.Boolean(),
    Type.INSTANT: sa.DateTime(timezone=True),
    Type.JSON: sa.Text().with_variant(postgresql.JSONB(), "postgresql"),
}
_MYSQL_TYPES: Mapping[Type, Any] = {
    Type.TEXT: mysql.LONGTEXT(collation=_EXACT),
    Type.INSTANT: mysql.DATETIME(fsp=6),
    Type.JSON: mysql.LONGTEXT(collation=_EXACT),
}


def sql_type(kind: Type, *, in_key: bool = False) -> Any:
    usual = _TYPES[kind]
    there = sa.String(_LONGEST_MYSQL_KEY, collation=_EXACT) if in_key and kind is Type.TEXT else _MYSQL_TYPES.get(kind)
    for dialect in _MYSQL if there else ():
        usual = usual.with_variant(there, dialect)
    return usual


def fits(kind: Type, found: Any, *, dialect: str) -> bool:
    """Whether a column of the type ``found`` holds and compares such values without loss."""
    match kind:
        case Type.INTEGER:
            return isinstance(found, sa.Integer) and not isinstance(found, sa.SmallInteger | mysql.TINYINT)
        case Type.NUMBER:
            return isinstance(found, sa.Numeric | sa.Float)
        case Type.BOOLEAN:
            return isinstance(found, sa.Boolean | mysql.TINYINT)
        case Type.INSTANT:
            # Without a time zone PostgreSQL would take the session's.
            return isinstance(found, sa.DateTime) and (dialect != "postgresql" or bool(found.timezone))
        case Type.JSON:
            return isinstance(found, sa.String | postgresql.JSONB)
        case _:
            return isinstance(found, sa.String) and not isinstance(found, sa.Enum)
