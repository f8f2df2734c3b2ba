"""Which deliveries of a destination AAM has completed, by its history of outbound files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from airflow_provider_aam.api.moments import epoch_ms, parse_epoch, parse_moment, utc_now
from airflow_provider_aam.api.numbers import truth_of, whole_number

if TYPE_CHECKING:
    from airflow_provider_aam.api.client import AAMClient

LOOK_BACK_DAYS = 8
"""So long Adobe keeps outbound files."""


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One row of the history. ``key`` tells it from others: other files of a push, and other tries of a file."""

    key: str
    file: str
    success: bool
    received: int | None
    sent: int | None
    begun_at: datetime | None
    ended_at: datetime

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self | None:
        """``None`` for one that has not ended [inferred: such a row has no ``endTime``]."""
        begun, ended = (parse_epoch(row.get(each) or None) for each in ("startTime", "endTime"))
        if ended is None:
            return None
        name = str(row.get("dataFileName") or "")
        return cls(
            key=f"{row.get('pushID') or ''} {name} {epoch_ms(ended)}",
            file=name,
            success=truth_of(row.get("success")) is True,
            received=whole_number(row.get("receivedRecords")),
            sent=whole_number(row.get("successRecords")),
            begun_at=begun,
            ended_at=ended,
        )

    def as_json(self) -> dict[str, Any]:
        return {
            "file": self.file,
            "success": self.success,
            "received": self.received,
            "sent": self.sent,
            "begun_at": self.begun_at and self.begun_at.isoformat(),
            "ended_at": self.ended_at.isoformat(),
        }


def read_deliveries(client: AAMClient, destination: int, *, since: datetime | None = None) -> Sequence[Delivery]:
    """Those that have ended in the last :data:`LOOK_BACK_DAYS` days, or ``since``, the oldest first. One request."""
    now = utc_now()
    start = parse_moment(since, what="since") if since else now.subtract(days=LOOK_BACK_DAYS)
    dates = {"startDate": epoch_ms(start), "endDate": epoch_ms(now)}
    rows = client.destinations.call("outbound_history", destination, **dates)
    told = [delivery for row in rows if (delivery := Delivery.of(row)) is not None]
    ended = [delivery for delivery in told if delivery.ended_at <= now]
    return sorted(ended, key=lambda each: (each.ended_at, each.key))
