"""What became of a create whose response was lost: looked up by its match key, never blindly repeated."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from airflow_provider_aam.api.collection import Collection, Records
from airflow_provider_aam.api.errors import AAMError, AAMOutcomeUnknown, Fate
from airflow_provider_aam.catalog.applying.existing import look_up
from airflow_provider_aam.catalog.plan.plan import Change


def settle(collection: Collection, change: Change, *, patience_s: float, sleep: Callable[[float], None]) -> Records:
    """:func:`look_up`, again after growing pauses of ``patience_s`` in all while nothing is there.

    A server that no one hears any more may still act, and lists may show a new object late.
    """
    for pause_s in _doubling(patience_s):
        sleep(pause_s)
        found = look_up(collection, change)
        if found:
            return found
    return []


def _doubling(total_s: float) -> list[float]:
    pauses = [0.0]
    while sum(pauses) < total_s:
        pauses.append(min(max(1.0, pauses[-1] * 2), total_s - sum(pauses)))
    return pauses


@contextmanager
def unknown_if_blind(lost: AAMError) -> Iterator[None]:
    """Whoever cannot look up what became of a lost write does not know it, whatever the lookup met."""
    try:
        yield
    except AAMError as blind:
        raise unknown(lost, f"The lookup failed as well: {blind.message}") from lost


def unknown(lost: AAMError, text: str) -> AAMOutcomeUnknown:
    return AAMOutcomeUnknown(f"{lost.message} {text}", fate=getattr(lost, "fate", Fate.UNKNOWN))
