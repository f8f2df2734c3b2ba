"""Every kind of object that a catalog describes, in the order in which they need each other."""

from __future__ import annotations

from collections.abc import Mapping

from airflow_provider_aam.catalog.kinds.accounts import DATA_SOURCES, SEGMENT_FOLDERS, TRAIT_FOLDERS, TRAIT_TYPES
from airflow_provider_aam.catalog.kinds.activation import DESTINATIONS, MAPPINGS
from airflow_provider_aam.catalog.kinds.audiences import DERIVED_SIGNALS, MODELS, SEGMENTS, TRAITS
from airflow_provider_aam.catalog.kinds.kind import Act, Kind, Use

__all__ = [
    "DATA_SOURCES",
    "DERIVED_SIGNALS",
    "DESTINATIONS",
    "KINDS",
    "MAPPINGS",
    "MODELS",
    "SEGMENTS",
    "SEGMENT_FOLDERS",
    "TRAITS",
    "TRAIT_FOLDERS",
    "TRAIT_TYPES",
    "Act",
    "Kind",
    "Use",
]

KINDS: Mapping[str, Kind] = {
    kind.key: kind
    for kind in (
        DATA_SOURCES,
        TRAIT_FOLDERS,
        SEGMENT_FOLDERS,
        TRAIT_TYPES,
        DERIVED_SIGNALS,
        TRAITS,
        MODELS,
        SEGMENTS,
        DESTINATIONS,
        MAPPINGS,
    )
}
"""By the key of their list in a source file."""


def kind_called(name: str) -> Kind:
    """The kind by the name of one object, as plans write it: ``trait folder``. Raises ``KeyError`` for another name."""
    return {kind.name: kind for kind in KINDS.values()}[name]
