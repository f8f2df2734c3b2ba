"""Who is in which audience: signals, traits, models, segments."""

from __future__ import annotations

from airflow_provider_aam.api import resources
from airflow_provider_aam.catalog.drafts import DerivedSignalDraft, ModelDraft, SegmentDraft, TraitDraft
from airflow_provider_aam.catalog.kinds.kind import Kind, Use, same_word
from airflow_provider_aam.catalog.rules import segment_rule, trait_rule

TRAITS = Kind(
    resource=resources.TRAITS,
    model=TraitDraft,
    canonical={"traitRule": trait_rule.canonical},
    same=dict.fromkeys(("traitType", "status", "thresholdType"), same_word),
    deleted_before=("models", "traitType", "ALGO_TRAIT"),
    prunable={"traitType": frozenset({"RULE_BASED_TRAIT", "ON_BOARDED_TRAIT", "ALGO_TRAIT"})},
    used_by=(
        Use(by="segments", fields=("segmentRule",), filter="containsTrait"),
        Use(by="models", fields=("sid", "excludedTraits")),
    ),
    discouraged={"name": ",|-"},
)

MODELS = Kind(
    resource=resources.MODELS,
    model=ModelDraft,
    defaults={"status": "ACTIVE"},
    same={"status": same_word},
    used_by=(Use(by="traits", fields=("algoModelId",), filter="usesModel"),),
)


SEGMENTS = Kind(
    resource=resources.SEGMENTS,
    model=SegmentDraft,
    canonical={"segmentRule": segment_rule.canonical},
    same={"status": same_word},
    rules=frozenset({"segmentRule"}),
    used_by=(
        Use(by="mappings", fields=("sid",), filter_around="containsSegment"),
        Use(by="models", fields=("sid",)),
    ),
)

DERIVED_SIGNALS = Kind(
    resource=resources.DERIVED_SIGNALS,
    model=DerivedSignalDraft,
    label="{sourceKey}={sourceValue}",
    keys={"sourceKey": ("sourceKey", "sourceValue")},
)
