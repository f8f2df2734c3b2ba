"""What a population check asks, checked before AAM is asked for anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from airflow_provider_aam.api.errors import AAMArgumentError
from airflow_provider_aam.api.names import near_misses
from airflow_provider_aam.api.reports import REPORTED
from airflow_provider_aam.api.resources import RESOURCES
from airflow_provider_aam.reports.bounds import NAMES, BoundsBook
from airflow_provider_aam.reports.selection import Selection

USUAL_METRIC = {"traits": "uniques30Day", "segments": "totalUniques30Day"}


@dataclass(frozen=True, kw_only=True)
class Question:
    """Which objects, which figure of them, and what is allowed."""

    selection: Selection
    metric: str
    bounds: BoundsBook

    @classmethod
    def parse(
        cls, *, metric: str | None = None, bounds: object = None, has_baseline: bool = False, **given: Any
    ) -> Self:
        """``given`` are the arguments of :meth:`Selection.parse` and the four bounds.

        Raises :class:`AAMArgumentError` that names every problem.
        """
        problems: list[str] = []
        usual = {name: given.pop(name, None) for name in NAMES}
        selection = Selection.parse(problems, **given)
        book = BoundsBook.parse(problems, usual, bounds)
        if not book.are_given and not has_baseline and not problems:
            problems.append(f"nothing to judge by: give some of {', '.join(NAMES)}, bounds and baseline")
        if book.are_relative and not has_baseline:
            problems.append("max_drop and max_rise compare with a baseline: give the path of its file")
        metric = choose_metric(problems, selection.kind, metric)
        if problems:
            raise AAMArgumentError.from_problems("population check", problems)
        return cls(selection=selection, metric=metric, bounds=book)


def choose_metric(problems: list[str], kind: str, metric: str | None) -> str:
    """The usual one if none is given."""
    if kind in REPORTED:
        metric = metric or USUAL_METRIC[kind]
        known = RESOURCES[kind].metrics
        if metric not in known:
            near = near_misses([str(metric)], known)
            problems.append(f"{kind} have no metric {metric!r}.{near} Known: {', '.join(known)}")
    return str(metric)


def strangers_refused(unknown: list[str], selection: Selection, keys: set[str]) -> AAMArgumentError:
    """Of bounds for objects that are not there: they would be ignored silently."""
    problems = [
        f"bounds[{key!r}]: no such sid or code among the {selection}.{near_misses([key], keys)}" for key in unknown
    ]
    return AAMArgumentError.from_problems("population check", problems)
