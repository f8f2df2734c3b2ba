"""Rows become the rows of a table: all of it in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from airflow_provider_aam.api.errors import AAMDestinationError, AAMIncomplete
from airflow_provider_aam.tables.layout import Layout, find_layout
from airflow_provider_aam.tables.loading import Batch, load
from airflow_provider_aam.tables.merging import Counts, Merge
from airflow_provider_aam.tables.temporary import analyze
from airflow_provider_aam.tables.turns import own_turn
from airflow_provider_aam.tables.wanted import DELETED, UPDATED, Given, Wanted

_EMPTY = {
    Given.LIST: ("AAM", "what the technical account has access to"),
    Given.SET: ("The delivery", "its files"),
}


@dataclass(frozen=True, kw_only=True)
class Synced:
    rows: int
    """How many were given."""
    counts: Counts
    columns_added: Sequence[str]


def check_table(engine: sa.engine.Engine, wanted: Wanted) -> None:
    """Raises :class:`AAMDestinationError` where the table cannot hold such rows; writes nothing."""
    with engine.connect() as connection:
        find_layout(connection, wanted)


def sync_rows(
    engine: sa.engine.Engine, wanted: Wanted, batches: Iterable[Batch], *, now: datetime, allow_empty: bool
) -> Synced:
    """Make the rows of ``batches`` the live rows of the table, or apply them to it where they are changes.

    Whoever reads the table meanwhile sees it as it was, and so it stays when this fails or is killed.
    """
    now = datetime.fromisoformat(now.isoformat())  # drivers know no subclasses of it, as pendulum's
    with own_turn(engine, wanted) as connection:
        layout = find_layout(connection, wanted)
        _refuse_older(connection, wanted, layout, now)
        staged = layout.stage(connection, wanted)
        rows = load(connection, staged, [*wanted.staged_types.values()], batches)
        if not (rows or allow_empty or wanted.given is Given.CHANGES):
            _refuse_empty(connection, wanted, layout)
        layout.bring_about(connection)
        merge = Merge(connection=connection, table=layout.table, staged=staged, wanted=wanted, now=now)
        counts = merge.run(into_new=not layout.exists)
        if counts.deleted and counts.inserted == rows and not (allow_empty or wanted.given is Given.CHANGES):
            _refuse_stranger(wanted, counts)
        if not layout.exists:
            analyze(connection, layout.table, wanted.key)  # the rest can wait for autovacuum
    return Synced(rows=rows, counts=counts, columns_added=layout.missing)


def _refuse_older(connection: sa.engine.Connection, wanted: Wanted, layout: Layout, now: datetime) -> None:
    """A list that waited for its turn may be older than the table. Of a delivery nobody knows by its time."""
    if wanted.given is not Given.LIST or not layout.exists or UPDATED in layout.missing:
        return
    if connection.scalar(sa.select(sa.exists().where(layout.table.c[UPDATED] > now))):
        raise AAMIncomplete(
            f"Table {wanted.title} holds {wanted.what} that were read later, by another task. Nothing was written. "
            "Set max_active_runs=1; a retry reads the list again."
        )


def _refuse_stranger(wanted: Wanted, counts: Counts) -> None:
    """Nothing in common with the table: rows of another kind, or of another account or destination."""
    raise AAMDestinationError(
        f"None of the {counts.deleted:,} rows of table {wanted.title} is among the {counts.inserted:,} {wanted.what} "
        "that were given: it looks like the table of something else, or of another account or destination. All of them "
        "would be marked as deleted. Nothing was written. Name another table; if it is right, run once with "
        "allow_empty=True."
    )


def _refuse_empty(connection: sa.engine.Connection, wanted: Wanted, layout: Layout) -> None:
    if not layout.exists:
        return
    count = sa.select(sa.func.count()).select_from(layout.table)
    live = count if DELETED in layout.missing else count.where(layout.table.c[DELETED].is_(None))
    if there := connection.scalar(live):
        said, check = _EMPTY[wanted.given]
        raise AAMIncomplete(
            f"{said} has no {wanted.what}, but table {wanted.title} has {there:,} of them. Nothing was written. Check "
            f"{check}; if it is right, run once with allow_empty=True."
        )
