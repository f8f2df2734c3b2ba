"""The emulator's time: the real one, moved forward by tests instead of by waiting."""

from __future__ import annotations

import time


class Clock:
    """Real time plus an offset."""

    def __init__(self) -> None:
        self.offset_s = 0.0

    def now_s(self) -> float:
        """Seconds since the epoch."""
        return time.time() + self.offset_s

    def now_ms(self) -> int:
        """Milliseconds since the epoch, as AAM's `createTime` and `updateTime`."""
        return int(self.now_s() * 1000)

    def advance(self, seconds: float) -> None:
        """Move forward (or back)."""
        self.offset_s += seconds
