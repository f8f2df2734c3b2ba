"""The header row of a table: its column names, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Sequence

from airflow_provider_aam.catalog.problems import Finding, Place


def check_header(header: Sequence[str], place: Place, findings: list[Finding]) -> bool:
    """Whether there is one. A column without a name is no error here: only a value under it is."""
    if not any(header):
        findings.append(Finding(place=place, problem="has no header row with column names"))
        return False
    twice = sorted({name for name in header if name and header.count(name) > 1})
    findings.extend(Finding(place=place, problem=f"the column {name!r} stands twice") for name in twice)
    return True
