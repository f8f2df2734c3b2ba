"""What is asked about the outbound deliveries of a day: whose files, what proves them complete, until when to wait."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import Literal, Self, get_args

from airflow_provider_aam.api.errors import AAMArgumentError
from airflow_provider_aam.api.moments import no_duration, parse_day, parse_deadlines
from airflow_provider_aam.api.numbers import too_small
from airflow_provider_aam.api.plain import Plain
from airflow_provider_aam.feeds.names import STAMP_DIGITS, OutboundName, Unit, readings

SyncMode = Literal["any", "full", "iter"]
InfoUse = Literal["required", "expected", "ignored"]
SOFT, HARD = timedelta(hours=24), timedelta(hours=62)
"""After the day began. AAM delivers at about 14:00 UTC; Adobe looks into it 48 hours later."""
QUIET = timedelta(minutes=30)


@dataclass(frozen=True, kw_only=True)
class OutboundQuestion(Plain):
    """``day`` is its midnight, UTC. JSON-safe by :meth:`as_json`; nothing in it is secret, deadlines are moments."""

    folder: str
    day: datetime
    destination: int | None
    pattern: str | None
    sync_mode: SyncMode
    timestamp_unit: Unit | None
    info: InfoUse
    batches: int
    quiet_s: float
    soft_deadline: datetime
    hard_deadline: datetime

    @classmethod
    def of(
        cls,
        *,
        folder: str,
        day: object,
        destination: int | str | None = None,
        pattern: str | None = None,
        sync_mode: str = "any",
        timestamp_unit: str | None = None,
        info: str = "expected",
        batches: int = 1,
        quiet_period: timedelta = QUIET,
        soft_deadline: object = SOFT,
        hard_deadline: object = HARD,
    ) -> Self:
        """Deadlines are moments, or durations after the day began. Raises :class:`AAMArgumentError`."""
        problems = [
            *unknown("sync_mode", sync_mode, get_args(SyncMode)),
            *unknown("info", info, get_args(InfoUse)),
            *unknown("timestamp_unit", timestamp_unit, (None, *STAMP_DIGITS)),
            *too_small("batches", batches, 1),
            *no_duration(quiet_period, what="quiet_period"),
        ]
        if destination is not None and not str(destination).isdecimal():
            problems.append(f"destination is {destination!r}; expected the id of a destination")
        if destination is None and info != "required":
            problems.append(
                f"info={info!r} needs the destination: without an .info file AAM's history of it decides; "
                "give its id, or set info='required'"
            )
        try:
            midnight = parse_day(day, what="day")
            moments = parse_deadlines(soft_deadline, hard_deadline, midnight)
        except AAMArgumentError as refused:
            problems.append(refused.message)
        if problems:
            raise AAMArgumentError.from_problems("The wait for an outbound delivery", problems)
        return cls(
            folder=folder.rstrip("/"),
            day=midnight,
            destination=None if destination is None else int(destination),
            pattern=pattern,
            sync_mode=sync_mode,  # type: ignore[arg-type]
            timestamp_unit=timestamp_unit,  # type: ignore[arg-type]
            info=info,  # type: ignore[arg-type]
            batches=batches,
            quiet_s=quiet_period.total_seconds(),
            **moments,
        )

    def names(self, text: str) -> tuple[OutboundName, ...]:
        """The readings of a file name that it is about, of any day.

        Without a pattern those with the destination's id among their numbers [inferred from Adobe's template]. An
        ``.info`` file may have another mode than its data.
        """
        if self.pattern is not None and not fnmatchcase(text, self.pattern):
            return ()
        own = self.destination if self.pattern is None else None
        return tuple(
            name
            for name in readings(text)
            if (own is None or own in name.numbers) and (name.is_info or self.sync_mode in ("any", name.mode))
        )


def unknown(what: str, given: object, known: tuple[object, ...]) -> Iterator[str]:
    if given not in known:
        yield f"{what} is {given!r}; expected one of {', '.join(map(repr, known))}"
