"""Time as AAM, HTTP and people write it, read and written with pendulum: UTC throughout."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from email.utils import parsedate_to_datetime

import pendulum
from pendulum import Date, DateTime

from airflow_provider_aam.api.errors import AAMArgumentError
from airflow_provider_aam.api.numbers import whole_number

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MS = 1000
_FIRST_MS, _LAST_MS = 10**11, 253_402_300_799_999
"""In 1973, and the last of the year 9999."""
KINDS = "an aware datetime or ISO 8601 text"
DAY_OR_MOMENT = "a date like 2026-01-31, nor a timestamp with a time zone, like 2026-01-31T12:00:00Z"


def utc_now() -> DateTime:
    return pendulum.now("UTC")


def parse_moment(
    given: object,
    *,
    what: str,
    text: str = "an ISO 8601 timestamp, like 2026-01-31T00:00:00Z",
    kinds: str = KINDS,
) -> DateTime:
    """The moment that an aware ``datetime`` or an ISO 8601 text with a time zone means.

    Raises :class:`AAMArgumentError` for everything else; ``what`` names the argument, ``text`` and ``kinds`` say what
    it can be.
    """
    if isinstance(given, str):
        moment: datetime | None = _parsed(str(given))
        if moment is None:
            raise AAMArgumentError(f"{what} {given!r} is not {text}.")
    elif isinstance(given, datetime):
        moment = given
    else:
        raise AAMArgumentError(f"{what} must be {kinds}, not {given!r}.")
    if moment.utcoffset() is None:
        raise AAMArgumentError(f"{what} {moment.isoformat()} has no time zone; write it with one, like …Z or +01:00.")
    try:
        return pendulum.instance(moment.astimezone(pendulum.UTC))
    except OverflowError as outside:
        raise AAMArgumentError(f"{what} {given!s} is outside of the years 1 to 9999.") from outside


def parse_deadline(given: object, since: datetime, *, what: str) -> DateTime:
    """A moment as :func:`parse_moment` reads it, or a ``timedelta`` after ``since``."""
    if isinstance(given, timedelta):
        return parse_moment(since + given, what=what)
    return parse_moment(given, what=what, kinds=f"a timedelta, {KINDS}")


def no_duration(given: object, *, what: str) -> Iterator[str]:
    """What is wrong with the argument ``what``, which is to be a ``timedelta``."""
    if not isinstance(given, timedelta):
        yield f"{what} is {given!r}; expected a timedelta, like timedelta(hours=1)"


def parse_deadlines(soft: object, hard: object, since: datetime) -> dict[str, datetime]:
    """Both by their arguments' names. Raises as :func:`parse_moment`, and where the soft one is the later one."""
    moments: dict[str, datetime] = {
        what: parse_deadline(given, since, what=what)
        for what, given in (("soft_deadline", soft), ("hard_deadline", hard))
    }
    if moments["soft_deadline"] > moments["hard_deadline"]:
        raise AAMArgumentError("soft_deadline is after hard_deadline")
    return moments


def _parsed(text: str) -> DateTime | None:
    """Pendulum reads ``now``, other dates, times, durations and intervals as well."""
    if _DATE.fullmatch(text):
        text = f"{text}T00:00:00"
    try:
        found = pendulum.parse(text, exact=True, tz=None) if text[:1].isdigit() else None
    except ValueError:
        return None
    return found if isinstance(found, DateTime) else None


def parse_day(given: object, *, what: str) -> DateTime:
    """Midnight of the UTC day of a moment, or of a date like ``2026-01-31``. Raises as :func:`parse_moment`."""
    if is_date(given):
        given = f"{given}T00:00:00Z"
    return parse_moment(given, what=what, text=DAY_OR_MOMENT, kinds=f"a date, {KINDS}").start_of("day")


def is_date(given: object) -> bool:
    """Whether it is a day without a time: a ``date``, or a text like ``2026-01-31``."""
    if isinstance(given, str):
        return _DATE.fullmatch(given) is not None
    return isinstance(given, date) and not isinstance(given, datetime)


def parse_date(text: str) -> Date | None:
    """A date like ``2026-01-31``; ``None`` for everything else."""
    try:
        found = pendulum.parse(text, exact=True) if _DATE.fullmatch(text) else None
    except ValueError:
        return None
    return found if isinstance(found, Date) else None


def epoch_ms(moment: DateTime) -> int:
    """Rounded down. AAM documents "epoch" without a unit; its audit fields are milliseconds."""
    return moment.int_timestamp * _MS + moment.microsecond // _MS


def of_epoch_ms(epoch_ms: int) -> DateTime:
    return pendulum.from_timestamp(epoch_ms // _MS).add(microseconds=epoch_ms % _MS * _MS)


def parse_epoch(value: object) -> DateTime | None:
    """Epoch milliseconds; smaller numbers are seconds, for Adobe's own example of the outbound history mixes them."""
    number = whole_number(value)
    if number is None or number > _LAST_MS:
        return None
    return of_epoch_ms(number if number >= _FIRST_MS else number * _MS)


def parse_http_date(text: str | None) -> DateTime | None:
    """Of a header; ``None`` when absent or unreadable."""
    try:
        return pendulum.instance(parsedate_to_datetime(text or ""))
    except (ValueError, TypeError, IndexError, OverflowError):  # what the standard library raises for broken dates
        return None


def in_words(duration: timedelta | float) -> str:
    """``2.0 s``; from a minute on ``3 minutes 5 seconds``; from an hour on ``1 hour 20 minutes``."""
    seconds = duration.total_seconds() if isinstance(duration, timedelta) else duration
    if seconds < 60:
        return f"{seconds:.1f} s"
    unit = 60 if seconds >= 3600 else 1
    return pendulum.duration(seconds=round(seconds / unit) * unit).in_words()
