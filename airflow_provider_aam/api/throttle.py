"""How many requests may be under way at once, given what AAM answers.

Adobe's limits are shared by everything that uses the same Developer Console project, so nobody can know the right
number beforehand: it halves when AAM says that it is overloaded and grows by one for every full round of good answers.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class ConcurrencyLimit:
    """Shared by the threads of one client; ``current`` is between 1 and ``highest``."""

    def __init__(
        self,
        highest: int,
        *,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.highest = highest
        self.current = highest
        self._in_flight = 0
        self._good_answers = 0
        self._halved_at = 0
        self._started = 0
        self._open_at = 0.0
        self._sleep = sleep
        self._monotonic = monotonic
        self._changed = threading.Condition()

    @contextmanager
    def slot(self) -> Iterator[int]:
        """Wait for a free place and hold it. Yields the request's number, which :meth:`slow_down` wants back."""
        with self._changed:
            self._changed.wait_for(lambda: self._in_flight < self.current)
            self._in_flight += 1
            self._started += 1
            number = self._started
            pause_s = self._open_at - self._monotonic()
        try:
            if pause_s > 0:
                self._sleep(pause_s)
            yield number
        finally:
            with self._changed:
                self._in_flight -= 1
                self._changed.notify()

    def slow_down(self, number: int, *, pause_s: float | None) -> None:
        """Halve once per overload: requests that were already under way when it halved do not halve it again."""
        with self._changed:
            if pause_s is not None:
                self._open_at = max(self._open_at, self._monotonic() + pause_s)
            if number > self._halved_at:
                self.current = max(1, self.current // 2)
                self._halved_at = self._started
                self._good_answers = 0

    def speed_up(self) -> None:
        with self._changed:
            if self.current == self.highest:
                return
            self._good_answers += 1
            if self._good_answers >= self.current:
                self.current += 1
                self._good_answers = 0
                self._changed.notify()
