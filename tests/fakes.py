"""What tests replace: the clock, and the waiting that goes by it."""

from __future__ import annotations

import threading
from collections.abc import Callable
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
