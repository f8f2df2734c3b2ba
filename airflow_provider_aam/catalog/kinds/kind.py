"""What the plan engine needs to know of one kind of object it manages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from airflow_provider_aam.catalog.drafts import Draft

Action = Literal["create", "update", "delete"]
ALL_ACTIONS: frozenset[Action] = frozenset({"create", "update", "delete"})


def same_word(desired: object, answered: object) -> bool:
    """Enumerations, of which AAM's documents show upper and lower case."""
    return str(desired or "").casefold() == str(answered or "").casefold()


@dataclass(frozen=True, kw_only=True)
class Use:
    """Objects of kind ``by`` need what the ids in ``fields`` name.

    ``filter`` is the list parameter with which AAM itself finds them.
    """

    by: str
    fields: tuple[str, ...]
    filter: str | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Kind:
    """``name`` stands in plans and logs, ``collection`` is the client's, ``key`` the list's name in a source file."""

    name: str
    collection: str
    key: str
    id_field: str
    model: type[Draft]
    match_on: Mapping[str, tuple[str, ...]]
    """The ways to find a row's object, the surest first: the column that is compared → all AAM fields that together
    identify it."""
    refine: tuple[str, ...] = ()
    """What tells apart several objects that share a key, where AAM allows that."""
    actions: frozenset[Action] = ALL_ACTIONS
    """What AAM's API can do."""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """What AAM needs in each new object, where the row does not say otherwise."""
    is_tree: bool = False
    """Folders: found by their path."""
    read_singly: bool = False
    """AAM's list is a summary: each object is read by its id."""
    within: tuple[str, ...] = ()
    """Fields that AAM wants beside the id to address an object."""
    canonical: Mapping[str, Callable[[str], str]] = field(default_factory=dict)
    """Fields with more than one spelling of the same value."""
    same: Mapping[str, Callable[[Any, Any], bool]] = field(default_factory=dict)
    """Fields that AAM answers otherwise than it was told: (desired, answered) → whether that is the same."""
    resent: frozenset[str] = frozenset()
    """Fields that an update writes as the row has them, because AAM's answer cannot be written back."""
    rules: frozenset[str] = frozenset()
    """Fields whose text names traits."""
    prunable: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Only objects whose field has one of these values are ever deleted."""
    used_by: tuple[Use, ...] = ()
    limited_by: str | None = None
    """The field whose values AAM counts apart: when one of them is full, the others may not be."""
    limits: Mapping[str | None, int] = field(default_factory=dict)
    """Documented maxima: of all objects (``None``), and of those with a value of ``limited_by``."""
    discouraged: Mapping[str, str] = field(default_factory=dict)
    """Fields, and the characters that Adobe advises against in them."""

    @property
    def plural(self) -> str:
        return f"{self.name}s"

    def way_of(self, given: Mapping[str, Any], match_on: str | None) -> str:
        """By what a row finds its object: ``match_on``, or else the first way of which the row has the column."""
        if match_on in self.match_on:
            return str(match_on)
        present = (way for way in self.match_on if given.get(way) not in (None, ""))
        return next(present, [*self.match_on][-1])
