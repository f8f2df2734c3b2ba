"""The types of columns: what each takes from YAML (texts), JSON (numbers) and spreadsheets (dates), and refuses."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from airflow_provider_aam.catalog.drafts import (
    DataSourceDraft,
    DestinationDraft,
    Draft,
    MappingDraft,
    ModelDraft,
    TraitDraft,
)
from catalog.drafting import faults, given


@pytest.mark.parametrize("written", [True, "true", "TRUE", " yes "])
def test_flag_is_true_in_every_spelling(written):
    assert given(DataSourceDraft, inboundS2S=written) == {"inboundS2S": True}


@pytest.mark.parametrize("written", [False, "false", "No"])
def test_flag_is_false_in_every_spelling(written):
    assert given(DataSourceDraft, inboundS2S=written) == {"inboundS2S": False}


@pytest.mark.parametrize("written", [1, 0.0, "maybe", "", ["true"]])
def test_flag_refuses_all_else(written):
    assert faults(DataSourceDraft, {"inboundS2S": written})[0].endswith("is neither true nor false")


@pytest.mark.parametrize(
    "written", [" 2026-01-31 ", date(2026, 1, 31), datetime(2026, 1, 31, tzinfo=UTC)], ids=["text", "date", "datetime"]
)
def test_date_is_yyyy_mm_dd_from_whatever_holds_one(written):
    assert given(MappingDraft, startDate=written) == {"startDate": "2026-01-31"}
    assert given(MappingDraft, endDate=written) == {"endDate": "2026-01-31"}


@pytest.mark.parametrize("written", ["2026-02-30", "31.01.2026", "2026-01-31T00:00", "20260131", 20260131, True])
def test_date_refuses_all_else(written):
    assert faults(MappingDraft, {"endDate": written}) == [f"endDate: “{written}” is not a date like 2026-01-31"]


def test_end_may_be_empty_and_a_mapping_s_start_may_not():
    assert given(MappingDraft, endDate=" ") == {"endDate": ""}
    assert given(DestinationDraft, startDate="") == {"startDate": ""}
    assert faults(MappingDraft, {"startDate": ""}) == ["startDate: “” is not a date like 2026-01-31"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("web, 3021,app ,", ["web", 3021, "app"]),
        (["web", "3021", 7, " app "], ["web", 3021, 7, "app"]),
        (("web",), ["web"]),
        (3021, [3021]),
        ("", []),
        ([], []),
    ],
)
def test_list_of_references_is_a_list_or_a_text_with_commas(written, read):
    assert given(ModelDraft, dataSources=written) == {"dataSources": read}


@pytest.mark.parametrize("item", [0, -1, "", True, None, 1.5, ["web"], "0", 2**63])
def test_list_of_references_refuses_what_is_neither_id_nor_name(item):
    assert faults(ModelDraft, {"dataSources": [item]}) == [f"dataSources: “{item}” is neither an id nor a name"]


def test_list_of_references_holds_names_in_one_line():
    assert "control characters" in faults(ModelDraft, {"dataSources": ["a\nb"]})[0]


@pytest.mark.parametrize("written", [True, 1.5, {"a": 1}])
def test_list_refuses_what_is_no_list(written):
    assert faults(ModelDraft, {"dataSources": written}) == ["dataSources: must be a list, or a string with commas"]
    assert faults(DataSourceDraft, {"containerIds": written})[0].startswith("containerIds: must be a list")
    assert faults(DataSourceDraft, {"dataExportRestrictions": written})[0].startswith("dataExportRestrictions: must")


def test_lists_of_ids_and_of_words_have_their_own_items():
    assert given(DataSourceDraft, containerIds="1, 2") == {"containerIds": [1, 2]}
    assert given(DataSourceDraft, dataExportRestrictions="pii") == {"dataExportRestrictions": ["PII"]}
    assert faults(DataSourceDraft, {"containerIds": ["a"]})[0].startswith("containerIds.0: ")
    assert faults(DataSourceDraft, {"dataExportRestrictions": [""]})[0].startswith("dataExportRestrictions.0: ")


def test_words_of_aam_are_read_in_any_case():
    row = given(DestinationDraft, domainRestrictions="all_domains", formatType=" single_key", status="active")
    assert row == {"domainRestrictions": "ALL_DOMAINS", "formatType": "SINGLE_KEY", "status": "ACTIVE"}
    assert len(faults(DestinationDraft, {"domainRestrictions": 1, "formatType": "x", "status": "deleted"})) == 3


@pytest.mark.parametrize("model", [TraitDraft, DataSourceDraft])
def test_integration_code_may_be_empty_which_means_none(model):
    assert given(model, integrationCode="") == {"integrationCode": ""}
    assert given(model, integrationCode=7) == {"integrationCode": "7"}
    assert "control characters" in faults(model, {"integrationCode": "a\tb"})[0]


def test_true_is_no_number():
    assert faults(MappingDraft, {"destinationId": True})[0] == "destinationId: true and false are not numbers"


def test_a_separator_may_be_a_blank():
    assert given(DestinationDraft, keySeparator=" ", delimiter="") == {"keySeparator": " ", "delimiter": ""}


def test_a_draft_by_default_refers_to_nothing_and_lacks_nothing():
    assert (Draft.missing({}), Draft.columns(), Draft().given) == ([], (), {})


def test_people_give_a_reference_by_the_column_with_its_natural_key():
    assert TraitDraft.column_of("dataSourceId") == "dataSource"
    assert ModelDraft.column_of("dataSources") == "dataSources"
    assert TraitDraft.column_of("name") == "name"
