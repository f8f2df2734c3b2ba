"""What AAM made of each file of a push, as values, for people and for XCom."""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from airflow_provider_aam.api.counted import counted
from airflow_provider_aam.api.errors import AAMCheckFailed
from airflow_provider_aam.api.plain import Plain
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.members.judging.categories import EXPLANATIONS

MOST_NAMED = 5
"""Bad files that an error names; the table in the log has all of them."""


class State(enum.StrEnum):
    """Of one file."""

    WAITING = "waiting"
    LATE = "late"
    """Still waiting, after the soft deadline."""
    PROCESSED = "processed"
    DUPLICATE = "duplicate"
    """Processed more than once; the last time counts. That changes no membership, but something uploads twice."""
    PARTIAL = "partial"
    """Processed, and more of its records were not stored than allowed."""
    REJECTED = "rejected"
    """Not processed, by AAM's own word or because it took the file away without one."""
    MISSING = "missing"
    """Not processed until the hard deadline."""


_OPEN = (State.WAITING, State.LATE)
_GOOD = (State.PROCESSED, State.DUPLICATE)
_REMEDIES = {
    State.REJECTED: "AAM removes files whose name or content it cannot use: check that the upload is complete "
    "(airflow-aam members verify), then push again.",
    State.MISSING: "Check in the AAM UI (Onboarding Status Report) that the data source takes inbound files, and with "
    "Adobe that the folder is yours and the upload's ACL lets AAM read it.",
    State.DUPLICATE: "Check what uploads the file a second time: a retry of the push after AAM had picked it up, or "
    "another program.",
}


@dataclass(frozen=True, kw_only=True)
class FileVerdict:
    """``note``: what has been seen of it. ``errors`` by category; ``None``: AAM did not say."""

    name: str
    state: State
    note: str = ""
    problems: tuple[str, ...] = ()
    begun_at: datetime | None = None
    received: int | None = None
    stored: int | None = None
    percent_success: float | None = None
    errors: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_bad(self) -> bool:
        return self.state not in (*_OPEN, *_GOOD)

    def __str__(self) -> str:
        return one_line(f"{self.name}: {self.state}{': ' if self.problems else ''}{'; '.join(self.problems)}")


@dataclass(frozen=True, kw_only=True)
class Verdict(Plain):
    """As of ``asked_at``."""

    batch: int
    data_source: int
    files: tuple[FileVerdict, ...]
    soft_deadline: datetime
    hard_deadline: datetime
    asked_at: datetime

    @property
    def is_final(self) -> bool:
        """Nothing is waited for: all files are processed, or one of them is bad."""
        return any(file.is_bad for file in self.files) or not self.is_open

    @property
    def is_open(self) -> bool:
        return any(file.state in _OPEN for file in self.files)

    @property
    def is_late(self) -> bool:
        return any(file.state is State.LATE for file in self.files)

    @property
    def errors(self) -> Counter[str]:
        """Records by category, of all files."""
        total: Counter[str] = Counter()
        for file in self.files:
            total.update(file.errors)
        return total

    def require_passed(self) -> None:
        """Raises :class:`AAMCheckFailed` that names the bad files, and says what to do."""
        bad = [file for file in self.files if file.is_bad]
        if not bad:
            return
        rest = f"\n  … and {len(bad) - MOST_NAMED} more: see the table above" if len(bad) > MOST_NAMED else ""
        lines = "".join(f"\n  {file}" for file in bad[:MOST_NAMED])
        advice = "".join(f"\n{each}" for each in self.advice())
        good = sum(file.state in _GOOD for file in self.files)
        raise AAMCheckFailed(
            f"AAM did not take {len(bad)} of {counted(len(self.files), 'inbound file')} of batch {self.batch} as it "
            f"should: {self.counts}. {self._in_aam(good, bad)}{lines}{rest}{advice}"
        )

    @property
    def counts(self) -> str:
        """``2 processed, 1 partial``."""
        states = Counter(file.state for file in self.files)
        return ", ".join(f"{states[state]:,} {state}" for state in State if states[state])

    @property
    def summary(self) -> str:
        """One line."""
        if not self.files:
            return f"Batch {self.batch} has no file: there is nothing to wait for."
        ends = "" if not self.is_open else f"; this fails at {self.hard_deadline:%Y-%m-%d %H:%M} UTC"
        return f"Inbound files of batch {self.batch} (data source {self.data_source}): {self.counts}{ends}."

    def advice(self) -> Iterator[str]:
        """What each category and each state means, and what to do about it."""
        for name, count in self.errors.most_common():
            if count:
                category = EXPLANATIONS[name]
                yield f"{category.label} ({counted(count, 'record')}): {category.meaning} {category.remedy}"
        states = {file.state for file in self.files}
        yield from (f"{state.capitalize()}: {remedy}" for state, remedy in _REMEDIES.items() if state in states)

    def as_asset_extra(self) -> dict[str, Any]:
        """What an Asset event should carry."""
        received, stored = (sum(getattr(file, name) or 0 for file in self.files) for name in ("received", "stored"))
        return {"batch": self.batch, "files": len(self.files), "received": received, "stored": stored}

    def table(self) -> Iterator[str]:
        """Lines for the log, a file each, below their heads."""
        heads = ("file", "state", "received", "stored", "success", "not stored, or seen")
        rows = [heads, *map(_cells, self.files)]
        widths = [max(len(row[column]) for row in rows) for column in range(len(heads))]
        for row in rows:
            cells = (
                cell.rjust(width) if column in (2, 3, 4) else cell.ljust(width)
                for column, (cell, width) in enumerate(zip(row, widths, strict=True))
            )
            yield "  ".join(cells).rstrip()

    def _in_aam(self, good: int, bad: list[FileVerdict]) -> str:
        """What of it has arrived."""
        partial = sum(file.state is State.PARTIAL for file in bad)
        stays = [f"{good:,} processed"] if good else []
        stays += [f"the stored records of {counted(partial, 'partial file')}"] if partial else []
        return f"In AAM and staying there: {' and '.join(stays)}." if stays else "Nothing of it is known to be in AAM."


def _cells(file: FileVerdict) -> tuple[str, ...]:
    why = [f"{EXPLANATIONS[name].label} {count:,}" for name, count in file.errors.items() if count]
    return (
        one_line(file.name),
        str(file.state),
        _shown(file.received),
        _shown(file.stored),
        "–" if file.percent_success is None else f"{file.percent_success:.1f} %",
        one_line("; ".join([*why, *file.problems] or [file.note])),
    )


def _shown(count: int | None) -> str:
    return "–" if count is None else f"{count:,}"
