"""From the temporary table into the real one: only rows that are new, changed, vanished or back are written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from airflow_provider_aam.tables.wanted import DELETED, REMOVED, UPDATED, Given, Wanted


@dataclass(frozen=True, kw_only=True)
class Counts:
    inserted: int
    updated: int
    deleted: int
    restored: int


@dataclass(frozen=True, kw_only=True)
class Merge:
    connection: sa.engine.Connection
    table: sa.Table
    staged: sa.Table
    wanted: Wanted
    now: datetime

    def run(self, rows: int, *, into_new: bool) -> Counts:
        """``rows`` are staged; ``into_new``: the table was empty a moment ago, there is nothing to compare with."""
        counted = sa.select(sa.func.count(), sa.func.count(self.table.c[DELETED])).select_from(self.table)
        there, dead = (0, 0) if into_new else self.connection.execute(counted).one()
        restored = self._restore() if dead else 0
        updated = self._update() if there else 0
        inserted = self._insert_new(into_empty=not there)
        # All rows of a list are live by now: live ones beyond their number have vanished.
        all_listed = self.wanted.given is Given.LIST and there - dead + restored + inserted == rows
        deleted = self._mark_vanished() if there and not all_listed else 0
        return Counts(inserted=inserted, updated=updated, deleted=deleted, restored=restored)

    def _restore(self) -> int:
        return self._count(self._overwrite(self.table.c[DELETED].is_not(None)))

    def _update(self) -> int:
        changed = [self.table.c[name].is_distinct_from(self.staged.c[name]) for name in self._others()]
        return self._count(self._overwrite(self._is_live(), sa.or_(*changed))) if changed else 0

    def _insert_new(self, *, into_empty: bool) -> int:
        unknown = sa.true() if into_empty else ~sa.exists(sa.select(sa.literal(1)).where(self._same_key()))
        stamp = sa.literal(self.now, self.table.c[UPDATED].type).label(UPDATED)
        columns = [self.staged.c[name] for name in self.wanted.types]
        rows = sa.select(*columns, stamp).where(self._is_kept(), unknown)
        names = [*self.wanted.types, UPDATED]
        try:
            with self.connection.begin_nested():
                return self._count(sa.insert(self.table).from_select(names, rows))
        except sa.exc.IntegrityError:  # some came twice, which is rare: to look for them each time is not cheap
            return self._count(sa.insert(self.table).from_select(names, rows.distinct()))

    def _mark_vanished(self) -> int:
        gone = self._is_staged(self.staged.c[REMOVED]) if self._has_changes() else ~self._is_staged()
        stamps = {DELETED: self.now, UPDATED: self.now}
        return self._count(sa.update(self.table).where(self._is_live(), gone).values(stamps))

    def _overwrite(self, *which: Any) -> Any:
        """The statement that gives rows of the table the values of their staged ones, as far as ``which`` holds."""
        stamps = {UPDATED: self.now, DELETED: None}
        conditions = (self._is_kept(), *which)
        if self.connection.dialect.name != "sqlite":
            values = {name: self.staged.c[name] for name in self._others()}
            return sa.update(self.table).where(self._same_key(), *conditions).values({**values, **stamps})
        # SQLAlchemy 1.4 knows no UPDATE … FROM of SQLite.
        singles = {
            name: sa.select(self.staged.c[name]).where(self._same_key()).scalar_subquery() for name in self._others()
        }
        return sa.update(self.table).where(self._is_staged(*conditions)).values({**singles, **stamps})

    def _others(self) -> list[str]:
        return [name for name in self.wanted.types if name not in self.wanted.key]

    def _same_key(self) -> Any:
        return sa.and_(*(self.table.c[name] == self.staged.c[name] for name in self.wanted.key))

    def _is_staged(self, *also: Any) -> Any:
        return sa.exists(sa.select(sa.literal(1)).select_from(self.staged).where(self._same_key(), *also))

    def _is_live(self) -> Any:
        return self.table.c[DELETED].is_(None)

    def _has_changes(self) -> bool:
        return self.wanted.given is Given.CHANGES

    def _is_kept(self) -> Any:
        return sa.not_(self.staged.c[REMOVED]) if self._has_changes() else sa.true()

    def _count(self, statement: Any) -> int:
        count: int = self.connection.execute(statement.execution_options(preserve_rowcount=True)).rowcount
        return count
