"""Warnings about rows that need no look at the account."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from airflow_provider_aam.catalog.checking.check import Checked, lacking
from airflow_provider_aam.catalog.kinds import Kind
from airflow_provider_aam.catalog.problems import Problem
from airflow_provider_aam.catalog.rules import segment_rule


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


def partial_rows(checked: Mapping[Kind, Sequence[Checked]]) -> Iterator[str]:
    """Rows that cannot make an object. Whether AAM has theirs, only a plan can tell."""
    for kind, rows in checked.items():
        found = [(item, said) for item in rows if item.is_sound and (said := _lacking(kind, item.given))]
        if found:
            count = "1 row" if len(found) == 1 else f"{len(found)} rows"
            (first, said), *_ = found
            new = f"can only update a {kind.name} that AAM has; a new one needs more"
            yield f"{count} of {kind.key} {new} (first: {first.row.place}: {said})"


def _lacking(kind: Kind, given: Mapping[str, Any]) -> str:
    creatable = all(given.get(name) in {None, *allowed} for name, allowed in kind.prunable.items())
    if kind.is_tree or kind.id_field in given or not creatable:
        return ""
    return lacking(kind, given) or "; ".join(kind.model.missing(given))
