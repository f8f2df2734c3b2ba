"""Which hours of a Customer Data Feed are handed out, and which are missing: as values, for people and for XCom."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from airflow_provider_aam.api.counted import counted
from airflow_provider_aam.api.errors import AAMCheckFailed
from airflow_provider_aam.api.plain import Plain
from airflow_provider_aam.feeds.ledger import FeedFile, FeedInfo


class FeedState(enum.StrEnum):
    WAITING = "waiting"
    LATE = "late"
    """Still waiting, after the soft deadline."""
    COMPLETE = "complete"
    MISSING = "missing"
    """Nothing to hand out by the hard deadline."""


@dataclass(frozen=True, kw_only=True)
class FeedVerdict(Plain):
    """``files`` by hour; ``more`` hours are complete and left to the next run.

    ``again``: this task had been handed out its files before, and these are they. ``infos`` are done with by them.
    ``lacking`` says of the newest hours what is to come, ``overdue`` of old ones what should have been there long ago,
    and ``remarks`` what ``.info`` files say against themselves.
    """

    state: FeedState
    files: tuple[FeedFile, ...]
    infos: tuple[FeedInfo, ...]
    more: int
    again: bool
    lacking: tuple[str, ...]
    overdue: tuple[str, ...]
    remarks: tuple[str, ...]
    soft_deadline: datetime
    hard_deadline: datetime
    asked_at: datetime

    def as_json(self) -> dict[str, Any]:
        document = super().as_json()
        return {"state": document.pop("state"), "hours": [*self._hours()], **document}

    def as_asset_extra(self) -> dict[str, Any]:
        return {
            "hours": [each["hour"] for each in self._hours()],
            "files": len(self.files),
            "bytes": sum(file.bytes for file in self.files),
        }

    @property
    def is_final(self) -> bool:
        return self.state in (FeedState.COMPLETE, FeedState.MISSING)

    @property
    def is_late(self) -> bool:
        return self.state is FeedState.LATE

    @property
    def summary(self) -> str:
        """One line."""
        if self.state is FeedState.COMPLETE:
            extra = self.as_asset_extra()
            again = ", the same as at this task's earlier try" if self.again else ""
            more = f" {counted(self.more, 'more hour')} complete, for the next run." if self.more else ""
            return (
                f"Customer Data Feed: {counted(len(extra['hours']), 'hour')}, {counted(extra['files'], 'file')}, "
                f"{counted(extra['bytes'], 'byte')}{again}.{more}"
            )
        why = "; ".join(("no complete hour is left to hand out", *self.lacking))
        end = "" if self.is_final else f" This fails at {self.hard_deadline:%Y-%m-%d %H:%M} UTC."
        return f"Customer Data Feed: {self.state}: {why}.{end}"

    def table(self) -> Iterator[str]:
        """Lines for the log, one per hour, and one per reason to wait."""
        for each in self._hours():
            late = ", after other files of that hour" if each["late"] else ""
            yield f"{each['hour']}: {counted(each['files'], 'file')}, {counted(each['bytes'], 'byte')}{late}"
        yield from (f"  {reason}" for reason in self.lacking)

    def advice(self) -> Iterator[str]:
        """What to do, where there is something."""
        if self.overdue:
            yield (
                "Overdue: Ask Adobe to deliver these hours again while it still has them (8 days). An hour without "
                "events has no files; an hour whose files came in the folder of a later one has none of its own."
            )
        if self.state is FeedState.MISSING:
            yield (
                "Missing: Check whether the feed's folder has new hours, and whether another task that uses the same "
                "ledger was handed them out; then ask Adobe. It keeps files for 8 days, and a later run takes them."
            )

    def require_passed(self) -> None:
        """Raises :class:`AAMCheckFailed` that says what lacks, and what to do."""
        if self.state is not FeedState.MISSING:
            return
        lines = "".join(f"\n  {each}" for each in self.lacking)
        advice = "".join(f"\n{each}" for each in self.advice())
        end = f"{self.hard_deadline:%Y-%m-%d %H:%M} UTC"
        raise AAMCheckFailed(f"No complete hour of the Customer Data Feed was left by {end}.{lines}{advice}")

    def _hours(self) -> Iterator[dict[str, Any]]:
        for hour, group in groupby(self.files, key=lambda file: file.hour):
            files = [*group]
            yield {
                "hour": hour.isoformat(),
                "files": len(files),
                "bytes": sum(file.bytes for file in files),
                "late": any(file.late for file in files),
            }
