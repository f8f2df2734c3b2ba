"""The table as it is in the database: which columns are missing, and which do not fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.schema import CreateColumn

from airflow_provider_aam.api.errors import AAMDestinationError
from airflow_provider_aam.api.names import near_misses
from airflow_provider_aam.tables.sql_types import fits, sql_type
from airflow_provider_aam.tables.temporary import create_temporary
from airflow_provider_aam.tables.wanted import Wanted


@dataclass(frozen=True, kw_only=True)
class Layout:
    """``table`` has the wanted columns alone, in the types that they have or are to get."""

    table: sa.Table
    exists: bool
    missing: Sequence[str]

    def stage(self, connection: sa.engine.Connection, wanted: Wanted) -> sa.Table:
        """A temporary table, in the types of this one: the same values compare as the same."""
        columns = []
        for name, kind in wanted.staged_types.items():
            ours = self.table.c.get(name)
            kept = sql_type(kind) if ours is None else ours.type
            columns.append(sa.Column(name, kept, nullable=name not in wanted.key))
        return create_temporary(connection, "aam_staged", columns, key=wanted.key)

    def bring_about(self, connection: sa.engine.Connection) -> None:
        """Create the table, or the columns that it lacks."""
        if not self.exists:
            self.table.create(connection)
        names = connection.dialect.identifier_preparer
        for name in self.missing if self.exists else ():
            column = CreateColumn(self.table.c[name]).compile(dialect=connection.dialect)
            connection.exec_driver_sql(f"ALTER TABLE {names.format_table(self.table)} ADD COLUMN {column}")


def find_layout(connection: sa.engine.Connection, wanted: Wanted) -> Layout:
    """Raises :class:`AAMDestinationError` with everything that does not fit. Nothing is changed."""
    inspector = sa.inspect(connection)
    _require_schema(inspector, wanted)
    exists = inspector.has_table(wanted.name, schema=wanted.schema)
    found = {each["name"]: each for each in inspector.get_columns(wanted.name, wanted.schema)} if exists else {}
    if exists:
        dialect = connection.dialect
        problems = [
            *_unfitting(wanted, found, dialect),
            *_unfilled(wanted, found),
            *_not_unique(inspector, wanted, found),
        ]
        if problems:
            raise AAMDestinationError(
                f"Table {wanted.title} cannot hold {wanted.what}: {'; '.join(problems)}. Nothing was written. Change "
                "these columns, or name another table."
            )
    columns = [
        sa.Column(
            name,
            found[name]["type"] if name in found else sql_type(kind, in_key=name in wanted.key),
            primary_key=name in wanted.key,
            autoincrement=False,
        )
        for name, kind in wanted.all_types.items()
    ]
    table = sa.Table(wanted.name, sa.MetaData(), *columns, schema=wanted.schema)
    return Layout(table=table, exists=exists, missing=[name for name in wanted.all_types if name not in found])


def _require_schema(inspector: Any, wanted: Wanted) -> None:
    if wanted.schema is None:
        return
    known = inspector.get_schema_names()
    if wanted.schema.lower() not in map(str.lower, known):
        raise AAMDestinationError(
            f"Table {wanted.title}: the database has no schema {wanted.schema}.{near_misses([wanted.schema], known)} "
            "Nothing was written. Create it, or name another."
        )


def _unfitting(wanted: Wanted, found: Mapping[str, Any], dialect: Any) -> Iterator[str]:
    for name, kind in wanted.all_types.items():
        if name in found and not fits(kind, found[name]["type"], dialect=dialect.name):
            is_of, expected = (_in_words(each, dialect) for each in (found[name]["type"], sql_type(kind)))
            yield f"column {name} is {is_of}, expected {expected}"


def _in_words(kind: Any, dialect: Any) -> str:
    try:
        return str(kind.compile(dialect=dialect))
    except sa.exc.CompileError:
        return "of an unknown type"


def _unfilled(wanted: Wanted, found: Mapping[str, Any]) -> Iterator[str]:
    """Columns of someone else, of which a new row would have no value."""
    for name, each in found.items():
        filled = name in wanted.all_types or each["nullable"] or each.get("default") is not None
        if not (filled or each.get("identity") or each.get("computed") or each.get("autoincrement") is True):
            yield f"column {name} must not be null and has no default"


def _not_unique(inspector: Any, wanted: Wanted, found: Mapping[str, Any]) -> Iterator[str]:
    schema, key = wanted.schema, {*wanted.key}
    unique = [
        inspector.get_pk_constraint(wanted.name, schema)["constrained_columns"],
        *(each["column_names"] for each in inspector.get_unique_constraints(wanted.name, schema)),
        *(each["column_names"] for each in inspector.get_indexes(wanted.name, schema) if each["unique"]),
    ]
    if key - found.keys() or key not in map(set, unique):
        yield f"({', '.join(wanted.key)}) is not its primary key and not unique"
