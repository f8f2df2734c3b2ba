"""From the temporary table into the real one: only rows that are new, changed, vanished or back are written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from airflow_provider_aam.tables.temporary import analyze, create_temporary
from airflow_provider_aam.tables.wanted import DELETED, REMOVED, UPDATED, Given, Wanted

MOVE = "aam_move"
NEW, CHANGED, BACK, GONE = "new", "changed", "back", "gone"


@dataclass(frozen=True, kw_only=True)
class Counts:
    inserted: int
    updated: int
    deleted: int
    restored: int


@dataclass(frozen=True, kw_only=True)
class Merge:
    """One pass finds the rows that move; the statements that write touch these alone."""

    connection: sa.engine.Connection
    table: sa.Table
    staged: sa.Table
    wanted: Wanted
    now: datetime

    def run(self, *, into_new: bool) -> Counts:
        """``into_new``: the table was created a moment ago, there is nothing to compare with."""
        if into_new and not self._has_changes:
            return Counts(inserted=self._insert(self.staged), updated=0, deleted=0, restored=0)
        analyze(self.connection, self.staged, self.wanted.key)
        for found in self._find():
            self.connection.execute(sa.insert(self._moved).from_select([*self._moved.c.keys()], found))
        analyze(self.connection, self._moved)
        move = self._moved.c[MOVE]
        moves = {*self.connection.scalars(sa.select(move).distinct())}
        return Counts(
            restored=self._overwrite(BACK) if BACK in moves else 0,
            updated=self._overwrite(CHANGED) if CHANGED in moves else 0,
            inserted=self._insert(self._moved, move == NEW) if NEW in moves else 0,
            deleted=self._mark_gone() if GONE in moves else 0,
        )

    @cached_property
    def _moved(self) -> sa.Table:
        columns = [sa.Column(name, self.staged.c[name].type) for name in self.wanted.types]
        kind = sa.Column(MOVE, sa.String(len(CHANGED)))
        return create_temporary(self.connection, "aam_moved", [*columns, kind], key=self.wanted.key)

    def _find(self) -> Iterator[Any]:
        """What selects the rows that move, with the staged values, and how each does."""
        table, staged, same = self.table, self.staged, self._same_key(self.staged)
        known, listed = (each.c[self.wanted.key[0]].is_not(None) for each in (table, staged))
        gone = staged.c[REMOVED] if self._has_changes else sa.and_(~listed, self._is_live())
        dead = table.c[DELETED].is_not(None)
        differs = [table.c[name].is_distinct_from(staged.c[name]) for name in self._others]
        moves = sa.or_(gone, sa.and_(listed, sa.or_(~known, dead, *differs)))
        how = sa.case((gone, GONE), (~known, NEW), (dead, BACK), else_=CHANGED)
        keys = {name: sa.func.coalesce(staged.c[name], table.c[name]) for name in self.wanted.key}
        found = sa.select(*(keys.get(name, staged.c[name]) for name in self.wanted.types), how).where(moves)
        if self._has_changes:
            yield found.select_from(sa.outerjoin(staged, table, same))
        elif self.connection.dialect.name == "postgresql":
            yield found.select_from(sa.outerjoin(table, staged, same, full=True))
        else:  # not all know FULL JOIN
            yield found.select_from(sa.outerjoin(staged, table, same))
            yield found.select_from(sa.outerjoin(table, staged, same)).where(~listed)

    def _insert(self, source: sa.Table, *which: Any) -> int:
        stamp = sa.literal(self.now, self.table.c[UPDATED].type).label(UPDATED)
        rows = sa.select(*(source.c[name] for name in self.wanted.types), stamp).where(*which)
        names = [*self.wanted.types, UPDATED]
        try:
            with self.connection.begin_nested():
                return self._count(sa.insert(self.table).from_select(names, rows))
        except sa.exc.IntegrityError:  # some came twice, which is rare: to look for them each time is not cheap
            return self._count(sa.insert(self.table).from_select(names, rows.distinct()))

    def _mark_gone(self) -> int:
        stamps = {DELETED: self.now, UPDATED: self.now}
        return self._count(sa.update(self.table).where(self._is_live(), self._moves(GONE)).values(stamps))

    def _overwrite(self, how: str) -> int:
        """Give these rows of the table the values of their staged ones."""
        moved, same = self._moved, self._same_key(self._moved)
        stamps = {UPDATED: self.now, DELETED: None}
        values: dict[str, Any] = {name: moved.c[name] for name in self._others}
        which = sa.and_(same, moved.c[MOVE] == how)
        if self.connection.dialect.name == "sqlite":  # SQLAlchemy 1.4 knows no UPDATE … FROM of SQLite
            values = {name: sa.select(each).where(same).scalar_subquery() for name, each in values.items()}
            which = self._moves(how)
        return self._count(sa.update(self.table).where(which).values({**values, **stamps}))

    def _moves(self, how: str) -> Any:
        moved = self._moved
        return sa.exists(sa.select(sa.literal(1)).select_from(moved).where(self._same_key(moved), moved.c[MOVE] == how))

    @cached_property
    def _others(self) -> list[str]:
        return [name for name in self.wanted.types if name not in self.wanted.key]

    @cached_property
    def _has_changes(self) -> bool:
        return self.wanted.given is Given.CHANGES

    def _same_key(self, other: sa.Table) -> Any:
        return sa.and_(*(self.table.c[name] == other.c[name] for name in self.wanted.key))

    def _is_live(self) -> Any:
        return self.table.c[DELETED].is_(None)

    def _count(self, statement: Any) -> int:
        count: int = self.connection.execute(statement.execution_options(preserve_rowcount=True)).rowcount
        return count
