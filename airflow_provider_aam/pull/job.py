"""The pull: every page of a list to one file, which appears only when the list has been verified complete."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from airflow_provider_aam.account.complete_list import CompleteList
from airflow_provider_aam.account.progress import Progress
from airflow_provider_aam.account.query import build_query
from airflow_provider_aam.api.collection import Collection
from airflow_provider_aam.api.complete import ATTEMPTS
from airflow_provider_aam.api.errors import AAMIncomplete
from airflow_provider_aam.api.moments import in_words, utc_now
from airflow_provider_aam.api.paging import LARGEST_PAGE, Completeness
from airflow_provider_aam.api.rows import Rows
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.files.columns import Columns, check_fields
from airflow_provider_aam.files.formats import choose_format
from airflow_provider_aam.files.staging import Destination, path_of, stage
from airflow_provider_aam.files.writers import Written, open_writer
from airflow_provider_aam.pull.receipt import Receipt

log = logging.getLogger(__name__)


def pull_resource(
    collection: Collection,
    destination: Destination,
    *,
    file_format: str | None = None,
    filters: Mapping[str, Any] | None = None,
    include_metrics: bool = False,
    fields: Sequence[str] | None = None,
    updated_since: datetime | str | None = None,
    page_size: int = LARGEST_PAGE,
    max_concurrency: int | None = None,
    escape_formulas: bool = False,
    now: Callable[[], datetime] = utc_now,
    monotonic: Callable[[], float] = time.monotonic,
) -> Receipt:
    """Write all objects of ``collection`` that match to ``destination``, in AAM's order of ids.

    Options and destination are checked first (:class:`AAMArgumentError`, :class:`AAMDestinationError`). A list
    that is not complete is read again from the start, :data:`ATTEMPTS` times in all, then :class:`AAMIncomplete`. On
    every error an older file stays as it was, and nothing else is left. Memory does not grow with the number of rows,
    but for eight bytes each. ``now`` and ``monotonic`` are for tests.
    """
    query = build_query(
        collection,
        filters=filters,
        include_metrics=include_metrics,
        updated_since=updated_since,
        page_size=page_size,
        max_concurrency=max_concurrency,
    )
    kept = check_fields(collection.resource, fields, include_metrics=query.include_metrics)
    columns = Columns.of(collection.resource, fields=kept, include_metrics=query.include_metrics)
    form = choose_format(path_of(destination), file_format)
    progress = Progress(what=collection.resource.name, monotonic=monotonic)
    listed = CompleteList(collection=collection, query=query, progress=progress)
    started_at = now()
    with stage(destination) as staged:

        def write(pages: Iterator[Rows]) -> Written:
            with open_writer(staged.local, form, columns, escape_formulas=escape_formulas) as (writer, written):
                for rows in pages:
                    writer.write(rows)
            return written

        proof, written = _read(listed, write)
        staged.publish()
    _tell(progress, stored_bytes=written.size, uri=staged.uri)
    return Receipt(
        resource=collection.resource.name,
        uri=staged.uri,
        format=form.name,
        rows=proof.rows,
        bytes=written.size,
        sha256=written.sha256,
        total=proof.rows if proof.first_total is None else proof.first_total,
        requests=progress.pages,
        started_at=started_at,
        finished_at=now(),
    )


def _read(listed: CompleteList, write: Callable[[Iterator[Rows]], Written]) -> tuple[Completeness, Written]:
    try:
        return listed.read(write)
    except AAMIncomplete as incomplete:
        raise incomplete.with_text(
            f"Gave up after {ATTEMPTS} attempts; no file was written. Run the task when the account is quieter, or "
            "narrow the list with filters."
        ) from incomplete


def _tell(progress: Progress, *, stored_bytes: int, uri: str) -> None:
    seconds, rate = progress.in_all()
    text = "Pulled %s: %s rows in %s (%s), %s bytes, to %s"
    log.info(text, progress.what, f"{progress.rows:,}", in_words(seconds), rate, f"{stored_bytes:,}", one_line(uri))
