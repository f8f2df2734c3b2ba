"""Which failed requests may be sent again, when, and for how long: one table, run by tenacity."""

from __future__ import annotations

import logging
import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NoReturn, TypeVar

import tenacity

from airflow_provider_aam.api.errors import (
    AAMBadAnswer,
    AAMError,
    AAMNoAnswer,
    AAMServerError,
    AAMThrottled,
    Fate,
)
from airflow_provider_aam.api.moments import in_words, parse_http_date

log = logging.getLogger(__name__)

T = TypeVar("T")
_SECONDS = re.compile(r"[0-9]{1,9}(\.[0-9]*)?|\.[0-9]+")

RETRIED_STATUSES = frozenset({408, 429, 500, 502, 503, 504})
STILL_RUNNING_STATUSES = frozenset({408, 504})
"""A gateway that no longer waits says nothing about the server behind it."""
LONGEST_PAUSE_S = 30.0
FIRST_PAUSE_S = 0.5


@dataclass
class Attempt:
    """``counts``: whether it is one of those that are allowed. Whoever makes it says so, before it ends."""

    number: int = 1
    counts: bool = True


@dataclass(frozen=True, kw_only=True)
class RetryPolicy:
    """``budget_s`` bounds one call, counted from its start: no attempt begins later."""

    max_attempts: int
    budget_s: float
    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic

    def run(self, make: Callable[[Attempt], T], *, may_repeat: Callable[[AAMError], bool]) -> T:
        """The first result of ``make``; the last error when none comes, or one that must not be repeated.

        The error of a call that gave up says how often it tried, or that Adobe asked for a longer wait than allowed.
        """
        tries = _Tries(policy=self, may_repeat=may_repeat, started=self.monotonic())
        retrying = tenacity.Retrying(
            retry=tries.worth_another,
            stop=tries.are_over,
            wait=_pause_s,
            sleep=self.sleep,
            before_sleep=tries.announce,
            retry_error_callback=tries.give_up,
        )
        return retrying(lambda: make(tries.begin()))


@dataclass(kw_only=True)
class _Tries:
    """Those of one call, of which ``counted`` count."""

    policy: RetryPolicy
    may_repeat: Callable[[AAMError], bool]
    started: float
    counted: int = 0
    attempt: Attempt = field(default_factory=Attempt)

    def begin(self) -> Attempt:
        self.attempt = Attempt(self.counted + 1)
        return self.attempt

    def worth_another(self, state: tenacity.RetryCallState) -> bool:
        error = _error_of(state)
        self.counted += self.attempt.counts
        return error is not None and self.may_repeat(error)

    def are_over(self, state: tenacity.RetryCallState) -> bool:
        spent_s = self.policy.monotonic() - self.started
        return self.counted >= self.policy.max_attempts or spent_s + state.upcoming_sleep > self.policy.budget_s

    def announce(self, state: tenacity.RetryCallState) -> None:
        number, pause_s = self.counted + 1, state.upcoming_sleep
        # Of those that wait for their turn there may be many at once, about which the limit says one word.
        level, when = (logging.WARNING, f"in {in_words(pause_s)}") if pause_s else (logging.INFO, "when it is its turn")
        log.log(level, "%s Retrying %s (attempt %d of %d).", _error_of(state), when, number, self.policy.max_attempts)

    def give_up(self, state: tenacity.RetryCallState) -> NoReturn:
        error = _error_of(state)
        assert error is not None  # only an error that may be repeated gets here
        asked_s: float | None = getattr(error, "retry_after_s", None)
        most, allowed = self.policy.max_attempts, in_words(self.policy.budget_s)
        if asked_s is not None and asked_s > self.policy.budget_s:
            text = f"Adobe asks to wait {in_words(asked_s)}, longer than the {allowed} that this call may take."
        else:
            made = state.attempt_number
            tried = f"{made}" if self.counted < min(made, most) else f"{self.counted} of {most}"
            text = f"Gave up after {tried} attempts (limit {allowed})."
        given_up = error.with_text(f"{text} Try again later.")
        raise given_up.with_traceback(error.__traceback__) from error.__cause__


def may_repeat(error: AAMError, *, replayable: bool) -> bool:
    """Whether the request behind ``error`` may be sent again as it is.

    ``replayable`` requests (GET, PUT, DELETE, and POSTs that change nothing) are repeated after every passing failure;
    others only where the server surely did nothing.
    """
    passing = error.status in RETRIED_STATUSES if isinstance(error, AAMServerError) else error.retryable
    return passing and (replayable or fate_of(error) is Fate.NOT_DONE)


def fate_of(error: AAMError) -> Fate:
    """What the server may have done with a request that ended in ``error``."""
    match error:
        case AAMNoAnswer() | AAMBadAnswer():
            return error.fate
        case AAMServerError() if error.status == 503 and error.retry_after_s is not None:
            return Fate.NOT_DONE
        case AAMServerError() if error.status in STILL_RUNNING_STATUSES:
            return Fate.RUNNING
        case AAMServerError():
            return Fate.UNKNOWN
        case _:
            return Fate.NOT_DONE


def is_overload(error: AAMError) -> bool:
    return isinstance(error, AAMThrottled) or (isinstance(error, AAMServerError) and error.status == 503)


def parse_retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds to wait, from seconds or an HTTP date; ``None`` when absent or unreadable."""
    if value is None:
        return None
    if _SECONDS.fullmatch(text := value.strip()):
        return float(text)
    at = parse_http_date(text)
    return None if at is None else max(0.0, -(now - at).total_seconds())


def _error_of(state: tenacity.RetryCallState) -> AAMError | None:
    error = state.outcome.exception() if state.outcome else None
    return error if isinstance(error, AAMError) else None


def _pause_s(state: tenacity.RetryCallState) -> float:
    error = _error_of(state)
    asked: float | None = getattr(error, "retry_after_s", None)
    if isinstance(error, AAMThrottled) and asked is None:
        return 0.0  # it waits for a place among the requests under way, of which there are fewer now
    own_s = pause_after(state.attempt_number)
    return own_s if asked is None else asked + own_s / 10


def pause_after(attempt: int) -> float:
    longest_s = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** (attempt - 1))
    return longest_s * random.uniform(0.5, 1.0)  # noqa: S311  spreads load, guards nothing
