"""What of a day's outbound deliveries is there, as values, for people and for XCom."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from airflow_provider_aam.api.counted import counted
from airflow_provider_aam.api.errors import AAMCheckFailed
from airflow_provider_aam.api.plain import Plain
from airflow_provider_aam.api.visible import one_line

MOST_NAMED = 5


class DayState(enum.StrEnum):
    WAITING = "waiting"
    LATE = "late"
    """Still waiting, after the soft deadline."""
    COMPLETE = "complete"
    MISSING = "missing"
    """Not complete at the hard deadline."""
    BROKEN = "broken"
    """All there, and not what its ``.info`` file says."""


@dataclass(frozen=True, kw_only=True)
class DeliveredFile:
    """``lines`` as the ``.info`` file says, headers and blank lines included."""

    uri: str
    bytes: int
    lines: int | None = None
    md5: str | None = None


@dataclass(frozen=True, kw_only=True)
class BatchVerdict:
    """``sent_at`` by its name, ``arrived_at`` by the store; ``received`` and ``sent`` records by AAM's history."""

    batch: str
    mode: str
    sent_at: datetime
    arrived_at: datetime | None
    info_uri: str | None
    files: tuple[DeliveredFile, ...]
    bytes: int
    lines: int | None
    received: int | None
    sent: int | None
    lacking: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class OutboundVerdict(Plain):
    """As of ``asked_at``. ``lacking``: what is still to come of the day; that of a batch is in the batch."""

    day: str
    state: DayState
    batches: tuple[BatchVerdict, ...]
    lacking: tuple[str, ...]
    soft_deadline: datetime
    hard_deadline: datetime
    asked_at: datetime

    def as_asset_extra(self) -> dict[str, Any]:
        return {
            "day": self.day,
            "batches": [batch.batch for batch in self.batches],
            "files": sum(len(batch.files) for batch in self.batches),
            "bytes": sum(batch.bytes for batch in self.batches),
        }

    @property
    def is_final(self) -> bool:
        return self.state not in (DayState.WAITING, DayState.LATE)

    @property
    def is_late(self) -> bool:
        return self.state is DayState.LATE

    @property
    def summary(self) -> str:
        """One line."""
        about = f"Outbound delivery of {self.day}: {self.state}"
        if self.state is DayState.COMPLETE:
            files = sum(len(batch.files) for batch in self.batches)
            size = sum(batch.bytes for batch in self.batches)
            batches = f"{len(self.batches)} {'batch' if len(self.batches) == 1 else 'batches'}"
            return f"{about}: {batches}, {counted(files, 'file')}, {counted(size, 'byte')}."
        why = "; ".join(self.reasons())
        if self.is_final:
            return f"{about}: {why}."
        return f"{about}: {why}. This fails at {self.hard_deadline:%Y-%m-%d %H:%M} UTC."

    def reasons(self) -> Iterator[str]:
        """What is still to come."""
        yield from self.lacking
        for batch in self.batches:
            yield from (f"{one_line(batch.batch)}: {reason}" for reason in batch.lacking)

    def table(self) -> Iterator[str]:
        """Lines for the log, one per batch, and one per reason to wait."""
        for batch in self.batches:
            lines = "" if batch.lines is None else f", {counted(batch.lines, 'line')}"
            yield (
                f"{one_line(batch.batch)}: {batch.mode}, {counted(len(batch.files), 'file')}, "
                f"{counted(batch.bytes, 'byte')}{lines}{_arrival(batch)}"
            )
            if batch.received is not None and batch.sent is not None and batch.sent < batch.received:
                yield f"  AAM's history: {batch.sent:,} of {counted(batch.received, 'record')} sent"
        yield from (f"  {reason}" for reason in self.reasons())

    def advice(self) -> Iterator[str]:
        """What to do, where there is something."""
        if self.state is DayState.BROKEN:
            yield "Broken: The files differ from what AAM sent. Ask Adobe to send them again; it keeps them for 8 days."
        if self.state is DayState.MISSING:
            yield (
                "Missing: Check the destination's delivery history in the AAM UI, and whether another job moves the "
                "files away; after 24 hours ask Adobe. AAM keeps outbound files for 8 days."
            )

    def require_passed(self) -> None:
        """Raises :class:`AAMCheckFailed` that says what lacks, and what to do."""
        if self.state not in (DayState.MISSING, DayState.BROKEN):
            return
        reasons = [*self.reasons()]
        rest = [f"… and {len(reasons) - MOST_NAMED} more: see the table above"] if reasons[MOST_NAMED:] else []
        lines = "".join(f"\n  {each}" for each in [*reasons[:MOST_NAMED], *rest])
        advice = "".join(f"\n{each}" for each in self.advice())
        end = f"was not complete by {self.hard_deadline:%Y-%m-%d %H:%M} UTC"
        if self.state is DayState.BROKEN:
            end = "is broken"
        raise AAMCheckFailed(f"The outbound delivery of {self.day} {end}:{lines}{advice}")


def _arrival(batch: BatchVerdict) -> str:
    """Told where it is not on the day of its name."""
    sent, arrived = batch.sent_at, batch.arrived_at
    if arrived is None or arrived - sent < timedelta(hours=1):
        return f", of {sent:%Y-%m-%d %H:%M} UTC"
    return f", of {sent:%Y-%m-%d %H:%M} UTC, arrived {arrived:%Y-%m-%d %H:%M} UTC"
