"""Instants as AAM takes them."""

from __future__ import annotations

import calendar
from datetime import datetime

from airflow_provider_aam.api.errors import AAMArgumentError


def epoch_ms(instant: datetime | str, *, what: str) -> int:
    """Milliseconds since 1970, rounded down. AAM documents "epoch" without a unit; its audit fields are milliseconds.

    Raises :class:`AAMArgumentError` for text that is not ISO 8601 and for an instant without a time zone. ``what``
    names the argument in errors.
    """
    if isinstance(instant, str):
        try:
            instant = datetime.fromisoformat(instant)
        except ValueError as unreadable:
            raise AAMArgumentError(
                f"{what} {instant!r} is no ISO 8601 instant, like 2026-01-31T00:00:00Z."
            ) from unreadable
    if not isinstance(instant, datetime):
        raise AAMArgumentError(f"{what} must be an aware datetime or ISO 8601 text, not {instant!r}.")
    if instant.tzinfo is None:
        raise AAMArgumentError(f"{what} {instant.isoformat()} has no time zone; write it with one, like …Z or +01:00.")
    return calendar.timegm(instant.utctimetuple()) * 1000 + instant.microsecond // 1000
