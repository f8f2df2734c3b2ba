"""Traits, segments, models, derived signals: who is in which audience."""

from __future__ import annotations

import pytest

from airflow_provider_aam.catalog.drafts import DerivedSignalDraft, ModelDraft, SegmentDraft, TraitDraft
from catalog.drafting import faults, given
from catalog.support import trait

SEGMENT = {"name": "S", "dataSource": "web", "folder": "/", "segmentRule": "{a} AND NOT 12T"}
MODEL = {"name": "M", "algoTypeId": 1, "lookBackPeriod": 30, "dataSources": ["web"], "baseline": "customer"}
SIGNAL = {"sourceKey": "k", "sourceValue": "v", "targetKey": "t", "targetValue": "w"}


def test_trait_names_its_type_and_model_by_words():
    row = trait(traitType="ALGO_TRAIT", traitRule=None, model="Lookalikes", customerTraitType="Loyalty")
    assert faults(TraitDraft, row) == []
    assert given(TraitDraft, **row)["model"] == "Lookalikes"
    assert given(TraitDraft, **row)["customerTraitType"] == "Loyalty"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"traitType": "ALGO_TRAIT"}, ["model (or algoModelId) is missing: an ALGO_TRAIT needs it"]),
        ({"model": "M"}, ["model: belongs to an ALGO_TRAIT, this is a RULE_BASED_TRAIT"]),
        ({"customerTraitType": "L", "type": 3}, ["type: cannot be combined with customerTraitType: keep one"]),
        (
            {"traitType": "ALGO_TRAIT", "model": "M", "algoModelId": 3},
            ["algoModelId: cannot be combined with model: keep one"],
        ),
        (
            {"traitRule": None},
            ['traitRule is missing: a RULE_BASED_TRAIT needs one ("" if it must never fire by rule)'],
        ),
    ],
)
def test_trait_that_is_wrong(more, said):
    assert faults(TraitDraft, trait(**more)) == said


def test_rule_of_a_trait_names_no_other_traits():
    assert faults(TraitDraft, trait(traitRule="{a}"))[0].startswith("traitRule: column 1")


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"segmentRule": "FREQUENCY([1T, {web:a}] <= 5D) >= 2"},
        {"mergeRule": "Current device", "integrationCode": "", "status": "inactive"},
        {"mergeRuleDataSourceId": 3100},
    ],
)
def test_segment_that_is_right(more):
    assert faults(SegmentDraft, {**SEGMENT, **more}) == []


@pytest.mark.parametrize(
    ("more", "beginning"),
    [
        ({"segmentRule": "12T AND"}, "segmentRule: "),
        ({"segmentRule": ""}, "segmentRule: "),
        ({"segmentRule": "FREQUENCY([1T]) <= 5"}, "segmentRule: "),
        ({"segmentRule": ["1T"]}, "segmentRule: Input should be a valid string"),
        (
            {"mergeRule": "a", "mergeRuleDataSourceId": 1},
            "mergeRuleDataSourceId: cannot be combined with mergeRule: keep one",
        ),
        ({"name": "x" * 256}, "name: "),
        ({"traitType": "SEGMENT"}, "traitType: Extra inputs are not permitted"),
    ],
)
def test_segment_that_is_wrong(more, beginning):
    (said,) = faults(SegmentDraft, {**SEGMENT, **more})
    assert said.startswith(beginning)


def test_segment_needs_what_aam_needs():
    missing = ["name is missing", "dataSource is missing", "folder is missing", "segmentRule is missing"]
    assert faults(SegmentDraft, {"description": ""}) == missing
    assert faults(SegmentDraft, {"sid": 7, "description": ""}, id_field="sid") == []


def test_model_takes_sources_and_traits_as_words_and_as_ids():
    row = given(ModelDraft, **MODEL, excludedTraits="a, crm:b, 12")
    assert (row["dataSources"], row["excludedTraits"]) == (["web"], ["a", "crm:b", 12])
    assert faults(ModelDraft, MODEL) == []
    assert ModelDraft.references["dataSources"].many


def test_model_has_one_baseline():
    assert faults(ModelDraft, {**MODEL, "sid": 4}) == ["sid: cannot be combined with baseline: keep one"]
    without = {name: value for name, value in MODEL.items() if name not in ("baseline", "dataSources")}
    assert faults(ModelDraft, without) == ["dataSources is missing", "baseline is missing"]


def test_derived_signal_is_two_pairs():
    assert faults(DerivedSignalDraft, {**SIGNAL, "integrationCode": ""}) == []
    assert faults(DerivedSignalDraft, {**SIGNAL, "sourceValue": " "})[0].startswith("sourceValue: ")
    assert faults(DerivedSignalDraft, {"sourceKey": "k", "targetKey": 7}) == [
        "sourceValue is missing",
        "targetValue is missing",
    ]
