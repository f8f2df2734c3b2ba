"""A list of AAM handed on page by page, and verified complete in the end; read again from the start when it is not."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import TypeVar

from airflow_provider_aam.account.progress import Progress
from airflow_provider_aam.account.query import Query
from airflow_provider_aam.api.collection import Collection
from airflow_provider_aam.api.complete import ATTEMPTS, until_complete
from airflow_provider_aam.api.errors import AAMIncomplete
from airflow_provider_aam.api.paging import Completeness, Page
from airflow_provider_aam.api.rows import Rows

log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class CompleteList:
    collection: Collection
    query: Query
    progress: Progress

    def read(self, take: Callable[[Iterator[Rows]], T]) -> tuple[Completeness, T]:
        """What ``take`` makes of the pages of a list that was complete. It begins again, with nothing kept, when it
        is called again: :data:`ATTEMPTS` times at most, then :class:`AAMIncomplete`.
        """
        return until_complete(lambda: self._read_once(take), again=self._restart)

    def _restart(self, incomplete: AAMIncomplete, attempt: int) -> None:
        text = "%s Discarding it and reading the list again (attempt %d of %d)."
        log.warning(text, incomplete.message, attempt, ATTEMPTS)
        self.progress.restart()

    def _read_once(self, take: Callable[[Iterator[Rows]], T]) -> tuple[Completeness, T]:
        proof = self.collection.completeness()
        pages = self.collection.iter_pages(
            self.query.params, page_size=self.query.page_size, max_concurrency=self.query.max_concurrency
        )
        with closing(_each(pages)) as each:
            taken = take(self._rows(each, proof))
        proof.verify()
        return proof, taken

    def _rows(self, pages: Iterator[Page], proof: Completeness) -> Iterator[Rows]:
        for page in pages:
            proof.add(page)
            yield page.rows
            self.progress.add(rows=len(page.rows), total=page.total)


def _each(pages: Iterator[Page]) -> Generator[Page]:
    """A generator, which can be closed: requests under way are not left to the garbage collector."""
    yield from pages
