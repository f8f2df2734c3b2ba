"""How much an account may hold, as Adobe documents it (Usage Limits).

What AAM itself returns about its limits (:mod:`airflow_provider_aam.api.limits`) counts more: Adobe raises some.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Limits:
    """``most`` of all objects of a resource (``None``), and of those with a value of the field ``by``."""

    most: Mapping[str | None, int]
    by: str | None = None
    """The field whose values AAM counts apart: when one of them is full, the others may have room."""


LIMITS: Mapping[str, Limits] = {
    "traits": Limits(
        by="traitType",
        most={None: 100_000, "ALGO_TRAIT": 50, "RULE_BASED_TRAIT": 100_000, "ON_BOARDED_TRAIT": 100_000},
    ),
    "segments": Limits(most={None: 20_000}),
    "destinations": Limits(by="destinationType", most={None: 1_000, "PUSH": 1_000, "ADS": 1_000}),
    "models": Limits(by="status", most={"ACTIVE": 20}),
    "derived_signals": Limits(most={None: 50_000}),
    "trait_folders": Limits(most={None: 2_000}),
}
"""By name of the resource."""
NO_LIMITS = Limits(most={})

DEEPEST: Mapping[str, int] = {"trait_folders": 5}
"""Levels below the root. Adobe publishes a limit for folders of traits only."""
MOST_EXCLUDED_TRAITS = 500
"""Of one model."""
