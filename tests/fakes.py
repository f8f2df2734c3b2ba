"""What tests replace: the clock, the waiting that goes by it, and the room on the disk."""

from __future__ import annotations

import resource
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta


class FakeTime:
    """Clock and sleep: sleeping moves the clock and takes no time. Shared by a client's threads."""

    def __init__(self) -> None:
        self.start = datetime.now(UTC)
        self.elapsed_s = 0.0
        self.slept: list[float] = []
        self.on_sleep: Callable[[float], None] = lambda _: None
        self._lock = threading.Lock()

    def now(self) -> datetime:
        return self.start + timedelta(seconds=self.elapsed_s)

    def monotonic(self) -> float:
        return self.elapsed_s

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.slept.append(seconds)
            self.elapsed_s += seconds
        self.on_sleep(seconds)


@contextmanager
def full_after(size: int) -> Iterator[None]:
    """No local file may grow beyond ``size`` bytes, as on a full disk: what fits is written, the rest fails."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
