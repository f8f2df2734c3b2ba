"""How each row of a push ended, written down as it happens."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from types import TracebackType
from typing import IO, Any, Literal, Protocol, Self

import msgspec

from airflow_provider_aam.api.errors import AAMDestinationError
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.catalog.plan.plan import Change
from airflow_provider_aam.catalog.plan.render import render_change
from airflow_provider_aam.files.refusals import UNWRITABLE, may_pass, reason
from airflow_provider_aam.files.staging import make_folder
from airflow_provider_aam.files.uris import uri_of

Status = Literal["created", "updated", "unchanged", "deleted", "rejected", "unknown"]
CHANGED: tuple[Status, ...] = ("created", "updated", "deleted")
MOST_LINES = 50
LONGEST_LINE = 300
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

    @classmethod
    def of(cls, change: Change, status: Status, **more: Any) -> Self:
        return cls(status=status, kind=change.kind, label=change.label, place=change.place, **more)


class WritablePath(Protocol):
    """What is needed of a pathlib, universal-pathlib or Airflow object storage path."""

    @property
    def parent(self) -> Any: ...

    def open(self, mode: str = "r") -> IO[bytes]: ...


class OutcomeLog:
    """Counts outcomes, from any thread, and writes each as a JSON line the moment it is known, if there is a file.

    A local file can be read while the push runs; object stores show it when it is closed, which also happens when the
    push fails. A file that breaks off does not stop the push: it is reported at the end, as
    :class:`AAMDestinationError`.
    """

    def __init__(self, path: WritablePath | None = None) -> None:
        self._path = path
        self._file: IO[bytes] | None = None
        self._broken: Exception | None = None
        self.counts: Counter[str] = Counter()
        self.bad: list[Outcome] = []
        self.remarkable: list[Outcome] = []
        """Good ends about which there is something to say."""
        self._written: list[str] = []
        self._one_at_a_time = threading.Lock()

    def __enter__(self) -> Self:
        if self._path is not None:
            try:
                make_folder(self._path)
                self._path.open("wb").close()  # object stores refuse no sooner than here
                self._file = self._path.open("wb")
            except UNWRITABLE as refused:
                text = (
                    f"the outcome file {self._path} cannot be written ({reason(refused)}). Nothing was changed in AAM."
                )
                error = AAMDestinationError(text)
                error.retryable = may_pass(refused)
                raise error from refused
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, KeyboardInterrupt):
            error.args = (self.said(),)
        if self._file is None:
            return
        try:
            self._file.close()
        except Exception as broken:  # noqa: BLE001 - of whatever library
            self._broken = self._broken or broken
        if self._broken is not None and kind is None:
            raise AAMDestinationError(
                f"the outcome file {self._path} broke off ({reason(self._broken)}). The push itself was completed: "
                f"{self.said()}. Running it again writes a new file and repeats nothing in AAM."
            ) from self._broken

    def add(self, outcome: Outcome, change: Change | None = None) -> None:
        """``change`` is what the plan says of it."""
        with self._one_at_a_time:
            self.counts[outcome.status] += 1
            if change is not None and outcome.status in CHANGED and len(self._written) < MOST_LINES:
                self._written.append(_line(outcome, change))
            if outcome.status in ("rejected", "unknown"):
                self.bad.append(outcome)
            elif outcome.message:
                self.remarkable.append(outcome)
            if self._file is not None and self._broken is None:
                try:
                    self._file.write(msgspec.json.encode(outcome) + b"\n")
                    self._file.flush()
                except Exception as broken:  # noqa: BLE001 - of whatever library
                    self._broken = broken

    def written(self) -> Iterator[str]:
        """What was changed in AAM, one line per change in the plan's words, the first :data:`MOST_LINES` of them."""
        yield from self._written
        left = sum(self.counts[status] for status in CHANGED) - len(self._written)
        if left > 0:
            where = f", in {one_line(uri_of(self._path))}" if self._path else ""
            yield f"… and {left:,} more{where}"

    def tally(self) -> dict[str, int]:
        return {status: self.counts[status] for status in STATUSES}

    def said(self) -> str:
        """``3 created, 1 rejected``; ``no rows`` without any."""
        return ", ".join(f"{count:,} {status}" for status, count in self.tally().items() if count) or "no rows"


def _line(outcome: Outcome, change: Change) -> str:
    line = f"{outcome.status} {outcome.id}: {render_change(change)}"
    return line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]} …"
