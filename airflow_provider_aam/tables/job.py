"""The syncs: a list, verified complete, or the memberships of a delivery become the rows of a table."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from airflow_provider_aam.account.complete_list import CompleteList
from airflow_provider_aam.account.progress import Progress
from airflow_provider_aam.account.query import build_query
from airflow_provider_aam.api.collection import Collection
from airflow_provider_aam.api.complete import ATTEMPTS
from airflow_provider_aam.api.errors import AAMArgumentError, AAMIncomplete
from airflow_provider_aam.api.moments import in_words, utc_now
from airflow_provider_aam.api.resources import Resource
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.files.columns import Columns, check_fields
from airflow_provider_aam.tables.memberships import open_memberships
from airflow_provider_aam.tables.receipt import Receipt
from airflow_provider_aam.tables.spool import Spool, spooled
from airflow_provider_aam.tables.sync import Synced, check_table, sync_rows
from airflow_provider_aam.tables.wanted import Given, Wanted

log = logging.getLogger(__name__)


def sync_resource(
    collection: Collection,
    engine: sa.engine.Engine,
    table: str,
    *,
    fields: Sequence[str] | None = None,
    include_metrics: bool = False,
    allow_empty: bool = False,
    now: Callable[[], datetime] = utc_now,
    monotonic: Callable[[], float] = time.monotonic,
) -> Receipt:
    """Keep ``table`` in step with all objects of ``collection``.

    Options and table are checked first (:class:`AAMArgumentError`, :class:`AAMDestinationError`), then the list is
    read to the worker's disk, then the database is written to in one transaction. ``now`` and ``monotonic`` are for
    tests.
    """
    resource = collection.resource
    query = build_query(collection, include_metrics=include_metrics)
    columns = _columns(resource, fields, include_metrics=include_metrics)
    wanted = Wanted.of(table, what=resource.name, key=[resource.id_field], types=columns.types)
    check_table(engine, wanted)
    progress = Progress(what=resource.name, monotonic=monotonic)
    started_at = now()
    with spooled() as spool:
        _read(CompleteList(collection=collection, query=query, progress=progress), spool)
        batches = map(columns.of_lines, spool.pages())
        synced = sync_rows(engine, wanted, batches, now=started_at, allow_empty=allow_empty)
    return _finish(synced, wanted, requests=progress.pages, started_at=started_at, finished_at=now())


def sync_delivery(
    path: Any,
    engine: sa.engine.Engine,
    table: str,
    *,
    name: str,
    changes: bool | None,
    allow_empty: bool = False,
    now: Callable[[], datetime] = utc_now,
) -> Receipt:
    """Keep ``table`` in step with the file of a delivery that was read: one row per user and segment.

    ``changes``: whether the file holds what was added and removed, or all memberships; ``None``: it is to tell by
    its columns. ``name`` is of the file, in errors; ``path`` anything with an ``open`` like a pathlib path's.
    """
    started_at = now()
    with open_memberships(path, name=name, changes=changes) as memberships:
        wanted = memberships.wanted(table)
        check_table(engine, wanted)
        synced = sync_rows(engine, wanted, memberships.batches(), now=started_at, allow_empty=allow_empty)
    return _finish(synced, wanted, requests=0, started_at=started_at, finished_at=now())


def _finish(synced: Synced, wanted: Wanted, *, requests: int, started_at: datetime, finished_at: datetime) -> Receipt:
    counts = synced.counts
    written = counts.inserted + counts.updated + counts.restored
    if wanted.given is Given.CHANGES:
        written += counts.deleted  # they are rows of the file as well
    receipt = Receipt(
        table=wanted.title,
        rows=synced.rows,
        inserted=counts.inserted,
        updated=counts.updated,
        unchanged=synced.rows - written,
        deleted=counts.deleted,
        restored=counts.restored,
        columns_added=synced.columns_added,
        requests=requests,
        started_at=started_at,
        finished_at=finished_at,
    )
    _tell(receipt, what=wanted.what, created=not set(wanted.key).isdisjoint(receipt.columns_added))
    return receipt


def _columns(resource: Resource, fields: Sequence[str] | None, *, include_metrics: bool) -> Columns:
    kept = check_fields(resource, fields, include_metrics=include_metrics)
    if kept is not None and resource.id_field not in kept:
        raise AAMArgumentError(f"fields must hold {resource.id_field}, which is the table's key.")
    return Columns.of(resource, fields=kept, include_metrics=include_metrics)


def _read(listed: CompleteList, spool: Spool) -> None:
    try:
        listed.read(spool.fill)
    except AAMIncomplete as incomplete:
        raise incomplete.with_text(
            f"Gave up after {ATTEMPTS} attempts; the table was not changed. Run the task when the account is quieter."
        ) from incomplete


def _tell(receipt: Receipt, *, what: str, created: bool) -> None:
    seconds = (receipt.finished_at - receipt.started_at).total_seconds()
    text = "Synced %s to table %s in %s: %s rows; %s new, %s changed, %s vanished, %s back, %s unchanged"
    counts = (receipt.rows, receipt.inserted, receipt.updated, receipt.deleted, receipt.restored, receipt.unchanged)
    log.info(text, what, one_line(receipt.table), in_words(seconds), *(f"{count:,}" for count in counts))
    if receipt.columns_added:
        text = (
            "Table %s was not there and has been created, with the columns %s"
            if created
            else "Columns added to table %s: %s"
        )
        log.info(text, one_line(receipt.table), ", ".join(receipt.columns_added))
