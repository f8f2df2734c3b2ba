"""What is wrong with a file of desired objects, and where: collected, so that everybody hears of everything at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from airflow_provider_aam.api.errors import AAMSourceError
from airflow_provider_aam.api.names import near_misses

MOST_SHOWN = 100


@dataclass(frozen=True, kw_only=True)
class Place:
    """``line`` counts from 1 in text files; ``row`` counts from 1 where there are no lines (Parquet, XCom)."""

    source: str
    line: int | None = None
    row: int | None = None

    def __str__(self) -> str:
        if self.line is not None:
            return f"{self.source}:{self.line}"
        return self.source if self.row is None else f"{self.source} row {self.row}"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """``field`` is the column or key it is about, if it is about one."""

    place: Place
    problem: str
    field: str | None = None

    def __str__(self) -> str:
        return f"{self.place}: {self.field}: {self.problem}" if self.field else f"{self.place}: {self.problem}"


def refuse(source: str, findings: Sequence[Finding]) -> None:
    """Raises :class:`AAMSourceError` with all ``findings``, in the order of the file; does nothing without any."""
    if not findings:
        return
    ordered = [str(finding) for finding in sorted(findings, key=_position)]
    count = "1 problem" if len(ordered) == 1 else f"{len(ordered)} problems"
    lines = "\n".join(f"  {text}" for text in ordered[:MOST_SHOWN])
    more = f"\n  … and {len(ordered) - MOST_SHOWN} more" if len(ordered) > MOST_SHOWN else ""
    raise AAMSourceError(f"{source} has {count}; nothing was changed in AAM.\n{lines}{more}", findings=tuple(ordered))


def near(word: str, known: Iterable[str]) -> str:
    """`` Did you mean “…”?`` with a leading blank, or nothing."""
    return near_misses([word], known, form="“{}”")


def _position(finding: Finding) -> tuple[str, int]:
    return finding.place.source, finding.place.line or finding.place.row or 0
