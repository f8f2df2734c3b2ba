"""How many requests may be under way at once, given how AAM responds.

Adobe's limits are shared by everything that uses the same Developer Console project, so no one can know the right
number beforehand. As TCP does it: begin low, double with each round of good responses, halve when AAM says that it is
overloaded, remember what was too much, go back to just below it at once and beyond it with care.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

log = logging.getLogger(__name__)

FIRST = 10
"""At once before AAM's first response; TCP's initial window as well (RFC 6928)."""
MOST = 64
"""At once, whatever anyone asks for."""
FIRST_PATIENCE = 8
"""How many full rounds must be good before more than what was too much is tried; twice as many after each try."""
LONGEST_PATIENCE = 1024
PAUSES_APART = 20
"""Nor is it tried before so many times the pause that AAM asked for the last time."""


@dataclass
class Place:
    """One request under way. Whoever holds it says how it was answered: ``good``, ``refused``, or neither.

    ``asked_s`` is how long everybody is to wait, as AAM asks; ``alone_s`` how long if no other request was under way.
    ``one_too_many`` says afterwards that others were, so that it was refused because of their number.
    """

    number: int = 0
    good: bool = False
    refused: bool = False
    asked_s: float | None = None
    alone_s: float = 0.0
    one_too_many: bool = False
    given: threading.Event = field(default_factory=threading.Event)


@dataclass
class _Round:
    """The requests that were under way when the first of them was answered. It is over with the last of them."""

    last: int = 0
    size: int = 0
    left: int = 0
    good: bool = False
    refused: bool = False


class ConcurrencyLimit:
    """What a process knows about one address and credential: ``current`` requests may be under way together.

    Places are given in the order of coming.
    """

    def __init__(self) -> None:
        self.current = FIRST
        self._too_much = MOST + 1
        self._proven = FIRST
        self._patience = FIRST_PATIENCE
        self._full_rounds = 0
        self._step = 0
        """How far beyond what was too much the present try goes; 0 while there is none."""
        self._try_from = 0.0
        self._round = _Round()
        self._started = 0
        self._in_flight = 0
        # Of the last overload: its last request, how many were under way, how many of them were refused.
        self._halved_at = 0
        self._crowd = 0
        self._refused = 0
        self.open_at = 0.0
        """No request is sent before."""
        self._waiting: deque[Place] = deque()
        self._lock = threading.Lock()

    def enter(self) -> Place:
        place = Place()
        with self._lock:
            self._waiting.append(place)
            self._admit()
        try:
            place.given.wait()
        except BaseException:
            self.leave(place, 0.0)
            raise
        return place

    def leave(self, place: Place, now: float) -> None:
        with self._lock:
            if not place.number:
                self._waiting.remove(place)
                return
            if place.refused:
                self._slow_down(place, now)
            self._count(place, now)
            self._in_flight -= 1
            self._admit()

    def _admit(self) -> None:
        while self._waiting and self._in_flight < self.current:
            place = self._waiting.popleft()
            self._started += 1
            self._in_flight += 1
            place.number = self._started
            place.given.set()

    def _count(self, place: Place, now: float) -> None:
        if not self._round.left:
            self._round = _Round(last=self._started, size=self._in_flight, left=self._in_flight)
        here = self._round
        if place.number > here.last:
            return
        here.left -= 1
        here.good = here.good or place.good
        here.refused = here.refused or place.refused
        if not here.left and here.good and not here.refused:
            self._speed_up(here.size, now)

    def _speed_up(self, size: int, now: float) -> None:
        """After a round without a refusal: twice what has gone well, but only with care what was too much before."""
        self._proven = max(self._proven, size)
        if self._too_much <= MOST and size >= self._too_much - 1:
            self._full_rounds += 1
            if self._step or (self._full_rounds >= self._patience and now >= self._try_from):
                self._step = 2 * self._step or 1
                self._too_much += self._step
                self._full_rounds = 0
        self.current = max(self.current, min(2 * self._proven, self._too_much - 1, MOST))

    def _slow_down(self, place: Place, now: float) -> None:
        """Halve once per overload, and take every request that it refused for one too many.

        A request that is refused alone says nothing about how many are too many: then time has to help.
        """
        place.one_too_many = self._in_flight > 1 or place.number <= self._halved_at
        if not place.one_too_many:
            self.current = self._proven = 1
            log.warning("AAM is overloaded with a single request: all requests wait for some time.")
        else:
            if place.number > self._halved_at:
                self._begin_overload()
            self._refused += 1
            self._too_much = max(2, self._crowd - self._refused + 1)
            self.current = self._proven = max(1, min(self.current, self._too_much - 1))
        pause_s = (0.0 if place.one_too_many else place.alone_s) if place.asked_s is None else place.asked_s
        self.open_at = max(self.open_at, now + pause_s)
        self._try_from = max(self._try_from, now + PAUSES_APART * pause_s)

    def _begin_overload(self) -> None:
        self._halved_at, self._crowd, self._refused = self._started, self._in_flight, 0
        self.current = max(1, min(self.current, self._crowd) // 2)
        self._patience = min(2 * self._patience, LONGEST_PATIENCE) if self._step else FIRST_PATIENCE
        self._step = self._full_rounds = 0
        log.warning("AAM is overloaded with %d requests at once: fewer from now on, until it takes more.", self._crowd)


class Places:
    """One client's way to the limit: at most ``most`` requests of its own are under way."""

    def __init__(
        self,
        limit: ConcurrencyLimit,
        most: int,
        *,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.limit = limit
        self.most = max(1, min(most, MOST))
        self.sleep = sleep
        self._monotonic = monotonic
        self._own = threading.BoundedSemaphore(self.most)

    def at_most(self, most: int) -> Places:
        """The same for a client, a list or a task that has a number of its own."""
        return Places(self.limit, most, sleep=self.sleep, monotonic=self._monotonic)

    @contextmanager
    def take(self) -> Iterator[Place]:
        with self._own:
            place = self.limit.enter()
            try:
                if (pause_s := self.limit.open_at - self._monotonic()) > 0:
                    self.sleep(pause_s)
                yield place
            finally:
                self.limit.leave(place, self._monotonic())
