"""Days as destinations and mappings write them: `yyyy-mm-dd`."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.collection import Row


def date_problems(values: Row) -> list[str]:
    """Return what is wrong with `startDate` and `endDate`; that the end must not be before the start is inferred."""
    days: dict[str, date] = {}
    found = []
    for name in ("startDate", "endDate"):
        if text := values.get(name):
            try:
                days[name] = date.fromisoformat(text)
            except ValueError:
                found.append(f"{name}: must be a date, yyyy-mm-dd")
    if len(days) == 2 and days["endDate"] < days["startDate"]:
        found.append("endDate: must not be before startDate")
    return found


def earlier(text: str, days: int) -> str:
    """Return the day so many days before."""
    return (date.fromisoformat(text) - timedelta(days=days)).isoformat()
