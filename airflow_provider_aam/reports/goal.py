"""A bound that the population of one trait or segment is to pass: one plain function, for every way of waiting."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Self

from airflow_provider_aam.api.errors import AAMArgumentError, AAMLookupFailed
from airflow_provider_aam.api.guide import Step
from airflow_provider_aam.api.numbers import whole_number
from airflow_provider_aam.api.resources import RESOURCES
from airflow_provider_aam.reports.bounds import is_amount, said
from airflow_provider_aam.reports.figures import Figures
from airflow_provider_aam.reports.question import choose_metric
from airflow_provider_aam.reports.selection import parse_kind


@dataclass(frozen=True, kw_only=True)
class Goal:
    """Met by a population of ``at_least`` so many, ``at_most`` so many, or both. JSON-safe by :meth:`as_json`."""

    kind: str
    sid: int
    metric: str
    at_least: float | None
    at_most: float | None

    @classmethod
    def parse(
        cls,
        *,
        kind: object,
        sid: object,
        metric: str | None = None,
        at_least: float | None = None,
        at_most: float | None = None,
    ) -> Self:
        """Raises :class:`AAMArgumentError` that names every problem."""
        problems: list[str] = []
        checked = parse_kind(problems, kind)
        number = whole_number(sid)
        if number is None:
            problems.append(f"sid must be AAM's id of one of the {checked}, not {sid!r}")
        bounds = {"at_least": at_least, "at_most": at_most}
        problems += [
            f"{name} must be a number, 0 or more, not {bound!r}"
            for name, bound in bounds.items()
            if bound is not None and not is_amount(bound)
        ]
        if at_least is None and at_most is None:
            problems.append("nothing to wait for: give at_least, at_most or both")
        if not problems and at_least is not None and at_most is not None and at_least > at_most:
            problems.append(f"at_least {said(at_least)} is above at_most {said(at_most)}")
        chosen = choose_metric(problems, checked, metric)
        if problems or number is None:
            raise AAMArgumentError.from_problems("The wait for a population", problems)
        return cls(kind=checked, sid=number, metric=chosen, at_least=at_least, at_most=at_most)

    def __str__(self) -> str:
        given = (("at least", self.at_least), ("at most", self.at_most))
        bounds = [f"{word} {said(bound)}" for word, bound in given if bound is not None]
        return f"{self.metric} of {self.kind.removesuffix('s')} {self.sid} to be {' and '.join(bounds)}"

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def value_in(self, figures: Figures) -> int | None:
        """``None`` when AAM sent no such figure. Raises :class:`AAMLookupFailed` when there is no such object."""
        if self.sid not in figures:
            one = self.kind.removesuffix("s")
            raise AAMLookupFailed(
                f"AAM has no {one} {self.sid}, or the technical account has no access to it. Correct sid, or give the "
                f"account access. {Step.TECHNICAL_USER.pointer}"
            )
        return figures[self.sid][[*RESOURCES[self.kind].metrics].index(self.metric)]

    def is_met(self, value: int | None) -> bool:
        return self._is_met(value, slack=0.0)

    def is_left(self, value: int | None, hysteresis: float) -> bool:
        """Whether a population that met it is clearly out again: by this share of the bound."""
        return value is not None and not self._is_met(value, slack=hysteresis)

    def _is_met(self, value: int | None, *, slack: float) -> bool:
        if value is None:
            return False
        large_enough = self.at_least is None or value >= self.at_least * (1 - slack)
        return large_enough and (self.at_most is None or value <= self.at_most * (1 + slack))
