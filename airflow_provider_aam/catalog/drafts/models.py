"""What a file may say of an algorithmic model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from airflow_provider_aam.account.limits import MOST_EXCLUDED_TRAITS
from airflow_provider_aam.api import resources
from airflow_provider_aam.catalog.drafts import fields as f
from airflow_provider_aam.catalog.drafts.base import Contradictions, Draft, Reference
from airflow_provider_aam.catalog.drafts.fields import column


class ModelDraft(Draft):
    """One look-alike model: which users are like those of the baseline, by the traits of some data sources."""

    references: ClassVar[Mapping[str, Reference]] = {
        "dataSources": Reference(field="dataSources", to=resources.DATA_SOURCES, many=True),
        "baseline": Reference(field="sid", to=resources.TRAITS, or_to=resources.SEGMENTS),
        "excludedTraits": Reference(field="excludedTraits", to=resources.TRAITS, or_to=resources.SEGMENTS, many=True),
    }
    required: ClassVar[tuple[str, ...]] = ("name", "algoTypeId", "lookBackPeriod", "dataSources", "sid")

    algo_model_id: f.PositiveId | None = column("AAM's id, for a row that means an existing model")
    name: f.Key | None = column("Name")
    description: str | None = column("Description")
    status: f.Status | None = column("Whether AAM runs it", default="ACTIVE")
    algo_type_id: f.PositiveId | None = column("Algorithm; AAM has one, 1 (TraitWeight)")
    interval_seconds: f.Count | None = column("Seconds between two runs")
    look_back_period: f.Count | None = column("Days of data that the model learns from")
    data_sources: f.IdsOrWords | None = column(
        "Data sources whose traits it weighs, each by integration code, name or id"
    )
    baseline: f.Key | None = column("Trait or segment whose users are the model, as code or data source:code")
    sid: f.PositiveId | None = column("Trait or segment whose users are the model, by AAM's id")
    excluded_traits: f.IdsOrWords | None = column("Traits it must not weigh, each as code, data source:code or id")

    def _contradictions(self, given: Mapping[str, Any]) -> Contradictions:
        count = len(given.get("excludedTraits", ()))
        problem = ("excludedTraits", f"holds {count} traits, {MOST_EXCLUDED_TRAITS} at most")
        return [problem] if count > MOST_EXCLUDED_TRAITS else []
