"""Rows that were verified complete become the rows of a table: all of it in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from airflow_provider_aam.api.errors import AAMIncomplete
from airflow_provider_aam.tables.layout import Layout, find_layout
from airflow_provider_aam.tables.loading import Batch, load
from airflow_provider_aam.tables.merging import Counts, Merge
from airflow_provider_aam.tables.turns import own_turn
from airflow_provider_aam.tables.wanted import DELETED, Wanted


@dataclass(frozen=True, kw_only=True)
class Synced:
    counts: Counts
    columns_added: Sequence[str]


def check_table(engine: sa.engine.Engine, wanted: Wanted) -> None:
    """Raises :class:`AAMDestinationError` where the table cannot hold such rows; writes nothing."""
    with engine.connect() as connection:
        find_layout(connection, wanted)


def sync_rows(
    engine: sa.engine.Engine, wanted: Wanted, batches: Iterable[Batch], *, rows: int, now: datetime, allow_empty: bool
) -> Synced:
    """Make ``batches``, of ``rows`` rows in all and no key twice, the live rows of the table.

    Whoever reads the table meanwhile sees it as it was, and so it stays when this fails or is killed.
    """
    with own_turn(engine, wanted) as connection:
        layout = find_layout(connection, wanted)
        if not (rows or allow_empty):
            _refuse_empty(connection, wanted, layout)
        staged = layout.staged(wanted.types, with_key=engine.dialect.name != "postgresql")
        staged.create(connection)
        load(connection, staged, [*wanted.types.values()], batches)
        layout.bring_about(connection)
        merge = Merge(connection=connection, table=layout.table, staged=staged, key=wanted.key, now=now)
        counts = merge.run(rows, into_new=not layout.exists)
    return Synced(counts=counts, columns_added=layout.missing)


def _refuse_empty(connection: sa.engine.Connection, wanted: Wanted, layout: Layout) -> None:
    if not layout.exists or DELETED in layout.missing:
        live = sa.select(sa.func.count()).select_from(layout.table) if layout.exists else None
    else:
        live = sa.select(sa.func.count()).select_from(layout.table).where(layout.table.c[DELETED].is_(None))
    count = 0 if live is None else connection.scalar(live)
    if count:
        raise AAMIncomplete(
            f"AAM has no {wanted.what}, but table {wanted.title} has {count:,} of them. That is more likely a lost "
            "permission than an empty account. Nothing was written. Check what the technical account has access to; "
            "if AAM is right, run once with allow_empty=True."
        )
