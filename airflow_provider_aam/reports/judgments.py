"""What a population check found out about each object."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.reports.bounds import said
from airflow_provider_aam.reports.populations import Population

MOST_LINES = 50
WIDEST = 40


@dataclass(frozen=True, kw_only=True)
class Judgment:
    """``before`` is the last accepted value, if there is one. No ``problems``: all is well."""

    population: Population
    before: int | None = None
    problems: tuple[str, ...] = ()
    excess: float = 0.0

    @property
    def change(self) -> float | None:
        """Since the last accepted value, as a share of it: -0.5 is half as many."""
        value = self.population.value
        return None if not self.before or value is None else (value - self.before) / self.before

    def as_row(self) -> dict[str, Any]:
        return {
            "sid": self.population.sid,
            "integrationCode": self.population.code,
            "name": self.population.name,
            "value": self.population.value,
            "baseline": self.before,
            "change": None if self.change is None else round(self.change, 6),
            "problems": [*self.problems],
        }

    def __str__(self) -> str:
        who = one_line(self.population.code or self.population.name or "?")
        sid = f" (sid {self.population.sid})" if self.population.sid is not None else ""
        value = "" if self.population.value is None else f" {said(self.population.value)}"
        return f"{who}{sid}{value}: {'; '.join(self.problems)}"


def worst_first(judgments: Iterable[Judgment]) -> list[Judgment]:
    """Objects out of bounds by how far they are, then the others by how much they changed."""
    return sorted(
        judgments,
        key=lambda each: (
            not each.problems,
            -each.excess,
            -abs(each.change or 0),
            math.inf if each.population.sid is None else each.population.sid,
        ),
    )


def render(judgments: Sequence[Judgment], metric: str) -> Iterator[str]:
    """Lines of a table, at most :data:`MOST_LINES` objects."""
    head = ("sid", "code", "name", metric, "baseline", "change", "problem")
    rows = [head, *(_cells(each) for each in judgments[:MOST_LINES])]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    for row in rows:
        padded = [
            cell.ljust(width) if column in (1, 2, 6) else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(padded).rstrip()
    if len(judgments) > MOST_LINES:
        rest = judgments[MOST_LINES:]
        bad = sum(1 for each in rest if each.problems)
        yield f"… and {said(len(rest))} more, {said(bad)} of them out of bounds"


def _cells(judgment: Judgment) -> tuple[str, ...]:
    population = judgment.population
    return (
        str(population.sid or ""),
        _short(population.code or ""),
        _short(population.name),
        said(population.value) or "–",
        said(judgment.before) or "–",
        "" if judgment.change is None else f"{judgment.change:+.1%}",
        "; ".join(judgment.problems) or "ok",
    )


def _short(text: str) -> str:
    line = one_line(" ".join(text.split()))
    return line if len(line) <= WIDEST else f"{line[: WIDEST - 1]}…"
