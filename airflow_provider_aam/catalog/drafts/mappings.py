"""What a file may say of a mapping: a segment that a destination gets, from when to when, under which alias."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from airflow_provider_aam.api import resources
from airflow_provider_aam.catalog.drafts import fields as f
from airflow_provider_aam.catalog.drafts.base import Contradictions, Draft, Reference, ends_early
from airflow_provider_aam.catalog.drafts.fields import column


class MappingDraft(Draft):
    """One segment mapped to one destination."""

    references: ClassVar[Mapping[str, Reference]] = {
        "destination": Reference(field="destinationId", to=resources.DESTINATIONS),
        "segment": Reference(field="sid", to=resources.SEGMENTS),
    }
    emptied_by_null: ClassVar[frozenset[str]] = frozenset({"priority"})
    required: ClassVar[tuple[str, ...]] = ("destinationId", "sid", "startDate")

    destination_mapping_id: f.PositiveId | None = column("AAM's id, for a row that means an existing mapping")
    destination: f.Key | None = column("Destination, by name")
    destination_id: f.PositiveId | None = column("Destination, by AAM's id")
    segment: f.Key | None = column("Segment, as integration code or data source:code")
    sid: f.PositiveId | None = column("Segment, by AAM's id")
    trait_type: f.MappedType | None = column("What is mapped: always SEGMENT", default="SEGMENT")
    start_date: f.Date | None = column("First day, yyyy-mm-dd")
    end_date: f.DateOrNone | None = column("Last day, yyyy-mm-dd; empty is none", default="none")
    url: str | None = column(
        "URL to call; of a serialized URL destination AAM writes the alias here, and rows are not heard"
    )
    secure_url: str | None = column("The same on https pages")
    trait_alias: str | None = column(
        "Alias; for a serialized URL destination, a server-to-server destination, and a KEY_VALUE cookie (its key)"
    )
    value_alias: str | None = column("Value of a cookie destination's key")
    priority: f.CountOrNone | None = column("Priority; empty is none", default="none")

    @classmethod
    def missing_within(cls, given: Mapping[str, Any], around: Mapping[str, Any]) -> list[str]:
        """What the mapping lacks for this destination (AAM's fields, as AAM or a draft writes them), as sentences."""
        what, needed = _needed_for(around)
        return [f"{name} is missing: {what} needs it" for name in needed if given.get(name) in (None, "")]

    @classmethod
    def derived_within(cls, around: Mapping[str, Any]) -> frozenset[str]:
        """AAM echoes the alias of a serialized URL destination as both URLs."""
        serialized = _needed_for(around) == _SERIALIZED
        return frozenset({"url", "secureUrl"}) if serialized else frozenset()

    def _contradictions(self, given: Mapping[str, Any]) -> Contradictions:
        return ends_early(given)


_SERIALIZED = ("a serialized URL destination", ("traitAlias",))


def _needed_for(destination: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    kind = _upper(destination.get("destinationType"))
    if kind == "PUSH":
        if _upper(destination.get("serializationEnabled")) == "TRUE":
            return _SERIALIZED
        return "a URL destination that is not serialized", ("url",)
    if kind == "ADS":
        if _upper(destination.get("formatType")) == "SINGLE_KEY":
            return "a cookie destination with a single key", ("valueAlias",)
        return "a cookie destination with keys and values", ("traitAlias", "valueAlias")
    return f"a destination of type {kind}", ("traitAlias",) if kind == "S2S" else ()


def _upper(value: object) -> str:
    return str(value).strip().upper()
