"""What was sent to a destination: invented, one delivery a day, the same for one destination and day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.collection import Row

DAY_MS = 86_400_000
SENT_AT_MS = 2 * 3_600_000  # after midnight UTC
TOOK_MS = 95_000


def deliveries(destination: Row, start_ms: int, end_ms: int, mappings: int) -> list[dict[str, Any]]:
    """Return the deliveries of the days in `[start_ms, end_ms]`, not before the destination was made.

    Only S2S destinations get files. The field names are documented; what they hold is inferred.
    """
    if destination["destinationType"] != "S2S":
        return []
    first = max(start_ms, destination["createTime"]) - SENT_AT_MS
    days = range(-(-first // DAY_MS), (end_ms - SENT_AT_MS) // DAY_MS + 1)
    return [_delivery(destination, day, mappings) for day in days]


def _delivery(destination: Row, day: int, mappings: int) -> dict[str, Any]:
    key, start = destination["destinationId"], day * DAY_MS + SENT_AT_MS
    received = mappings * 1_000 + (key * 31 + day * 17) % 997
    return {
        "pushID": key * 100_000 + day,
        "orderID": key,
        "dataProviderID": destination["dataSourceId"],
        "syncType": "FULL" if day % 7 == 0 else "ITERATIVE",
        "fullPublish": day % 7 == 0,
        "receivedRecords": received,
        "attemptedRecords": received,
        "successRecords": received - received % 13,
        "startTime": start,
        "endTime": start + TOOK_MS,
        "dataFileName": f"ftp_{key}_{day}_{start}.sync.gz",
        "success": True,
    }
