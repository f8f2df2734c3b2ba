"""What is wrong with a file of desired objects, and where: collected, so that everybody hears of everything at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from airflow_provider_aam.api.counted import counted
from airflow_provider_aam.api.errors import AAMSourceError
from airflow_provider_aam.api.visible import one_line

MOST_SHOWN = 100


@dataclass(frozen=True, kw_only=True)
class Place:
    """``line`` counts from 1 in text files; ``row`` counts from 1 where there are no lines (Parquet, XCom)."""

    source: str
    line: int | None = None
    row: int | None = None

    def __str__(self) -> str:
        source = one_line(self.source)
        if self.line is not None:
            return f"{source}:{self.line}"
        return source if self.row is None else f"{source}, row {self.row}"


@dataclass(frozen=True, kw_only=True)
class Problem:
    """``field`` is the column or key it is about, if it is about one."""

    place: Place
    text: str
    field: str | None = None

    def __str__(self) -> str:
        about = f"{self.field}: {self.text}" if self.field else self.text
        return f"{self.place}: {one_line(about)}"


def refuse(source: str, findings: Sequence[Problem], *, more: str = "") -> None:
    """Raises :class:`AAMSourceError` with all ``findings``, in the order of the file; does nothing without any.

    ``more`` is said behind them.
    """
    if not findings:
        return
    ordered = in_order(findings)
    said = f"{one_line(source)} has {counted(len(ordered), 'problem')}. Nothing was changed in AAM."
    text = "\n".join(filter(None, (said, in_lines(ordered), more)))
    raise AAMSourceError(text, findings=tuple(ordered))


def in_order(findings: Sequence[Problem]) -> list[str]:
    """Each once, in the order of the files."""
    return [*dict.fromkeys(str(finding) for finding in sorted(findings, key=_position))]


def in_lines(texts: Sequence[str]) -> str:
    """One a line, indented; beyond :data:`MOST_SHOWN` they are counted."""
    more = [f"… and {len(texts) - MOST_SHOWN:,} more"] if len(texts) > MOST_SHOWN else []
    return "\n".join(f"  {one_line(text)}" for text in (*texts[:MOST_SHOWN], *more))


def _position(finding: Problem) -> tuple[str, int]:
    return finding.place.source, finding.place.line or finding.place.row or 0
