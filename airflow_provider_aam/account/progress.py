"""How far the reading of a list is, in the task log: a line now and then, never one per page."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

log = logging.getLogger(__name__)

EVERY_S = 10.0


@dataclass(kw_only=True)
class Progress:
    """``pages`` counts those of all attempts, ``rows`` those of the present one."""

    what: str
    monotonic: Callable[[], float]
    pages: int = 0
    rows: int = 0
    total: int | None = None
    _started: float = field(init=False)
    _attempt_started: float = field(init=False)
    _told: float = field(init=False)

    def __post_init__(self) -> None:
        self._started = self._attempt_started = self._told = self.monotonic()

    def restart(self) -> None:
        """A new attempt, from the first row."""
        self.rows, self.total = 0, None
        self._attempt_started = self.monotonic()

    def add(self, *, rows: int, total: int | None) -> None:
        """One page has been written."""
        now = self.monotonic()
        self.pages += 1
        self.rows += rows
        self.total = total
        if now - self._told >= EVERY_S:
            self._told = now
            of_total = "" if total is None else f" of {total:,}"
            rate = _rate(self.rows, now - self._attempt_started)
            log.info("Pulling %s: %s%s rows, %s", self.what, f"{self.rows:,}", of_total, rate)

    def in_all(self) -> tuple[float, str]:
        """Seconds since the first attempt began, and how fast that makes the rows of the last one."""
        seconds = self.monotonic() - self._started
        return seconds, _rate(self.rows, seconds)


def _rate(rows: int, seconds: float) -> str:
    return f"{rows / seconds:,.0f} rows/s" if seconds > 0 else "at once"
