"""The routes of customer trait types: what a trait's `type` names [doc]."""

from __future__ import annotations

from typing import Any

from airflow_provider_aam.emulator.core.crud import crud_routes
from airflow_provider_aam.emulator.core.fields import Field
from airflow_provider_aam.emulator.core.resource import Resource

# Theirs is partner 0. 1, 2 and 4 are documented; 38 is what a client gives to conversion traits, its name is inferred.
PREDEFINED: tuple[tuple[int, str], ...] = (
    (1, "User Trait"),
    (2, "Site Visitor"),
    (4, "Delivery Event"),
    (38, "Conversion"),
)


def predefined_rows(created_ms: int) -> list[dict[str, Any]]:
    """Return Adobe's own types, which every account has."""
    stamps = {"crUID": 0, "upUID": 0, "createTime": created_ms, "updateTime": created_ms}
    return [{"pixelType": key, "pid": 0, "name": name, "description": "", **stamps} for key, name in PREDEFINED]


TRAIT_TYPES = Resource(
    name="trait_types",
    noun="Trait type",
    path="/v1/customer-trait-types",
    id_field="pixelType",
    fields=(
        Field(name="name", kind="string", required=True, max_length=255, about="Shown name."),
        Field(name="description", kind="string", default="", about="Free text."),
        Field(name="pixelType", kind="integer", writable=False, about="Id; the customer's own start at 200."),
        Field(name="pid", kind="integer", writable=False, about="Partner id; 0 for predefined ones."),
        Field(name="createTime", kind="integer", writable=False, about="Epoch milliseconds."),
        Field(name="updateTime", kind="integer", writable=False, about="Epoch milliseconds."),
        Field(name="crUID", kind="integer", writable=False, about="User who created it."),
        Field(name="upUID", kind="integer", writable=False, about="User who changed it last."),
    ),
)

ROUTES = crud_routes(TRAIT_TYPES, tag="Trait types", verbs=("list", "create", "get"))
