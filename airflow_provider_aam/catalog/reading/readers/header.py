"""The header row of a table: its column names, and what is wrong with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from airflow_provider_aam.catalog.problems import Place, Problem
from airflow_provider_aam.catalog.reading.limits import spend


def check_header(header: Sequence[str], place: Place, findings: list[Problem]) -> bool:
    """Whether there is one. A column without a name is not an error here: only a value under it is."""
    if not any(header):
        findings.append(Problem(place=place, text="has no header row with column names"))
        return False
    spend("columns", len(header))
    findings.extend(
        Problem(place=place, text=f"the column {name!r} is a duplicate") for name in repeated(header) if name
    )
    return True


def repeated(names: Iterable[str]) -> list[str]:
    return sorted(name for name, times in Counter(names).items() if times > 1)
