"""How much one file may hold, counted while it is read: a small file can unpack to more than the memory holds."""

from __future__ import annotations

import os
from collections.abc import Iterable

from airflow_provider_aam.catalog.problems import Problem

OPTION = "AAM_READ_LIMITS"
"""The environment variable: a number by which every limit is multiplied."""
LIMITS = {
    "bytes, unpacked": 64 * 2**20,
    "bytes of sheets, unpacked": 256 * 2**20,
    "rows": 250_000,
    "columns": 1_000,
    "values": 5_000_000,
    "merged keys and list items": 2_000_000,
    "problems": 10_000,
}


class TooMuch(Exception):
    """A file holds more than one of the limits."""


def most(what: str) -> int:
    factor = os.environ.get(OPTION, "1").strip()
    return LIMITS[what] * (int(factor) if factor.isdecimal() and factor != "0" else 1)


def spend(what: str, count: int) -> None:
    """Raises :class:`TooMuch` when ``count`` is more than a file may hold."""
    if count > (limit := most(what)):
        raise TooMuch(f"has more than {limit:,} {what}. Split the file, or set {OPTION}=10 to allow ten times as much.")


class Findings(list[Problem]):
    """Those of one file; too many of them end the reading."""

    def append(self, problem: Problem) -> None:
        super().append(problem)
        spend("problems", len(self))

    def extend(self, problems: Iterable[Problem]) -> None:
        for problem in problems:
            self.append(problem)

    def __iadd__(self, problems: Iterable[Problem]) -> Findings:  # type: ignore[override,misc]
        self.extend(problems)
        return self
