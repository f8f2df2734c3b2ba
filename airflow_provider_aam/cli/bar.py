"""A progress bar on stderr that moves with each outcome of a push."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


class Counted:
    """The file that outcomes are written to, or none; ``advance`` is called with each of them.

    It is the `WritablePath` that an ``OutcomeLog`` (:mod:`airflow_provider_aam.catalog.applying.outcomes`) writes a
    line to the moment a row has ended. Without a file it is false: there is nowhere to look for them afterwards.
    """

    def __init__(self, path: Path | None, advance: Callable[[], object]) -> None:
        self._path = path
        self._advance = advance

    def __bool__(self) -> bool:
        return self._path is not None

    def __str__(self) -> str:
        return str(self._path)

    @property
    def parent(self) -> Path:
        return self._file.parent

    def open(self, mode: str = "r") -> IO[bytes]:
        return _Lines(io.FileIO(self._file, mode), self._advance)

    @property
    def _file(self) -> Path:
        return self._path or Path(os.devnull)


class _Lines(io.BufferedWriter):
    def __init__(self, raw: io.FileIO, advance: Callable[[], object]) -> None:
        super().__init__(raw)
        self._advance = advance

    def write(self, line: object) -> int:
        written = super().write(line)  # type: ignore[arg-type]
        self._advance()
        return written


@contextmanager
def bar(total: int, path: Path | None) -> Iterator[Counted]:
    """Show the bar; yields what to write the outcomes to."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn, TimeRemainingColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("apply", total=total)
        yield Counted(path, lambda: progress.advance(task))
