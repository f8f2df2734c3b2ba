"""What people's words mean in an account, whichever job asks."""

from __future__ import annotations

from typing import Any

import pytest

from airflow_provider_aam.account.account import Account
from airflow_provider_aam.account.names import Names
from airflow_provider_aam.api import AAMClient, AAMConfig
from airflow_provider_aam.api.errors import AAMIncomplete, AAMLookupFailed
from airflow_provider_aam.api.resources import (
    DATA_SOURCES,
    DESTINATIONS,
    MAPPINGS,
    PARTNER_SITES,
    SEGMENT_FOLDERS,
    SEGMENTS,
    TRAIT_FOLDERS,
    TRAITS,
)
from airflow_provider_aam.api.shared import forget_shared


@pytest.fixture
def emulator(aam_emulator):
    aam_emulator.reset("empty")
    return aam_emulator


@pytest.fixture
def account(emulator):
    forget_shared()
    connection = emulator.connection("oauth_server_to_server")
    config = AAMConfig.from_connection(
        login=connection["login"],
        password=connection["password"],
        host=connection["host"],
        extra={**connection["extra"], "max_attempts": 1},
    )
    with AAMClient.from_config(config) as client:
        yield Account(client)


@pytest.fixture
def names(account):
    return Names[Any](account)


@pytest.fixture
def source(emulator):
    def add(**fields: Any) -> int:
        return emulator.add("data_sources", {"name": "Web site", "integrationCode": "web", **fields})["dataSourceId"]

    return add


def test_text_means_the_code_then_the_name_then_the_id(names, source):
    first = source(name="CRM", integrationCode="crm")
    named = source(name="crm", integrationCode="other")
    coded = source(name="Other", integrationCode=str(named))
    assert names.find(DATA_SOURCES, "crm") == first
    assert names.find(DATA_SOURCES, str(named)) == coded
    assert names.find(DATA_SOURCES, str(first)) == first
    assert names.find(DATA_SOURCES, named) == named


def test_arabic_digits_are_no_id(names, source):
    digits = "".join("٠١٢٣٤٥٦٧٨٩"[int(digit)] for digit in str(source()))
    with pytest.raises(AAMLookupFailed, match="AAM has no data source"):
        names.find(DATA_SOURCES, digits)


@pytest.mark.parametrize("stored", ["R&D", "R&amp;D"])
def test_names_that_aam_escapes_are_found(names, emulator, source, stored):
    key = source(name=stored, integrationCode=None)
    folder = emulator.add("trait_folders", {"name": stored, "parentFolderId": 0})["folderId"]
    assert names.find(DATA_SOURCES, "R&D") == key
    for path in ("/R&D", "/All Traits/R&D", "R&D/"):
        assert names.find(TRAIT_FOLDERS, path) == folder
        assert names.find_below(TRAIT_FOLDERS, path) == {folder}


def test_folder_that_is_not_there_is_said_with_the_nearest(names, emulator):
    emulator.add("trait_folders", {"name": "Pricing", "parentFolderId": 0})
    with pytest.raises(AAMLookupFailed, match=r"AAM has no trait folder “/Prices”\. Did you mean “/Pricing”"):
        names.find(TRAIT_FOLDERS, "/Prices")
    with pytest.raises(AAMLookupFailed, match="sees no folder below the root"):
        names.find_below(SEGMENT_FOLDERS, "/Prices")
    assert names.find_below(SEGMENT_FOLDERS, "/") >= {0}


def test_trait_of_a_data_source_its_sid_and_whether_it_is_onboarded(names, account, emulator, source):
    crm, web = source(name="CRM", integrationCode="crm"), source()
    both = {"name": "S", "integrationCode": "sg-005", "folderId": 0}
    onboarded, other = (
        emulator.add("traits", {**both, "dataSourceId": owner, "traitType": kind})["sid"]
        for owner, kind in ((crm, "ON_BOARDED_TRAIT"), (web, "RULE_BASED_TRAIT"))
    )
    assert names.find(TRAITS, "crm:sg-005") == onboarded
    assert names.find_owned(TRAITS, "web", "sg-005", text="web:sg-005") == other
    assert account.objects(TRAITS).get(onboarded)["traitType"] == "ON_BOARDED_TRAIT"
    with pytest.raises(AAMLookupFailed, match=r"“sg-005” means 2 traits \(\d+, \d+\): write data source:code"):
        names.find(TRAITS, "sg-005")
    with pytest.raises(AAMLookupFailed, match=r"AAM has no trait “crm:sg-006”\. Did you mean “sg-005”"):
        names.find(TRAITS, "crm:sg-006")


def test_word_of_another_data_source_is_suggested_with_its_own(names, emulator, source):
    source()
    crm = source(name="CRM", integrationCode="crm")
    emulator.add("traits", {"name": "Gold", "integrationCode": "sg-005", "dataSourceId": crm})
    with pytest.raises(AAMLookupFailed, match=r"AAM has no trait “web:sg-005”\. Did you mean “crm:sg-005”\?"):
        names.find(TRAITS, "web:sg-005")


def test_number_that_aam_does_not_list_is_refused(names, source):
    key = source()
    assert names.find(DATA_SOURCES, key) == key
    with pytest.raises(AAMLookupFailed, match="AAM has no segment 7, or the technical account has no access to it"):
        names.find(SEGMENTS, 7)


def test_each_list_is_read_once_and_mappings_come_with_their_destinations(account, emulator):
    assert len(account.objects(MAPPINGS)) == len(account.objects(DESTINATIONS)) == 0
    assert emulator.count("GET /v1/destinations") == 1


def test_mappings_of_every_destination_are_there(account, emulator, source):
    segment = emulator.add("segments", {"name": "S", "dataSourceId": source(), "folderId": 0, "segmentRule": "1"})
    mapped = []
    for name in ("First", "Second"):
        destination = emulator.add("destinations", {"name": name, "destinationType": "S2S"})["destinationId"]
        of = {"destinationId": destination, "sid": segment["sid"]}
        mapped.append(emulator.add("mappings", of)["destinationMappingId"])
    mappings = account.objects(MAPPINGS)
    assert [mappings.get(key)["destinationMappingId"] for key in mapped] == mapped
    assert len(mappings) == 2


def test_list_that_is_not_complete_is_read_again_and_then_refused(account, emulator, source):
    source()
    emulator.seed(traits=3)
    emulator.trouble("GET /v1/traits", "duplicate_row", times=2)
    assert len(account.objects(TRAITS)) == 3
    emulator.trouble("GET /v1/segments", "duplicate_row", times=3)
    emulator.seed(segments=3)
    with pytest.raises(AAMIncomplete):
        account.objects(SEGMENTS)


def test_fields_that_name_an_object_are_the_resource_s():
    assert TRAITS.naming == ("integrationCode", "name")
    assert DESTINATIONS.naming == ("name",)
    assert PARTNER_SITES.naming == ("url",)
