"""What a source's rows look like: which column holds the user, and which say what AAM is to know of that user."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from airflow_provider_aam.api.errors import AAMArgumentError


class Columns(Protocol):
    @property
    def columns(self) -> Sequence[str]:
        """Those that a source must have."""

    @property
    def lists(self) -> str | None:
        """The column that may hold lists."""


@dataclass(frozen=True, kw_only=True)
class Shape:
    """Columns of a source.

    Long form: ``trait`` holds one trait per row. Wide form: ``trait`` is a list column, or a text whose traits
    ``trait_separator`` separates. Signals: ``key`` and ``value`` instead of ``trait``. ``action`` is a column of
    ``add`` and ``remove``; without it every row adds.
    """

    user: str = "user"
    trait: str | None = "trait"
    trait_separator: str | None = None
    key: str | None = None
    value: str | None = None
    action: str | None = None

    def __post_init__(self) -> None:
        """Raises :class:`AAMArgumentError` with everything that does not go together."""
        problems = []
        if (self.key is None) != (self.value is None):
            problems.append("signals need both columns, key and value")
        if (self.key is None) == (self.trait is None):
            problems.append("give either trait, or key and value with trait=None")
        if self.key is not None and (self.action or self.trait_separator):
            problems.append("action and trait_separator belong to traits: AAM cannot remove signals")
        if problems:
            raise AAMArgumentError.from_problems("the description of the rows", problems)

    @property
    def columns(self) -> Sequence[str]:
        return [name for name in (self.user, self.trait, self.key, self.value, self.action) if name is not None]

    @property
    def lists(self) -> str | None:
        return self.trait
