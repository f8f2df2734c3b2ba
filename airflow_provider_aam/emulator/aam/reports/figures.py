"""The figures of a day: those of `includeMetrics` on the emulator's today, a little more or less on other days.

Whom inbound files added counts from the day on which AAM took the file in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_provider_aam.emulator.aam.traits.figures import segment_metrics, trait_metrics
from airflow_provider_aam.emulator.core.refusals import bad_request

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.call import Call
    from airflow_provider_aam.emulator.core.collection import Row
    from airflow_provider_aam.emulator.core.state import State

DAY_MS = 86_400_000
INTERVALS = ("1D", "7D", "14D", "30D", "60D", "90D")
_DESCRIBED = (
    "sid",
    "traitType",
    "name",
    "description",
    "status",
    "pid",
    "crUID",
    "upUID",
    "folderId",
    "dataSourceId",
    "createTime",
    "updateTime",
)
# What a row is ordered by, and whose change is looked at.
SIZES = {"traits": "uniques", "segments": "totalUniques"}


def interval_of(text: str) -> int:
    """Return the days of an interval, 1 when it is absent; 400 for one that AAM does not have."""
    text = text or "1D"
    if text not in INTERVALS:
        raise bad_request([f"interval: must be one of {', '.join(INTERVALS)}"])
    return int(text.removesuffix("D"))


def described(row: Row) -> dict[str, Any]:
    """Return what a report says of a trait or segment next to its figures."""
    return {name: row.get(name) for name in _DESCRIBED}


def today_of(state: State) -> int:
    """Return the emulator's day as epoch milliseconds of its UTC midnight."""
    return state.clock.now_ms() // DAY_MS * DAY_MS


def days(call: Call, start: int, end: int) -> list[int]:
    """Return the UTC midnights from `start` to `end`; there are no figures of days to come."""
    if start > end:
        raise bad_request(["startDate: must not be after endDate"])
    return list(range(-(-start // DAY_MS) * DAY_MS, min(end, today_of(call.state)) + 1, DAY_MS))


def figures(state: State, kind: str, row: Row, *, day: int, interval: int) -> dict[str, int]:
    """Return the figures of one day.

    Traits have `count`, `uniques`, `populationCount`, `populationUniques` [client]; segments `instantUniques` and
    `totalUniques` (inferred). That the population is the lifetime figure is inferred too.
    """
    age = (today_of(state) - day) // DAY_MS
    percent = 100 if age == 0 else 85 + (row["sid"] * 31 + age * 17) % 31
    at_ms = min(state.clock.now_ms(), day + DAY_MS - 1)
    if kind == "traits":
        metrics = trait_metrics(state, row, percent=percent, at_ms=at_ms)
        asked = {
            "count": f"count{interval}Day",
            "uniques": f"uniques{interval}Day",
            "populationCount": "countLifetime",
            "populationUniques": "uniquesLifetime",
        }
    else:
        metrics = segment_metrics(state, row, percent=percent, at_ms=at_ms)
        asked = {name: f"{name}{interval}Day" for name in ("instantUniques", "totalUniques")}
    return {name: metrics[metric] for name, metric in asked.items()}
