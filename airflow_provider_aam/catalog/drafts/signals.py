"""What a file may say of a derived signal."""

from __future__ import annotations

from typing import ClassVar

from airflow_provider_aam.catalog.drafts import fields as f
from airflow_provider_aam.catalog.drafts.base import Draft
from airflow_provider_aam.catalog.drafts.fields import column


class DerivedSignalDraft(Draft):
    """One derived signal: where the source pair is seen, AAM adds the target pair."""

    required: ClassVar[tuple[str, ...]] = ("sourceKey", "sourceValue", "targetKey", "targetValue")

    derived_signal_id: f.PositiveId | None = column("AAM's id, for a row that means an existing signal")
    source_key: f.Key | None = column("Key that is seen, like c_sku")
    source_value: f.Key | None = column("Value that is seen; an account has each source pair once")
    target_key: f.Key | None = column("Key that is added")
    target_value: f.Key | None = column("Value that is added")
    integration_code: f.Code | None = column("Your own key for the signal; empty is none")
