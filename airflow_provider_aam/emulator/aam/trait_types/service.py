"""Customer trait types: what a trait's `type` names [doc]."""

from __future__ import annotations

from typing import Any

from airflow_provider_aam.emulator.core.fields import DESCRIPTION, NAME, Field
from airflow_provider_aam.emulator.core.resource import Resource
from airflow_provider_aam.emulator.core.service import Service

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
    first_id=200,
    verbs=("list", "create", "get"),
    fields=(
        NAME,
        DESCRIPTION,
        Field("pixelType", "integer", "Id; the customer's own start at 200.", writable=False),
        Field("pid", "integer", "Partner id; 0 for predefined ones.", writable=False),
    ),
)

SERVICE = Service(
    tag="Trait types",
    about="What a trait's `type` names: predefined ones and the customer's own.",
    resources=(TRAIT_TYPES,),
)
