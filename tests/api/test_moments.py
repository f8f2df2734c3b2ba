"""Moments, days and durations as they are read and shown."""

from __future__ import annotations

import contextlib
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pendulum
import pytest
from dateutil import tz
from hypothesis import given
from hypothesis import strategies as st

from airflow_provider_aam.api.errors import AAMArgumentError
from airflow_provider_aam.api.moments import (
    epoch_ms,
    in_words,
    of_epoch_ms,
    parse_day,
    parse_deadline,
    parse_http_date,
    parse_moment,
    utc_now,
)

MOMENT = datetime(2026, 1, 31, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "given",
    [
        MOMENT,
        MOMENT.astimezone(timezone(timedelta(hours=5, minutes=45))),
        MOMENT.astimezone(ZoneInfo("Europe/Paris")),
        MOMENT.astimezone(tz.gettz("America/New_York")),
        pendulum.instance(MOMENT, tz="Asia/Tokyo"),
        "2026-01-31T12:30:00Z",
        "2026-01-31T12:30Z",
        "2026-01-31 12:30:00+00:00",
        "2026-01-31T13:30:00.000+01:00",
        "2026-01-31T13:30:00+0100",
        "20260131T123000Z",
    ],
)
def test_moment_is_read_as_utc(given: object) -> None:
    moment = parse_moment(given, what="x")
    assert (moment, moment.isoformat()) == (MOMENT, "2026-01-31T12:30:00+00:00")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        *(
            (text, "x '.*' is not an ISO 8601 timestamp, like 2026-01-31T00:00:00Z")
            for text in (
                "now", "today", "yesterday", "", "2026", "2026-01", "20260131", "2026-031", "2026-W05-6", "12:30",
                "T12:30Z", "P1D", "PT1H", "2026-01-01/2026-01-02", "2026-01-01T00:00:00Z/P1D", "2026-02-30",
                "2026-02-30T00:00:00Z",
                "2026-01-31T25:00:00Z", "2026-01-31T12:30:00 UTC", "2026-01-31T12:30:00+01:00[Europe/Paris]",
                "٢٠٢٦-01-31T00:00:00Z", "1767225600", "1767225600000", " 2026-01-31T00:00:00Z", "31/01/2026 12:30",
            )
        ),
        ("2026-01-31", "x 2026-01-31T00:00:00 has no time zone"),
        ("2026-01-31T12:30:00", "x 2026-01-31T12:30:00 has no time zone"),
        (datetime(2026, 1, 31), "x 2026-01-31T00:00:00 has no time zone"),  # noqa: DTZ001
        (pendulum.naive(2026, 1, 31), "x 2026-01-31T00:00:00 has no time zone"),
        (date(2026, 1, 31), "x must be an aware datetime or ISO 8601 text, not datetime.date"),
        (1767225600, "x must be an aware datetime or ISO 8601 text, not 1767225600"),
        (True, "x must be an aware datetime"),
        ("0001-01-01T00:00:00+14:00", "x 0001-01-01T00:00:00.14:00 is outside of the years 1 to 9999"),
        ("9999-12-31T23:59:59-12:00", "is outside of the years 1 to 9999"),
    ],
)  # fmt: skip
def test_what_is_no_moment_is_refused(given: object, said: str) -> None:
    with pytest.raises(AAMArgumentError, match=said):
        parse_moment(given, what="x")


@given(st.text(max_size=30))
def test_any_text_is_a_moment_or_refused(text: str) -> None:
    with contextlib.suppress(AAMArgumentError):
        assert parse_moment(text, what="x").utcoffset() == timedelta(0)


@pytest.mark.parametrize("given", ["2026-01-31", MOMENT, "2026-02-01T00:30:00+02:00", "2026-01-31T23:59:59.999Z"])
def test_day_begins_at_midnight_utc(given: object) -> None:
    assert parse_day(given, what="x") == datetime(2026, 1, 31, tzinfo=UTC)


@pytest.mark.parametrize("given", ["2026-01", "2026", "2026-W05", "2026-02-30", "٢٠٢٦-01-31"])
def test_what_is_no_day_is_refused(given: str) -> None:
    with pytest.raises(AAMArgumentError, match="is not a date like 2026-01-31, nor a timestamp with a time zone"):
        parse_day(given, what="x")


def test_a_date_is_its_day() -> None:
    assert parse_day(date(2026, 1, 31), what="x") == datetime(2026, 1, 31, tzinfo=UTC)


def test_what_a_day_and_a_deadline_can_be_is_said() -> None:
    with pytest.raises(AAMArgumentError, match="x must be a date, an aware datetime or ISO 8601 text, not 5"):
        parse_day(5, what="x")
    with pytest.raises(AAMArgumentError, match="x must be a timedelta, an aware datetime or ISO 8601 text, not 48"):
        parse_deadline(48, datetime(2026, 1, 31, tzinfo=UTC), what="x")


@given(st.datetimes(timezones=st.just(UTC)))
def test_milliseconds_are_those_since_1970_rounded_down(moment: datetime) -> None:
    ms = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    assert epoch_ms(pendulum.instance(moment)) == ms
    assert of_epoch_ms(ms) == moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def test_now_is_a_datetime_in_utc() -> None:
    assert isinstance(utc_now(), datetime)
    assert utc_now().utcoffset() == timedelta(0)


@pytest.mark.parametrize("text", [None, "", "soon", "Fri, 02 Jan 99999 03:00:00 GMT"])
def test_http_date_may_be_unreadable(text: str | None) -> None:
    assert parse_http_date(text) is None


def test_http_date_without_a_zone_is_utc() -> None:
    assert parse_http_date("Sat, 31 Jan 2026 12:30:00 -0000") == MOMENT


@pytest.mark.parametrize(
    ("duration", "words"),
    [
        (2, "2.0 s"),
        (59.94, "59.9 s"),
        (60, "1 minute"),
        (185.4, "3 minutes 5 seconds"),
        (timedelta(hours=23, minutes=59), "23 hours 59 minutes"),
        (4825, "1 hour 20 minutes"),
        (timedelta(days=1), "1 day"),
        (86_399, "1 day"),
    ],
)
def test_durations_are_shown_in_words(duration: timedelta | float, words: str) -> None:
    assert in_words(duration) == words
