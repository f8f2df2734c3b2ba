"""Reading again what was not complete: someone may change the account while it is read."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from airflow_provider_aam.api.errors import AAMIncomplete

ATTEMPTS = 3
T = TypeVar("T")


def until_complete(read: Callable[[], T], *, again: Callable[[AAMIncomplete, int], None] | None = None) -> T:
    """What ``read`` gives, tried :data:`ATTEMPTS` times at most; the last :class:`AAMIncomplete` is raised.

    ``again`` hears of each failed attempt before the next, with the number of that next one.
    """
    for attempt in range(2, ATTEMPTS + 1):
        try:
            return read()
        except AAMIncomplete as incomplete:
            if again is not None:
                again(incomplete, attempt)
    return read()
