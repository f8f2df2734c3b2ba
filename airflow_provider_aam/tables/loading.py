"""Rows into the temporary table: by COPY where the database is PostgreSQL, by prepared inserts elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from airflow_provider_aam.api.errors import AAMDestinationError
from airflow_provider_aam.api.resources import Type
from airflow_provider_aam.files.columns import EPOCH, Values
from airflow_provider_aam.tables.copy_text import copy_text

Batch = Sequence[Values]
"""Some rows, column by column; instants are epoch milliseconds, JSON is text."""


def load(connection: sa.engine.Connection, staged: sa.Table, kinds: Sequence[Type], batches: Iterable[Batch]) -> int:
    """How many rows there were."""
    counted = _Counted(batches)
    if connection.dialect.name == "postgresql":
        _copy(connection, staged, (copy_text(kinds, batch) for batch in counted if batch[0]))
        return counted.rows
    names = [column.name for column in staged.columns]
    for batch in counted:
        values = [_moments(each) if kind is Type.INSTANT else each for kind, each in zip(kinds, batch, strict=True)]
        rows = [dict(zip(names, row, strict=True)) for row in zip(*values, strict=True)]
        if rows:
            connection.execute(staged.insert(), rows)
    return counted.rows


class _Counted:
    def __init__(self, batches: Iterable[Batch]) -> None:
        self._batches = batches
        self.rows = 0

    def __iter__(self) -> Iterator[Batch]:
        for batch in self._batches:
            self.rows += len(batch[0])
            yield batch


def _moments(values: Values) -> list[datetime | None]:
    return [None if value is None else EPOCH + timedelta(milliseconds=value) for value in values]


def _copy(connection: sa.engine.Connection, staged: sa.Table, texts: Iterator[bytes]) -> None:
    preparer = connection.dialect.identifier_preparer
    columns = ", ".join(preparer.quote(column.name) for column in staged.columns)
    statement = f"COPY {preparer.format_table(staged)} ({columns}) FROM STDIN"
    dbapi: Any = connection.dialect.dbapi
    source = _Readable(texts)
    try:
        _send(connection.connection.dbapi_connection, statement, source)
    except dbapi.Error as trouble:
        if source.failure:
            raise source.failure from None
        raise sa.exc.DBAPIError.instance(statement, None, trouble, dbapi.Error) from trouble


def _send(driver: Any, statement: str, source: _Readable) -> None:
    with driver.cursor() as cursor:
        if hasattr(cursor, "copy_expert"):  # psycopg2
            cursor.copy_expert(statement, source)
        elif hasattr(cursor, "copy"):  # psycopg
            with cursor.copy(statement) as copy:
                for text in iter(source.read, b""):
                    copy.write(text)
        else:
            raise AAMDestinationError(
                f"The driver {type(driver).__module__} cannot COPY. Install psycopg2 or psycopg, which Airflow's "
                "PostgreSQL provider uses."
            )


class _Readable:
    """What drivers read from. psycopg2 takes as much at once as it is given, and shows a ``failure`` as its own."""

    def __init__(self, texts: Iterator[bytes]) -> None:
        self._texts = texts
        self.failure: Exception | None = None

    def read(self, _size: int = 0) -> bytes:
        try:
            return next(self._texts, b"")
        except Exception as failure:
            self.failure = failure
            raise
