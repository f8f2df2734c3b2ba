"""The pull: every page of a list to one file, which appears only when the list has been verified complete."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from airflow_provider_aam.api.collection import Collection
from airflow_provider_aam.api.complete import ATTEMPTS, until_complete
from airflow_provider_aam.api.errors import AAMIncomplete
from airflow_provider_aam.api.moments import utc_now
from airflow_provider_aam.api.paging import LARGEST_PAGE, Completeness, Page
from airflow_provider_aam.files.columns import Columns, check_fields
from airflow_provider_aam.files.formats import Format, choose_format
from airflow_provider_aam.files.staging import Destination, path_of, stage
from airflow_provider_aam.files.writers import Written, open_writer
from airflow_provider_aam.pull.progress import Progress
from airflow_provider_aam.pull.query import Query, build_query
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
    reading = _Reading(
        collection=collection,
        query=query,
        columns=columns,
        form=form,
        escape_formulas=escape_formulas,
        progress=Progress(what=collection.resource.name, monotonic=monotonic),
    )
    started_at = now()
    with stage(destination) as staged:
        proof, written = reading.run(staged.local)
        staged.publish()
    reading.progress.finish(stored_bytes=written.size, uri=staged.uri)
    return Receipt(
        resource=collection.resource.name,
        uri=staged.uri,
        format=form.name,
        rows=proof.rows,
        bytes=written.size,
        sha256=written.sha256,
        total=proof.rows if proof.first_total is None else proof.first_total,
        requests=reading.progress.pages,
        started_at=started_at,
        finished_at=now(),
    )


@dataclass(frozen=True, kw_only=True)
class _Reading:
    collection: Collection
    query: Query
    columns: Columns
    form: Format
    escape_formulas: bool
    progress: Progress

    def run(self, path: Path) -> tuple[Completeness, Written]:
        """Write a list to ``path`` that is verified complete."""
        try:
            return until_complete(lambda: self._read_once(path), again=self._restart)
        except AAMIncomplete as incomplete:
            raise incomplete.with_text(
                f"Gave up after {ATTEMPTS} attempts; no file was written. Run the task when the account is quieter, or "
                "narrow the list with filters."
            ) from incomplete

    def _restart(self, incomplete: AAMIncomplete, attempt: int) -> None:
        text = "%s Discarding it and reading the list again (attempt %d of %d)."
        log.warning(text, incomplete.message, attempt, ATTEMPTS)
        self.progress.restart()

    def _read_once(self, path: Path) -> tuple[Completeness, Written]:
        proof = self.collection.completeness()
        pages = self.collection.iter_pages(
            self.query.params, page_size=self.query.page_size, max_concurrency=self.query.max_concurrency
        )
        opened = open_writer(path, self.form, self.columns, escape_formulas=self.escape_formulas)
        with opened as (writer, written), closing(_each(pages)) as each:
            for page in each:
                proof.add(page)
                writer.write(page.rows)
                self.progress.add(rows=len(page.rows), total=page.total)
        proof.verify()
        return proof, written


def _each(pages: Iterator[Page]) -> Generator[Page]:
    """A generator, which can be closed: requests under way are not left to the garbage collector."""
    yield from pages
