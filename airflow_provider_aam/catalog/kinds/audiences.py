"""Who is in which audience: signals, traits, models, segments."""

from __future__ import annotations

from airflow_provider_aam.catalog.drafts import DerivedSignalDraft, ModelDraft, SegmentDraft, TraitDraft
from airflow_provider_aam.catalog.kinds.kind import Kind, Use, same_word
from airflow_provider_aam.catalog.rules import segment_rule, trait_rule

TRAITS = Kind(
    name="trait",
    collection="traits",
    key="traits",
    id_field="sid",
    model=TraitDraft,
    match_on={
        "sid": ("sid",),
        "integrationCode": ("dataSourceId", "integrationCode"),
        "name": ("dataSourceId", "name"),
    },
    canonical={"traitRule": trait_rule.canonical},
    same=dict.fromkeys(("traitType", "status", "thresholdType"), same_word),
    prunable={"traitType": frozenset({"RULE_BASED_TRAIT", "ON_BOARDED_TRAIT", "ALGO_TRAIT"})},
    used_by=(
        Use(by="segments", fields=("segmentRule",), filter="containsTrait"),
        Use(by="models", fields=("sid", "excludedTraits")),
    ),
    limited_by="traitType",
    limits={None: 100_000, "ALGO_TRAIT": 50, "RULE_BASED_TRAIT": 100_000, "ON_BOARDED_TRAIT": 100_000},
    discouraged={"name": ",|-"},
)

MODELS = Kind(
    name="model",
    collection="models",
    key="models",
    id_field="algoModelId",
    model=ModelDraft,
    match_on={"algoModelId": ("algoModelId",), "name": ("name",)},
    defaults={"status": "ACTIVE"},
    read_singly=True,
    same={"status": same_word},
    used_by=(Use(by="traits", fields=("algoModelId",), filter="usesModel"),),
    limited_by="status",
    limits={"ACTIVE": 20},
)


SEGMENTS = Kind(
    name="segment",
    collection="segments",
    key="segments",
    id_field="sid",
    model=SegmentDraft,
    match_on={
        "sid": ("sid",),
        "integrationCode": ("dataSourceId", "integrationCode"),
        "name": ("dataSourceId", "name"),
    },
    canonical={"segmentRule": segment_rule.canonical},
    same={"status": same_word},
    rules=frozenset({"segmentRule"}),
    used_by=(
        Use(by="mappings", fields=("sid",)),
        Use(by="models", fields=("sid",)),
    ),
    limits={None: 20_000},
)

DERIVED_SIGNALS = Kind(
    name="derived signal",
    collection="derived_signals",
    key="derivedSignals",
    id_field="derivedSignalId",
    model=DerivedSignalDraft,
    match_on={"derivedSignalId": ("derivedSignalId",), "sourceKey": ("sourceKey", "sourceValue")},
    limits={None: 50_000},
)
