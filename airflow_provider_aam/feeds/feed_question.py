"""What is asked about a Customer Data Feed: where it is, who asks, what proves an hour complete, until when to wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self, get_args

from airflow_provider_aam.api.errors import AAMArgumentError
from airflow_provider_aam.api.moments import no_duration, parse_deadlines
from airflow_provider_aam.api.numbers import too_small
from airflow_provider_aam.api.plain import Plain
from airflow_provider_aam.feeds.outbound_question import InfoUse, unknown

SOFT, HARD = timedelta(hours=6), timedelta(hours=24)
"""After the run began. AAM tries to deliver every hour, and does not promise it."""
QUIET = timedelta(hours=1)
WARN_AFTER = timedelta(days=5)


@dataclass(frozen=True, kw_only=True)
class FeedQuestion(Plain):
    """``owner`` is the task instance that hours are handed out to. JSON-safe by :meth:`as_json`, without secrets."""

    source: str
    owner: str
    info: InfoUse
    quiet_s: float
    max_hours: int
    warn_after_s: float
    soft_deadline: datetime
    hard_deadline: datetime

    @classmethod
    def of(
        cls,
        *,
        source: str,
        owner: str,
        since: datetime,
        info: str = "expected",
        quiet_period: timedelta = QUIET,
        max_hours: int = 6,
        warn_after: timedelta = WARN_AFTER,
        soft_deadline: object = SOFT,
        hard_deadline: object = HARD,
    ) -> Self:
        """Deadlines are moments, or durations after ``since``. Raises :class:`AAMArgumentError`."""
        problems = [
            *unknown("info", info, get_args(InfoUse)),
            *too_small("max_hours", max_hours, 1),
            *no_duration(quiet_period, what="quiet_period"),
            *no_duration(warn_after, what="warn_after"),
        ]
        try:
            moments = parse_deadlines(soft_deadline, hard_deadline, since)
        except AAMArgumentError as refused:
            problems.append(refused.message)
        if problems:
            raise AAMArgumentError.from_problems("The wait for a Customer Data Feed", problems)
        return cls(
            source=source.rstrip("/"),
            owner=owner,
            info=info,  # type: ignore[arg-type]
            quiet_s=quiet_period.total_seconds(),
            max_hours=max_hours,
            warn_after_s=warn_after.total_seconds(),
            **moments,
        )
