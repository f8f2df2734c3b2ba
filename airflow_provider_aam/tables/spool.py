"""Rows of a list on the worker's disk until all of it is there: memory does not grow with their number."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import IO

from airflow_provider_aam.api.rows import Rows


class Spool:
    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._sizes: list[int] = []

    def fill(self, pages: Iterable[Rows]) -> None:
        """With these alone."""
        self._file.seek(0)
        self._sizes = [self._file.write(rows.lines) for rows in pages]

    def pages(self) -> Iterator[bytes]:
        self._file.seek(0)
        for size in self._sizes:
            yield self._file.read(size)


@contextmanager
def spooled() -> Iterator[Spool]:
    with tempfile.TemporaryFile(prefix="aam-rows-") as file:
        yield Spool(file)
