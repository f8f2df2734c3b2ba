"""What AAM accepts as names, ids and lines of inbound files: every documented example, with its code."""

from __future__ import annotations

import pytest

from airflow_provider_aam.api.errors import AAMArgumentError
from airflow_provider_aam.members.grammar.codes import REMEDIES, Code
from airflow_provider_aam.members.grammar.ids import AAM_UUID, CUSTOMER_ID, GLOBAL_SOURCES, hash_email, id_format_of
from airflow_provider_aam.members.grammar.lines import LONGEST_LINE, check_line
from airflow_provider_aam.members.grammar.names import DataFileName, IdSyncName, check_name, parse_name

U = "59767559181262060060278870901087098252"
DPUUID = "DBwFoc3dhfMNCFBh2M4F9ZkJEXMNnRDh2PXvnI1"
IDFA = "6D92078A-8246-4BA4-AE5B-76104861E7DC"
GAID = "97987bca-ae59-4c7d-94ba-ee4f19ab8c21"
HASH = "55e79200c1635b37ad31a378c39feb12f120f116625093a19bc32fff15041149"

VALID_NAMES = {
    "ftp_dpm_478_1366545717.sync": DataFileName(source_id=478, batch=1366545717),
    "ftp_dpm_478_1366545717.sync.gz": DataFileName(source_id=478, batch=1366545717, suffix=".gz"),
    "ftp_dpm_478_1366545717.sync.1.gz": DataFileName(source_id=478, batch=1366545717, part=1, suffix=".gz"),
    "ftp_dpm_478_567_1366545717.sync.gz": DataFileName(source_id=478, target_id=567, batch=1366545717, suffix=".gz"),
    "ftp_dpm_478_1366545717.overwrite": DataFileName(source_id=478, batch=1366545717, mode="overwrite"),
    "ftp_dpm_20914_21_1700000000.sync": DataFileName(source_id=20914, target_id=21, batch=1700000000),
    "ftp_dpm_20915_21_1700000000.overwrite.3.gz": DataFileName(
        source_id=20915, target_id=21, batch=1700000000, mode="overwrite", part=3, suffix=".gz"
    ),
    "ftp_dpm_100_1700000000.overwrite.gpg": DataFileName(
        source_id=100, batch=1700000000, mode="overwrite", suffix=".gpg"
    ),
    "adobe_id_0_12345_1476312152.sync": IdSyncName(source_ids=(0, 12345), batch=1476312152),
    "adobe_id_123_898_456_1454442149.sync.2.gz": IdSyncName(
        source_ids=(123, 898, 456), batch=1454442149, part=2, suffix=".gz"
    ),
    "c2c_id_999999_987654_1560431657.sync": IdSyncName(family="c2c_id", source_ids=(999999, 987654), batch=1560431657),
    "ftp_dpm_odc_12345_1556223815.sync": DataFileName(source_id=12345, batch=1556223815, odc=True),
}

INVALID_NAMES = {
    "ftp_dpm_478_136654571.sync": "NAME_SYNTAX",
    "ftp_dpm_478_1366545717123.sync": "NAME_SYNTAX",
    "ftp_dpm_478_1366545717.SYNC": "NAME_SYNTAX",
    "ftp_dpm_478_1366545717.sync.zip": "NAME_SYNTAX",
    "ftp_dpm_478_1366545717.sync.1.bz2": "NAME_SYNTAX",
    "ftp_dpm_478_1366545717.sync.gz.1": "NAME_SYNTAX",
    "ftp_dpm_478_1366545717": "NAME_SYNTAX",
    "dpm_478_1366545717.sync": "NAME_SYNTAX",
    "ftp_dpm_20914_1366545717.sync.gz": "TARGET_REQUIRED",
    "ftp_dpm_478_1366545717.sync.gz.gpg": "NAME_SYNTAX",
    "ftp_dpm_478_1_2_1366545717.sync": "NAME_SYNTAX",
    "adobe_id_12345_1476312152.sync": "NAME_SYNTAX",
    "adobe_id_0_12345_1476312152.overwrite": "NAME_SYNTAX",
    "c2c_id_1_2_3_1560431657.sync": "C2C_ARITY",
}

VALID_LINES = [
    (AAM_UUID, f"{U}\td_sid=24,d_sid=26,d_unsid=28"),
    (AAM_UUID, f"{U}\td_sid=24, d_sid=26, d_sid=27"),
    (AAM_UUID, f"{U}\t24:0, 26:-1"),
    (CUSTOMER_ID, f"{DPUUID}\t30608,50354"),
    (CUSTOMER_ID, f"{DPUUID}\tic=52,ic=55"),
    (CUSTOMER_ID, "crm-1\tproduct = tablet, product = phone"),
    (CUSTOMER_ID, 'crm-1\t"product" = "tablet", "product" = "phone"'),
    (CUSTOMER_ID, 'crm-1\tmodel="pickup truck","gender"=m'),
    (GLOBAL_SOURCES[20915], f"{IDFA}\td_sid=24"),
    (GLOBAL_SOURCES[20914], f"{GAID}\td_unsid=24"),
    (CUSTOMER_ID, f"{HASH}\td_sid=24"),
    (CUSTOMER_ID, 'crm-1\t"age"="32",d_sid=24'),
]

INVALID_LINES = [
    (AAM_UUID, f"{U} d_sid=24", "TAB_COUNT"),
    (AAM_UUID, f"{U}\td_sid=24\td_sid=26", "TAB_COUNT"),
    (AAM_UUID, f"{U[1:]}\td_sid=24", "BAD_ID"),
    (AAM_UUID, f"A{U[1:]}\td_sid=24", "BAD_ID"),
    (GLOBAL_SOURCES[20915], f"{IDFA.lower()}\td_sid=24", "BAD_ID"),
    (GLOBAL_SOURCES[20914], f"{GAID.upper()}\td_sid=24", "BAD_ID"),
    (CUSTOMER_ID, "crm:1\td_sid=24", "BAD_ID"),
    (CUSTOMER_ID, "crm%3A1\td_sid=24", "BAD_ID"),
    (CUSTOMER_ID, "crm-1\td_sid=24,", "BAD_ITEM"),
    (CUSTOMER_ID, "crm-1\td_sid=24 ", "TRAILING_WS"),
    (CUSTOMER_ID, "crm-1\td_sid=24\r", "CR"),
    (CUSTOMER_ID, "crm-1\td_sid=24;d_sid=25", "BAD_ITEM"),
    (CUSTOMER_ID, "crm-1\td_sid=abc", "BAD_TRAIT"),
    (CUSTOMER_ID, "crm-1\t24:1", "BAD_ITEM"),
    (CUSTOMER_ID, "crm-1\t“gender”=”female”", "BAD_ITEM"),
    (CUSTOMER_ID, 'crm-1\t"size"="5" tall"', "BAD_ITEM"),
    (CUSTOMER_ID, 'crm-1\t"city"=', "BAD_ITEM"),
    (CUSTOMER_ID, "\td_sid=24", "BAD_ID"),
    (CUSTOMER_ID, "crm-1", "TAB_COUNT"),
    (CUSTOMER_ID, "\ufeffcrm-1\td_sid=24", "BOM"),
    (CUSTOMER_ID, f"crm-1\tkey={'v' * LONGEST_LINE}", "LINE_TOO_LONG"),
    (CUSTOMER_ID, "alice@example.com\td_sid=24", "PII"),
]


@pytest.mark.parametrize(("text", "name"), VALID_NAMES.items())
def test_a_documented_name_is_read_and_made(text, name):
    assert parse_name(text) == name
    assert str(name) == text
    assert check_name(text) == []


@pytest.mark.parametrize(("text", "code"), INVALID_NAMES.items())
def test_a_documented_wrong_name_has_its_code(text, code):
    assert [fault.code for fault in check_name(text)] == [code]


def test_names_are_read_leniently():
    assert parse_name("FTP_DPM_21_123456789.Sync") == DataFileName(source_id=21, batch=123456789)
    assert parse_name("ftp_dpm_478_1366545717.sync.gz.processed") is None


@pytest.mark.parametrize(
    "name",
    [
        DataFileName(source_id=20914, batch=1700000000),
        DataFileName(source_id=1, batch=17),
        DataFileName(source_id=1, batch=1700000000, part=0),
        DataFileName(source_id=1, batch=1700000000, suffix=".zip"),
        IdSyncName(source_ids=(1,), batch=1700000000),
        IdSyncName(family="c2c_id", source_ids=(1, 2, 3), batch=1700000000),
    ],
)
def test_a_name_that_aam_would_not_read_is_never_made(name):
    with pytest.raises(AAMArgumentError):
        str(name)


@pytest.mark.parametrize(("id_format", "line"), VALID_LINES)
def test_a_documented_line_passes(id_format, line):
    assert check_line(line, id_format=id_format) is None


@pytest.mark.parametrize(("id_format", "line", "code"), INVALID_LINES)
def test_a_documented_wrong_line_has_its_code(id_format, line, code):
    fault = check_line(line, id_format=id_format)
    assert fault is not None
    assert fault.code == code


def test_removals_have_no_place_in_an_overwrite_file():
    for line in ("crm-1\td_unsid=24", "crm-1\t24:-1"):
        assert check_line(line, id_format=CUSTOMER_ID) is None
        fault = check_line(line, id_format=CUSTOMER_ID, mode="overwrite")
        assert fault is not None
        assert fault.code == Code.UNSID_IN_OVERWRITE


@pytest.mark.parametrize("line", ["crm-1", "crm-1\t"])
def test_a_bare_id_passes_only_where_clearing_was_asked_for(line):
    assert check_line(line, id_format=CUSTOMER_ID, mode="overwrite", clear_users=True) is None
    assert check_line(line, id_format=CUSTOMER_ID, mode="overwrite") is not None
    assert check_line(line, id_format=CUSTOMER_ID, mode="sync", clear_users=True) is not None


def test_length_is_counted_in_bytes():
    value = "é" * (LONGEST_LINE // 2)
    fault = check_line(f"crm-1\tkey={value}", id_format=CUSTOMER_ID)
    assert fault is not None
    assert fault.code == Code.LINE_TOO_LONG


@pytest.mark.parametrize("source_id", [s for s, known in GLOBAL_SOURCES.items() if known.device])
def test_an_advertising_id_of_zeros_is_refused(source_id):
    zeros = "00000000-0000-0000-0000-000000000000"
    fault = GLOBAL_SOURCES[source_id].fault(zeros)
    assert fault is not None
    assert fault.code == Code.BAD_ID


def test_the_inbound_setting_of_a_data_source_says_which_ids_it_takes():
    assert id_format_of({"dataSourceId": 20914}).name == "GAID (Android)"
    assert id_format_of({"dataSourceId": 5, "useAudienceManagerVisitorID": True}).name == "AAM UUID"
    assert id_format_of({"dataSourceId": 5, "marketingCloudVisitorIdVersion": 1}).name == "Experience Cloud ID"
    assert id_format_of({"dataSourceId": 5, "marketingCloudVisitorIdVersion": 0}).name == "customer ID"
    assert id_format_of({"dataSourceId": "20914"}).name == "GAID (Android)"
    assert id_format_of({"dataSourceId": 5, "useAudienceManagerVisitorID": "true"}).name == "AAM UUID"
    assert id_format_of({"dataSourceId": 5, "marketingCloudVisitorIdVersion": "1"}).name == "Experience Cloud ID"


def test_emails_are_hashed_as_people_based_destinations_expect():
    assert hash_email(" JohnDoe@Example.com\n") == HASH
    with pytest.raises(AAMArgumentError) as refused:
        hash_email("no-address")
    assert "no-address" not in str(refused.value)


def test_every_code_has_a_remedy():
    assert set(REMEDIES) == set(Code)
