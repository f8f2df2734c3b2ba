"""The header row of a table: its column names, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Sequence

from airflow_provider_aam.catalog.problems import Place, Problem


def check_header(header: Sequence[str], place: Place, findings: list[Problem]) -> bool:
    """Whether there is one. A column without a name is no error here: only a value under it is."""
    if not any(header):
        findings.append(Problem(place=place, text="has no header row with column names"))
        return False
    twice = sorted({name for name in header if name and header.count(name) > 1})
    findings.extend(Problem(place=place, text=f"the column {name!r} stands twice") for name in twice)
    return True
