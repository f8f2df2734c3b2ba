"""What a file may say of a trait."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from airflow_provider_aam.api import resources
from airflow_provider_aam.catalog.drafts import fields as f
from airflow_provider_aam.catalog.drafts.base import Contradictions, Draft, Reference
from airflow_provider_aam.catalog.drafts.fields import column
from airflow_provider_aam.catalog.drafts.hints import needs, when, without

_OF_MODELS = ("algoModelId", "model", "thresholdType", "accuracy")


class TraitDraft(Draft):
    """One trait, with the field names of AAM's REST API and of Adobe's bulk workbook."""

    references: ClassVar[Mapping[str, Reference]] = {
        "dataSource": Reference(field="dataSourceId", to=resources.DATA_SOURCES),
        "folder": Reference(field="folderId", to=resources.TRAIT_FOLDERS),
        "customerTraitType": Reference(field="type", to=resources.TRAIT_TYPES, none=0),
        "model": Reference(field="algoModelId", to=resources.MODELS),
    }
    required: ClassVar[tuple[str, ...]] = ("name", "traitType", "dataSourceId", "folderId")
    schema_always: ClassVar[tuple[Mapping[str, Any], ...]] = (
        when("traitType", ("RULE_BASED_TRAIT", "ON_BOARDED_TRAIT"), without(*_OF_MODELS)),
    )
    schema_if_created: ClassVar[tuple[Mapping[str, Any], ...]] = (
        when("traitType", ("RULE_BASED_TRAIT",), needs("traitRule")),
        when("traitType", ("ALGO_TRAIT",), needs("model", "algoModelId")),
    )

    sid: f.PositiveId | None = column("AAM's id, for a row that means an existing trait")
    name: f.Name | None = column("Name")
    trait_type: f.TraitType | None = column(
        "How users qualify: by a rule over signals, by inbound files, or by a model"
    )
    data_source: f.Key | None = column("Data source, by integration code or name")
    data_source_id: f.Id | None = column("Data source, by AAM's id")
    folder: f.TraitFolderPath | None = column("Folder by path from the root, like /Web/Pricing; created if missing")
    folder_id: f.Id | None = column("Folder, by AAM's id; 0 is the root")
    integration_code: f.Code | None = column("Your own key for the trait, unique within its data source; empty is none")
    trait_rule: f.TraitRule | None = column('Rule over signals, like c_page == "pricing"')
    description: str | None = column("Description")
    comments: str | None = column("Comments")
    ttl: f.Days | None = column("Days until a qualification ends; 0 is never", default="120")
    status: f.Status | None = column("Whether the trait collects users", default="ACTIVE")
    customer_trait_type: f.Key | None = column("Customer trait type, by name")
    type: f.Id | None = column("Customer trait type, by AAM's id (pixelType); 0 is none")
    category_id: f.Id | None = column("Taxonomy category", default="0")
    backfill_status: str | None = column("As AAM writes it, for example NONE")
    model: f.Key | None = column("Model, by name; only for an ALGO_TRAIT")
    algo_model_id: f.PositiveId | None = column("Model, by AAM's id; only for an ALGO_TRAIT")
    threshold_type: f.Threshold | None = column("Only for an ALGO_TRAIT")
    accuracy: f.Share | None = column("Threshold, like 0.19; only for an ALGO_TRAIT")

    @classmethod
    def missing(cls, given: Mapping[str, Any]) -> list[str]:
        if given.get("traitType") == "RULE_BASED_TRAIT" and "traitRule" not in given:
            return ['traitRule is missing: a RULE_BASED_TRAIT needs one ("" if it must never fire by rule)']
        if given.get("traitType") == "ALGO_TRAIT" and not {"algoModelId", "model"} & set(given):
            return ["model (or algoModelId) is missing: an ALGO_TRAIT needs it"]
        return []

    def _contradictions(self, given: Mapping[str, Any]) -> Contradictions:
        if self.trait_type in (None, "ALGO_TRAIT"):
            return []
        misplaced = [name for name in _OF_MODELS if name in given]
        return [(name, f"belongs to an ALGO_TRAIT, this is a {self.trait_type}") for name in misplaced]
