"""What the plan engine needs to know of one kind of object, beyond what AAM's API declares of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from airflow_provider_aam.account.limits import LIMITS, NO_LIMITS, Limits
from airflow_provider_aam.api.resources import Resource, Verb
from airflow_provider_aam.catalog.drafts import Draft, Reference

Act = Literal["create", "update", "delete"]
_VERBS: Mapping[Act, Verb] = {"create": Verb.CREATE, "update": Verb.UPDATE, "delete": Verb.DELETE}


def same_word(desired: object, answered: object) -> bool:
    """Enumerations, of which AAM's documents show upper and lower case."""
    return str(desired or "").casefold() == str(answered or "").casefold()


@dataclass(frozen=True, kw_only=True)
class Use:
    """Objects of the kind ``by`` need what the ids in ``fields`` name.

    ``filter`` is the list parameter with which AAM itself finds them, ``filter_around`` one that finds what is around.
    """

    by: str
    fields: tuple[str, ...]
    filter: str | None = None
    filter_around: str | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Kind:
    """One resource of AAM that catalogs describe. Names, ids, addresses and verbs are the resource's."""

    resource: Resource
    model: type[Draft]
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The match keys of objects that have neither code nor name nor path: column → all AAM fields of the key."""
    refine: tuple[str, ...] = ()
    """What tells apart several objects that share a key, where AAM allows that."""
    label: str | None = None
    """What to call an object that has no name of its own, as in ``{destinationId} ← {sid}``."""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """What AAM needs in each new object, where the row does not say otherwise."""
    canonical: Mapping[str, Callable[[str], str]] = field(default_factory=dict)
    """Fields with more than one spelling of the same value."""
    same: Mapping[str, Callable[[Any, Any], bool]] = field(default_factory=dict)
    """Fields that AAM returns otherwise than it was told: (desired, returned) → whether that is the same."""
    resent: frozenset[str] = frozenset()
    """Fields that an update writes as the row has them, because AAM's response cannot be written back."""
    rules: frozenset[str] = frozenset()
    """Fields whose text names traits."""
    prunable: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Only objects whose field has one of these values are ever created, changed or deleted."""
    predefined: Mapping[str, str] = field(default_factory=dict)
    """Field → the value that tells objects of Adobe's own."""
    deleted_before: tuple[str, str, str] | None = None
    """Key of another kind, a field and its value: objects with that value are deleted before those of that kind."""
    used_by: tuple[Use, ...] = ()
    discouraged: Mapping[str, str] = field(default_factory=dict)
    """Fields, and the characters that Adobe advises against in them."""

    @cached_property
    def match_on(self) -> Mapping[str, tuple[str, ...]]:
        """The ways to find a row's object, the surest first: the column compared → all AAM fields of the key."""
        own = ("path",) if self.is_tree else self.resource.naming
        owner = ("dataSourceId",) if self.resource.is_owned else ()
        return {self.id_field: (self.id_field,), **(self.keys or {name: (*owner, name) for name in own})}

    @cached_property
    def name(self) -> str:
        """As plans and logs call one object."""
        return self.resource.label

    @property
    def plural(self) -> str:
        return f"{self.name}s"

    @cached_property
    def key(self) -> str:
        """The name of the list in a source file: ``dataSources``."""
        head, *rest = self.resource.name.split("_")
        return head + "".join(word.capitalize() for word in rest)

    @property
    def file_name(self) -> str:
        """Of the file that an export writes: ``trait-folders.yaml``."""
        return f"{self.resource.name.replace('_', '-')}.yaml"

    @property
    def id_field(self) -> str:
        return self.resource.id_field

    @property
    def is_tree(self) -> bool:
        """Folders: found by their path."""
        return self.resource.is_tree

    @cached_property
    def within(self) -> tuple[str, ...]:
        """Fields that AAM wants next to the id to address an object."""
        return self.resource.path_ids

    @cached_property
    def acts(self) -> frozenset[Act]:
        """What AAM's API can do."""
        return frozenset(act for act, verb in _VERBS.items() if verb in self.resource.verbs)

    @property
    def limits(self) -> Limits:
        """Documented maxima."""
        return LIMITS.get(self.resource.name, NO_LIMITS)

    def references_to(self, resource: Resource) -> Mapping[str, Reference]:
        """The columns that name objects of another resource."""
        return {column: each for column, each in self.model.references.items() if each.to is resource}

    def way_of(self, given: Mapping[str, Any], match_on: str | None) -> str:
        """By what a row finds its object: ``match_on``, or else the first way of which the row has the column."""
        if match_on in self.match_on:
            return str(match_on)
        present = (way for way in self.match_on if given.get(way) not in (None, ""))
        return next(present, [*self.match_on][-1])
