"""The retry table, status by status, and the engine that runs it."""

from __future__ import annotations

import traceback
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from fakes import FakeTime
from hypothesis import given
from hypothesis import strategies as st

from airflow_provider_aam.api.answers import read_answer
from airflow_provider_aam.api.errors import (
    AAMBadAnswer,
    AAMConfigError,
    AAMError,
    AAMInvalid,
    AAMNoAnswer,
    AAMServerError,
    AAMThrottled,
    AAMTokenUnavailable,
    AAMUntrusted,
    Fate,
)
from airflow_provider_aam.api.redaction import Redactor
from airflow_provider_aam.api.retry import Attempt, RetryPolicy, fate_of, is_overload, may_repeat, parse_retry_after
from airflow_provider_aam.api.transport import Answer, Request

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
REPEATED = {408, 429, 500, 502, 503, 504}


def error_for(status: int, retry_after: str | None = None) -> AAMError:
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    with pytest.raises(AAMError) as caught:
        read_answer(
            Request(method="GET", url="http://x/v1/x", path="/v1/x"),
            Answer(status=status, headers=headers, body=b"{}"),
            now=NOW,
            redactor=Redactor(),
        )
    return caught.value


@pytest.mark.parametrize("retry_after", [None, "3"])
def test_every_status_is_repeated_or_not_as_the_table_says(retry_after: str | None) -> None:
    for status in [*range(100, 200), *range(300, 600)]:
        error = error_for(status, retry_after)
        surely_nothing = status == 429 or (status == 503 and retry_after is not None)
        assert may_repeat(error, replayable=True) == (status in REPEATED or status < 200), status
        assert may_repeat(error, replayable=False) == surely_nothing, status


def test_every_status_tells_what_the_server_may_have_done() -> None:
    for status in [*range(100, 200), *range(300, 600)]:
        expected = Fate.UNKNOWN if status >= 500 or status < 200 else Fate.NOT_DONE
        if status in (408, 504):
            expected = Fate.RUNNING
        assert fate_of(error_for(status)) is expected, status
    assert fate_of(error_for(503, "1")) is Fate.NOT_DONE


@pytest.mark.parametrize(
    ("error", "replayable", "other"),
    [
        (AAMNoAnswer("x", fate=Fate.NOT_DONE), True, True),
        (AAMNoAnswer("x", fate=Fate.UNKNOWN), True, False),
        (AAMNoAnswer("x", fate=Fate.RUNNING), True, False),
        (AAMBadAnswer("x", fate=Fate.UNKNOWN), True, False),
        (AAMTokenUnavailable("x"), True, True),
        (AAMUntrusted("x"), False, False),
        (AAMConfigError("x"), False, False),
        (AAMInvalid("x", status=400), False, False),
    ],
    ids=repr,
)
def test_failures_without_a_status_are_repeated_where_it_is_safe(
    error: AAMError, replayable: bool, other: bool
) -> None:
    assert may_repeat(error, replayable=True) == replayable
    assert may_repeat(error, replayable=False) == other


def test_overload_is_429_and_503() -> None:
    assert [status for status in range(300, 600) if is_overload(error_for(status))] == [429, 503]


# --- Retry-After ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("²", None),
        ("1.2.3", None),
        ("0", 0),
        (" 120 ", 120),
        ("1.5", 1.5),
        ("Fri, 02 Jan 2026 03:05:05 GMT", 60),
        ("Fri, 02 Jan 2026 04:05:05 +0100", 60),
        ("Fri, 02 Jan 2026 03:05:05 -0000", 60),
        ("Fri, 02 Jan 2026 03:00:00 GMT", 0),
        ("Fri, 02 Jan 99999 03:00:00 GMT", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_date(value: str | None, seconds: float | None) -> None:
    assert parse_retry_after(value, NOW) == seconds


@given(st.text(max_size=40))
def test_any_retry_after_is_a_wait_or_nothing(value: str) -> None:
    seconds = parse_retry_after(value, NOW)
    assert seconds is None or seconds >= 0


@given(st.integers(0, 7_000_000_000))
def test_any_http_date_is_understood(epoch_s: int) -> None:
    at = datetime.fromtimestamp(epoch_s, UTC)
    expected = max(timedelta(), at - NOW).total_seconds()
    assert parse_retry_after(format_datetime(at, usegmt=True), NOW) == expected


# --- the engine -------------------------------------------------------------------------------------------------------


class Attempts:
    """Fails with each of ``errors`` in turn, each attempt taking ``takes_s``, then succeeds."""

    def __init__(self, time: FakeTime, *errors: Exception, takes_s: float = 0) -> None:
        self.time = time
        self.errors = list(errors)
        self.takes_s = takes_s
        self.made = 0

    def __call__(self) -> str:
        self.made += 1
        self.time.elapsed_s += self.takes_s
        if self.errors:
            raise self.errors.pop(0)
        return "done"


def run(attempts: Attempts, *, max_attempts: int = 5, budget_s: float = 300) -> str:
    time = attempts.time
    policy = RetryPolicy(max_attempts=max_attempts, budget_s=budget_s, sleep=time.sleep, monotonic=time.monotonic)
    return policy.run(lambda _: attempts(), may_repeat=lambda error: may_repeat(error, replayable=True))


def busy(**details: object) -> AAMServerError:
    return AAMServerError("GET /v1/x: 503: busy.", status=503, **details)


def test_first_success_needs_no_pause(time: FakeTime) -> None:
    assert run(Attempts(time)) == "done"
    assert time.slept == []


def test_pauses_double_from_half_a_second_with_jitter(time: FakeTime) -> None:
    assert run(Attempts(time, *[busy() for _ in range(8)]), max_attempts=9) == "done"
    for number, slept in enumerate(time.slept):
        ceiling = min(30.0, 0.5 * 2**number)
        assert ceiling / 2 <= slept <= ceiling


def test_retry_after_is_waited_for_with_a_little_jitter(time: FakeTime) -> None:
    assert run(Attempts(time, busy(retry_after_s=20.0))) == "done"
    assert 20 <= time.slept[0] <= 20.05


def test_last_error_says_how_often_it_was_tried(time: FakeTime) -> None:
    attempts = Attempts(time, *[busy() for _ in range(9)])
    with pytest.raises(
        AAMServerError, match=r"busy\. Gave up after 3 of 3 attempts \(limit 5 minutes\)\. Try again later\."
    ) as caught:
        run(attempts, max_attempts=3)
    assert attempts.made == 3
    assert caught.value.status == 503


def test_wait_longer_than_the_budget_fails_at_once_and_says_so(time: FakeTime) -> None:
    attempts = Attempts(time, busy(retry_after_s=3600.0))
    with pytest.raises(
        AAMServerError, match="Adobe asks to wait 1 hour, longer than the 5 minutes that this call may take"
    ):
        run(attempts)
    assert (attempts.made, time.slept) == (1, [])


def test_no_attempt_begins_after_the_budget(time: FakeTime) -> None:
    attempts = Attempts(time, *[busy() for _ in range(50)], takes_s=60)
    with pytest.raises(AAMServerError, match="Gave up after 5 of 50 attempts"):
        run(attempts, max_attempts=50)
    assert attempts.made == 5


def test_attempt_that_begins_when_the_budget_ends_is_made(time: FakeTime) -> None:
    attempts = Attempts(time, *[AAMThrottled("slow down", status=429) for _ in range(50)], takes_s=100)
    with pytest.raises(AAMThrottled):
        run(attempts, max_attempts=50, budget_s=300)
    assert attempts.made == 4


def test_attempts_that_do_not_count_use_up_none(time: FakeTime, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    numbers: list[int] = []

    def make(attempt: Attempt) -> str:
        numbers.append(attempt.number)
        attempt.counts = len(numbers) not in (1, 2, 4)
        raise AAMThrottled("slow down", status=429)

    policy = RetryPolicy(max_attempts=3, budget_s=300, sleep=time.sleep, monotonic=time.monotonic)
    with pytest.raises(AAMThrottled, match=r"Gave up after 3 of 3 attempts"):
        policy.run(make, may_repeat=lambda _: True)
    assert numbers == [1, 1, 1, 2, 2, 3]
    assert [message.partition("(attempt ")[2] for message in caplog.messages] == [
        "1 of 3).",
        "1 of 3).",
        "2 of 3).",
        "2 of 3).",
        "3 of 3).",
    ]


def test_attempts_that_do_not_count_end_with_the_budget(time: FakeTime) -> None:
    made = 0

    def make(attempt: Attempt) -> str:
        nonlocal made
        made += 1
        attempt.counts = False
        raise busy(retry_after_s=60.0)

    policy = RetryPolicy(max_attempts=3, budget_s=300, sleep=time.sleep, monotonic=time.monotonic)
    with pytest.raises(AAMServerError, match=r"busy\. Gave up after 5 attempts \(limit 5 minutes\)"):
        policy.run(make, may_repeat=lambda _: True)
    assert made == 5


def test_error_that_must_not_be_repeated_is_left_as_it_is(time: FakeTime) -> None:
    error = AAMInvalid("no", status=400)
    with pytest.raises(AAMInvalid) as caught:
        run(Attempts(time, error))
    assert caught.value is error


def test_error_that_is_not_ours_passes_through(time: FakeTime) -> None:
    with pytest.raises(ZeroDivisionError):
        run(Attempts(time, ZeroDivisionError()))


def test_final_error_keeps_its_cause(time: FakeTime) -> None:
    error = AAMThrottled("slow down", status=429)
    error.__cause__ = OSError("underneath")
    with pytest.raises(AAMThrottled) as caught:
        run(Attempts(time, error), max_attempts=1)
    assert isinstance(caught.value.__cause__, OSError)


def test_final_error_shows_where_the_attempt_failed(time: FakeTime) -> None:
    with pytest.raises(AAMServerError) as caught:
        run(Attempts(time, busy()), max_attempts=1)
    assert "raise self.errors.pop(0)" in [step.line for step in traceback.extract_tb(caught.value.__traceback__)]


def test_each_repetition_is_logged(time: FakeTime, caplog: pytest.LogCaptureFixture) -> None:
    run(Attempts(time, busy(retry_after_s=2.0)))
    assert caplog.messages[0].startswith("GET /v1/x: 503: busy. Retrying in 2.")
