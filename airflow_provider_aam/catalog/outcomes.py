"""How each row of a push ended, written down as it happens."""

from __future__ import annotations

import threading
from collections import Counter
from types import TracebackType
from typing import IO, Any, Literal, Protocol, Self

import msgspec

from airflow_provider_aam.api.errors import AAMDestinationError

Status = Literal["created", "updated", "unchanged", "deleted", "rejected", "unknown"]
STATUSES: tuple[Status, ...] = ("created", "updated", "unchanged", "deleted", "rejected", "unknown")


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """``http_status`` and ``message`` are AAM's where it said something. ``passing``: a later run may succeed."""

    status: Status
    kind: str
    label: str
    id: int | None = None
    http_status: int | None = None
    message: str | None = None
    place: str | None = None
    passing: bool = False


class WritablePath(Protocol):
    """What is needed of a pathlib, universal-pathlib or Airflow object storage path."""

    def open(self, mode: str = "r") -> IO[bytes]: ...


class OutcomeLog:
    """Counts outcomes, from any thread, and writes each as a JSON line the moment it is known, if there is a file.

    A local file can be read while the push runs; object stores show it when it is closed, which also happens when the
    push fails.
    """

    def __init__(self, path: WritablePath | None = None) -> None:
        self._path = path
        self._file: IO[bytes] | None = None
        self.counts: Counter[str] = Counter()
        self.bad: list[Outcome] = []
        self._one_at_a_time = threading.Lock()

    def __enter__(self) -> Self:
        if self._path is not None:
            try:
                self._make_parent(self._path)
                self._file = self._path.open("wb")
            except OSError as refused:
                raise AAMDestinationError(
                    f"the outcome file {self._path} cannot be written ({refused.strerror or refused}); nothing was "
                    "changed in AAM."
                ) from refused
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, outcome: Outcome) -> None:
        with self._one_at_a_time:
            self.counts[outcome.status] += 1
            if outcome.status in ("rejected", "unknown"):
                self.bad.append(outcome)
            if self._file is not None:
                self._file.write(msgspec.json.encode(outcome) + b"\n")
                self._file.flush()

    def tally(self) -> dict[str, int]:
        return {status: self.counts[status] for status in STATUSES}

    @staticmethod
    def _make_parent(path: Any) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
