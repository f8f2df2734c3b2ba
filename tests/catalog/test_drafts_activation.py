"""Destinations and mappings: where audiences go."""

from __future__ import annotations

import pytest

from airflow_provider_aam.catalog.drafts import DestinationDraft, MappingDraft
from catalog.drafting import faults, given

PUSH = {"name": "Ads URL", "destinationType": "PUSH"}
SERIALIZED = {
    **PUSH,
    "serializationEnabled": True,
    "urlFormatString": "http://x.example/s?d=%ALIAS%",
    "delimiter": ",",
}
ADS = {
    "name": "Cookie",
    "destinationType": "ads",
    "adServerTypeID": "1",
    "cookieName": "c",
    "cnameDomain": ".example.com",
    "maxSize": "2048",
    "ttl": 30,
    "domainRestrictions": "inclusion",
    "siteIDs": ["www.example.com", 7],
    "formatType": "single_key",
    "singleKey": "s",
    "keySeparator": "=",
    "valueSeparator": ",",
    "serializationEnabled": False,
}
MAPPING = {"destination": "Ads URL", "segment": "web:pricing", "startDate": "2026-01-31"}


@pytest.mark.parametrize("row", [PUSH, SERIALIZED, ADS, {**PUSH, "siteIDs": [], "cookieName": ""}])
def test_destination_that_is_right(row):
    assert faults(DestinationDraft, row) == []


@pytest.mark.parametrize("kind", ["S2S", "PULL"])
def test_aam_s_api_creates_no_other_types(kind):
    (said,) = faults(DestinationDraft, {"name": "Partner", "destinationType": kind, "cookieName": "c"})
    assert said.startswith(f"AAM's API creates no {kind} destination")
    assert given(DestinationDraft, name="Partner", destinationType=kind)["destinationType"] == kind


@pytest.mark.parametrize("name", [n for n in ADS if n not in ("name", "destinationType")])
def test_cookie_destination_needs_all_that_adobe_lists(name):
    (said,) = faults(DestinationDraft, {column: value for column, value in ADS.items() if column != name})
    assert said == f"{name} is missing: a cookie destination (ADS) needs it"


def test_serialized_destinations_need_a_separator():
    assert faults(DestinationDraft, {**ADS, "serializationEnabled": True}) == [
        "serializationSeparator is missing: a cookie destination (ADS) that is serialized needs it"
    ]
    assert faults(DestinationDraft, {**PUSH, "serializationEnabled": True}) == [
        "urlFormatString is missing: a URL destination (PUSH) that is serialized needs it",
        "delimiter is missing: a URL destination (PUSH) that is serialized needs it",
    ]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (
            {**PUSH, "cookieName": "c", "ttl": 0},
            "cookieName: belongs to ADS, this is PUSH\nttl: belongs to ADS, this is PUSH",
        ),
        ({**ADS, "delimiter": ","}, "delimiter: belongs to PUSH, this is ADS"),
        (
            {**PUSH, "startDate": "2026-02-01", "endDate": "2026-01-31"},
            "endDate: 2026-01-31 is before startDate 2026-02-01",
        ),
        (
            {**PUSH, "urlFormatString": "http://x.example"},
            "urlFormatString: must hold %ALIAS%, which AAM replaces by the mapping's alias",
        ),
    ],
)
def test_destination_that_is_wrong(row, said):
    assert faults(DestinationDraft, row) == said.split("\n")


def test_destination_without_a_type_may_have_any_column():
    assert given(DestinationDraft, destinationId=4, cookieName="c", urlFormatString="")["cookieName"] == "c"


def test_sheets_of_adobe_s_workbook_are_mappings():
    row = {
        "destinationId": "4034",
        "sid": "5123420",
        "traitType": "SEGMENT",
        "startDate": "2026-01-31",
        "url": "http://x",
    }
    assert faults(MappingDraft, row) == []
    assert given(MappingDraft, **row)["sid"] == 5123420


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({}, ["destination is missing", "segment is missing", "startDate is missing"]),
        ({**MAPPING, "destinationId": 4}, ["destinationId: cannot be combined with destination: keep one"]),
        ({**MAPPING, "endDate": "2026-01-30"}, ["endDate: 2026-01-30 is before startDate 2026-01-31"]),
        ({**MAPPING, "endDate": "2026-01-31"}, []),
        ({**MAPPING, "endDate": ""}, []),
        ({**MAPPING, "traitType": "FOLDER"}, ["traitType: Input should be 'SEGMENT'"]),
    ],
)
def test_mapping_s_faults(row, said):
    assert faults(MappingDraft, row) == said


@pytest.mark.parametrize(
    ("destination", "needed"),
    [
        ({"destinationType": "PUSH", "serializationEnabled": False}, ["url"]),
        ({"destinationType": "push"}, ["url"]),
        ({"destinationType": "PUSH", "serializationEnabled": "true"}, ["traitAlias"]),
        ({"destinationType": "S2S"}, ["traitAlias"]),
        ({"destinationType": "ADS", "formatType": "single_key"}, ["valueAlias"]),
        ({"destinationType": "ADS", "formatType": "KEY_VALUE"}, ["traitAlias", "valueAlias"]),
        ({"destinationType": "PULL"}, []),
        ({}, []),
    ],
)
def test_what_a_mapping_needs_is_a_matter_of_its_destination(destination, needed):
    said = MappingDraft.missing_within({**MAPPING, "traitAlias": ""}, destination)
    assert [text.partition(" is missing: ")[0] for text in said] == needed
    assert MappingDraft.missing_within(dict.fromkeys(needed, "x"), destination) == []
