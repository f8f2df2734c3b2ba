"""What the plan engine needs to know of each kind of object it manages. Adding a kind is adding an entry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from airflow_provider_aam.catalog.drafts import Draft, TraitDraft
from airflow_provider_aam.catalog.rules.trait_rule import canonical


@dataclass(frozen=True, kw_only=True)
class Kind:
    """``name`` stands in plans and logs, ``collection`` is the client's, ``key`` the list's name in a source file."""

    name: str
    collection: str
    key: str
    id_field: str
    model: type[Draft]
    match_on: Mapping[str, tuple[str, ...]]
    """The ways to find a row's object: the column that is compared → all AAM fields that together identify it."""
    folders: str | None = None
    """The client's collection of folders that these objects live in."""
    canonical: Mapping[str, Callable[[str], str]] = field(default_factory=dict)
    """Fields with more than one spelling of the same value."""
    prunable: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Only objects whose field has one of these values are ever deleted."""
    used_by: Mapping[str, str] = field(default_factory=dict)
    """Collections whose objects may need this one, and the filter that finds them by its id."""
    limited_by: str | None = None
    """The field whose values AAM counts apart: when one of them is full, the others may not be."""
    discouraged: Mapping[str, str] = field(default_factory=dict)
    """Fields, and the characters that Adobe advises against in them."""


TRAITS = Kind(
    name="trait",
    collection="traits",
    key="traits",
    id_field="sid",
    model=TraitDraft,
    match_on={
        "integrationCode": ("dataSourceId", "integrationCode"),
        "name": ("dataSourceId", "name"),
        "sid": ("sid",),
    },
    folders="trait_folders",
    canonical={"traitRule": canonical},
    prunable={"traitType": frozenset({"RULE_BASED_TRAIT", "ON_BOARDED_TRAIT", "ALGO_TRAIT"})},
    used_by={"segments": "containsTrait"},
    limited_by="traitType",
    discouraged={"name": ",|-"},
)
