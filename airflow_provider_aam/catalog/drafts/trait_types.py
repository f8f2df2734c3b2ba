"""What a file may say of a customer trait type: its name. AAM's API takes nothing else, and changes none."""

from __future__ import annotations

from typing import ClassVar

from airflow_provider_aam.catalog.drafts import fields as f
from airflow_provider_aam.catalog.drafts.base import Draft
from airflow_provider_aam.catalog.drafts.fields import column


class TraitTypeDraft(Draft):
    """One customer trait type; AAM has an id for each, its ``pixelType``."""

    required: ClassVar[tuple[str, ...]] = ("name",)
    only_on_create: ClassVar[frozenset[str]] = frozenset({"name"})

    pixel_type: f.PositiveId | None = column("AAM's id, for a row that means an existing type")
    name: f.Key | None = column("Name; AAM keeps it for good")
