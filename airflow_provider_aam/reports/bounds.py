"""How large and how changed a population may be."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Self, TypeGuard

from airflow_provider_aam.api.names import near_misses
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.reports.populations import Population


@dataclass(frozen=True, kw_only=True)
class Breach:
    """``excess`` orders problems: how far beyond the bound, as a share of it."""

    text: str
    excess: float


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """``None``: no bound. ``max_drop`` and ``max_rise`` are shares of the last accepted value: 0.2 is a fifth."""

    minimum: float | None = None
    maximum: float | None = None
    max_drop: float | None = None
    max_rise: float | None = None

    @property
    def are_given(self) -> bool:
        return self != Bounds()

    @property
    def are_relative(self) -> bool:
        return self.max_drop is not None or self.max_rise is not None

    def judge(self, value: int, before: int | None) -> tuple[Breach, ...]:
        """What is wrong with ``value``. Without an accepted value, or one of 0, there is no share to judge by."""
        found = []
        if self.minimum is not None and value < self.minimum:
            excess = (self.minimum - value) / self.minimum
            found.append(Breach(text=f"below the minimum {said(self.minimum)}", excess=excess))
        if self.maximum is not None and value > self.maximum:
            excess = (value - self.maximum) / max(self.maximum, 1)
            found.append(Breach(text=f"above the maximum {said(self.maximum)}", excess=excess))
        change = (value - before) / before if before else 0.0
        if self.max_drop is not None and -change > self.max_drop:
            text = f"dropped by {_percent(-change)}, max_drop is {_percent(self.max_drop)}"
            found.append(Breach(text=text, excess=-change - self.max_drop))
        if self.max_rise is not None and change > self.max_rise:
            text = f"rose by {_percent(change)}, max_rise is {_percent(self.max_rise)}"
            found.append(Breach(text=text, excess=change - self.max_rise))
        return tuple(found)


NAMES = tuple(each.name for each in fields(Bounds))


@dataclass(frozen=True, kw_only=True)
class BoundsBook:
    """The bounds of most objects, and those of single ones by ``sid`` (as text) or integration code."""

    default: Bounds
    single: Mapping[str, Bounds] = field(default_factory=dict)

    @classmethod
    def parse(cls, problems: list[str], default: Mapping[str, Any], single: object) -> Self:
        """Arguments as users give them. What is wrong is added to ``problems``."""
        usual = _parse(problems, Bounds(), default, prefix="")
        if single is not None and not isinstance(single, Mapping):
            problems.append(f'bounds must be a mapping like {{"pricing-visit": {{"minimum": 100}}}}, not {single!r}')
        given = single if isinstance(single, Mapping) else {}
        return cls(
            default=usual,
            single={str(key): _parse(problems, usual, own, prefix=f"bounds[{key!r}]") for key, own in given.items()},
        )

    def of(self, population: Population) -> Bounds:
        by_sid = self.single.get(str(population.sid))
        return by_sid or self.single.get(population.code or "") or self.default

    def strangers(self, keys: set[str]) -> list[str]:
        """Keys of single bounds that are not among ``keys``."""
        return sorted(self.single.keys() - keys)

    @property
    def are_relative(self) -> bool:
        return any(each.are_relative for each in (self.default, *self.single.values()))

    @property
    def are_given(self) -> bool:
        return any(each.are_given for each in (self.default, *self.single.values()))


def _parse(problems: list[str], usual: Bounds, own: object, *, prefix: str) -> Bounds:
    """``usual`` with the bounds in ``own`` in place of its own; ``None`` lifts one."""
    if not isinstance(own, Mapping):
        problems.append(f"{prefix} must be a mapping with some of {', '.join(NAMES)}, not {own!r}")
        return usual
    if unknown := [one_line(str(name)) for name in own if name not in NAMES]:
        near = near_misses(unknown, NAMES)
        problems.append(f"{prefix}: there is no bound {', '.join(unknown)}, only {', '.join(NAMES)}.{near}")
    good: dict[str, float | None] = {}
    for name in NAMES:
        if name not in own:
            continue
        value, where = own[name], f"{prefix}[{name!r}]" if prefix else name
        if value is None or is_amount(value):
            good[name] = value
        else:
            problems.append(f"{where} must be a number, 0 or more, not {value!r}")
    if (good.get("max_drop") or 0) > 1:
        problems.append(f"{prefix or 'bounds'}: max_drop is {good['max_drop']}; it is a share, 1 at most")
    bounds = replace(usual, **good)
    if bounds.minimum is not None and bounds.maximum is not None and bounds.minimum > bounds.maximum:
        problems.append(f"{prefix or 'bounds'}: minimum {said(bounds.minimum)} is above maximum {said(bounds.maximum)}")
    return bounds


def is_amount(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and value >= 0


def _percent(share: float) -> str:
    return f"{share * 100:.4g}%"


def said(number: float | None) -> str:
    """``1,007``; a fraction only where there is one."""
    return "" if number is None else f"{number:,.15g}"
