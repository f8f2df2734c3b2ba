"""From the temporary table into the real one: only rows that are new, changed, vanished or back are written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from airflow_provider_aam.tables.wanted import DELETED, UPDATED


@dataclass(frozen=True, kw_only=True)
class Counts:
    inserted: int
    updated: int = 0
    deleted: int = 0
    restored: int = 0


@dataclass(frozen=True, kw_only=True)
class Merge:
    """``key`` and all columns of ``staged`` are columns of ``table`` as well."""

    connection: sa.engine.Connection
    table: sa.Table
    staged: sa.Table
    key: Sequence[str]
    now: datetime

    def run(self, rows: int, *, into_new: bool) -> Counts:
        """``rows`` are staged; ``into_new``: the table was empty a moment ago, there is nothing to compare with."""
        if into_new:
            return Counts(inserted=self._insert(self._values()))
        counted = sa.select(sa.func.count(), sa.func.count(self.table.c[DELETED])).select_from(self.table)
        there, dead = self.connection.execute(counted).one()
        restored = self._restore() if dead else 0
        updated, inserted = self._update(), self._insert_new()
        # All staged rows are live by now: live ones beyond their number have vanished.
        vanished = there - dead + restored + inserted > rows
        deleted = self._mark_vanished() if vanished else 0
        return Counts(inserted=inserted, updated=updated, deleted=deleted, restored=restored)

    def _mark_vanished(self) -> int:
        gone = sa.update(self.table).where(self._is_live(), ~self._is_staged())
        return self._count(gone.values({DELETED: self.now, UPDATED: self.now}))

    def _restore(self) -> int:
        return self._count(self._overwrite(sa.not_(self._is_live())))

    def _update(self) -> int:
        changed = [self.table.c[name].is_distinct_from(self.staged.c[name]) for name in self._others()]
        return self._count(self._overwrite(self._is_live(), sa.or_(*changed))) if changed else 0

    def _insert_new(self) -> int:
        return self._insert(self._values().where(~sa.exists(sa.select(sa.literal(1)).where(self._same_key()))))

    def _overwrite(self, *which: Any) -> Any:
        """The statement that gives rows of the table the values of their staged ones, as far as ``which`` holds."""
        stamps = {UPDATED: self.now, DELETED: None}
        if self.connection.dialect.name != "sqlite":
            values = {name: self.staged.c[name] for name in self._others()}
            return sa.update(self.table).where(self._same_key(), *which).values({**values, **stamps})
        # SQLAlchemy 1.4 knows no UPDATE … FROM of SQLite.
        singles = {
            name: sa.select(self.staged.c[name]).where(self._same_key()).scalar_subquery() for name in self._others()
        }
        matching = sa.exists(sa.select(sa.literal(1)).select_from(self.staged).where(self._same_key(), *which))
        return sa.update(self.table).where(matching).values({**singles, **stamps})

    def _values(self) -> Any:
        """The staged rows as those of the table."""
        return sa.select(*self.staged.columns, sa.literal(self.now, self.table.c[UPDATED].type).label(UPDATED))

    def _insert(self, rows: Any) -> int:
        names = [*(column.name for column in self.staged.columns), UPDATED]
        return self._count(sa.insert(self.table).from_select(names, rows))

    def _others(self) -> list[str]:
        return [column.name for column in self.staged.columns if column.name not in self.key]

    def _same_key(self) -> Any:
        return sa.and_(*(self.table.c[name] == self.staged.c[name] for name in self.key))

    def _is_live(self) -> Any:
        return self.table.c[DELETED].is_(None)

    def _is_staged(self) -> Any:
        return sa.exists(sa.select(sa.literal(1)).where(self._same_key()))

    def _count(self, statement: Any) -> int:
        count: int = self.connection.execute(statement.execution_options(preserve_rowcount=True)).rowcount
        return count
