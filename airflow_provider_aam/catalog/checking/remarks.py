"""What is worth a word about rows, and needs no look at the account."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from airflow_provider_aam.catalog.checking.check import Checked
from airflow_provider_aam.catalog.kinds import Kind
from airflow_provider_aam.catalog.problems import Problem
from airflow_provider_aam.catalog.rules import segment_rule


def discouraged(rows: Sequence[Checked], kind: Kind) -> Iterator[str]:
    """Characters that Adobe advises against."""
    for name, marks in kind.discouraged.items():
        found = [item for item in rows if any(mark in (item.row.get(name) or "") for mark in marks)]
        if found:
            first = f"“{found[0].given[name]}”, {found[0].row.place}"
            yield f"Adobe advises against {' '.join(marks)} in a {name}; {len(found)} rows have one (first: {first})"


def repeated(checked: Mapping[Kind, Sequence[Checked]]) -> Iterator[Problem]:
    """Rules that name something twice."""
    for kind, rows in checked.items():
        for name in kind.rules:
            for item in rows:
                for problem in segment_rule.find_repetitions(str(item.row.get(name) or "")):
                    yield Problem(place=item.row.place_of(name), field=name, text=f"{problem}: name it once")


def kept_repetitions(checked: Mapping[Kind, Sequence[Checked]]) -> Iterator[str]:
    """What is repeated in rules of which a plan changes nothing: AAM holds them as they are."""
    found = [*repeated(checked)]
    if found:
        yield f"{len(found)} repetitions in rules that AAM holds already; first: {found[0]}"


def remarks_of(checked: Mapping[Kind, Sequence[Checked]]) -> Iterator[str]:
    """What the offline check has to say of rows that are right."""
    for kind, rows in checked.items():
        yield from discouraged(rows, kind)
