"""The offline check: limits, types, references, keys; everything wrong at once, each with its place."""

from __future__ import annotations

import pytest

from airflow_provider_aam.api.errors import AAMSourceError
from airflow_provider_aam.api.names import near
from airflow_provider_aam.catalog.checking.check import check_rows
from airflow_provider_aam.catalog.kinds import TRAITS
from airflow_provider_aam.catalog.problems import Place, Problem, refuse
from airflow_provider_aam.catalog.reading.rows import SourceRow
from catalog.support import rows_of, texts, trait


def check(*items, match_on="integrationCode"):
    checked, findings = check_rows(rows_of(items), TRAITS, match_on=match_on)
    return [item.given for item in checked], [text.partition("row ")[2] for text in texts(findings)]


def test_row_that_is_right_is_read_in_aam_s_types():
    (given,), findings = check(
        trait(
            name="  One ",
            traitType="rule_based_trait",
            status=" inactive",
            ttl=" 30 ",
            integrationCode=7,
            type="5",
            description="",
            comments=None,
            folder=None,
            folderId="0",
        )
    )
    assert findings == []
    assert given == {
        "name": "One",
        "traitType": "RULE_BASED_TRAIT",
        "dataSource": "web",
        "folderId": 0,
        "integrationCode": "7",
        "traitRule": 'c_page == "1"',
        "description": "",
        "status": "INACTIVE",
        "ttl": 30,
        "type": 5,
    }


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (trait(name="x" * 256), "1: name: has 256 characters; at most 255 are allowed"),
        (trait(name=" "), "1: name: is empty"),
        (trait(name="a\tb"), "1: name: must not hold tabs, line breaks or other control characters"),
        (trait(name="a\x1b[31m"), "1: name: must not hold tabs, line breaks or other control characters"),
        (trait(name=["a"]), "1: name: a list is not a string"),
        (trait(name=True), "1: name: True is not a string"),
        (trait(name="a\ud800"), "1: name: “a\\ud800” is not a string: half of a surrogate pair is missing"),
        (trait(integrationCode=""), "1: integrationCode: is empty"),
        (trait(dataSource=""), "1: dataSource: is empty"),
        (trait(dataSource=None, dataSourceId=-1), "1: dataSourceId: -1 is too small, 0 at least"),
        (trait(dataSource=None, dataSourceId="web"), "1: dataSourceId: “web” is not an integer"),
        (trait(dataSourceId=7), "1: dataSourceId: cannot be combined with dataSource: keep one"),
        (trait(folderId=7), "1: folderId: cannot be combined with folder: keep one"),
        (trait(folder="Web"), "1: folder: “Web” must be a path from the root, like /Web/Pricing"),
        (trait(traitType="SEGMENT"), "1: traitType: “SEGMENT” is not one of"),
        (trait(status="PAUSED"), "1: status: “PAUSED” is not one of 'ACTIVE' or 'INACTIVE'"),
        (trait(ttl=-1), "1: ttl: -1 is too small, 0 at least"),
        (trait(ttl=1.5), "1: ttl: 1.5 is not an integer"),
        (trait(ttl="9" * 5000), "1: ttl: “9999"),
        (trait(ttl=2**31), "1: ttl: 2147483648 is too large, 2147483647 at most"),
        (trait(ttl=True), "1: ttl: true and false are not numbers"),
        (trait(traitRule="a = 1"), "1: traitRule: column 3: expected a comparison (== != > < >= <=) or Contains, "),
        (trait(accuracy=0.5), "1: accuracy: belongs to an ALGO_TRAIT, this is a RULE_BASED_TRAIT"),
        (trait(traitType="ALGO_TRAIT", algoModelId=0), "1: algoModelId: 0 is too small, 1 at least"),
        (trait(traitType="ALGO_TRAIT", algoModelId=1, accuracy="inf"), "1: accuracy: “inf” is not a number"),
        (trait(traitType="ALGO_TRAIT", algoModelId=1, accuracy="x"), "1: accuracy: “x” is not a number"),
        (trait(traitType="ALGO_TRAIT", algoModelId=1, thresholdType="x"), "1: thresholdType: “X” is not one of"),
        (trait(dataSource=None), "1: dataSource (or dataSourceId) is missing"),
        (trait(integrationCode=None), "1: integrationCode is missing; match_on='integrationCode' needs it"),
        (trait(sid=5), "1: sid: is only read with match_on='sid': set that, or remove the column"),
        (trait(traitrule="x"), "1: traitrule: unknown column. Did you mean “traitRule”? Known: sid, name,"),
        (trait(segmentTest=1), "1: segmentTest: unknown column."),
        (trait(**{"": 1}), "1: a column without a name: unknown column."),
    ],
)
def test_each_thing_wrong_is_one_finding(row, said):
    _, (finding,) = check(row)
    assert finding.startswith(said)


@pytest.mark.parametrize(
    "row",
    [
        trait(traitType="ON_BOARDED_TRAIT", traitRule=None),
        trait(traitRule=""),
        trait(traitRule=None),
        {"integrationCode": "t", "dataSource": "web", "ttl": 7},
        trait(traitType="ALGO_TRAIT", algoModelId=3, accuracy="0.19", thresholdType="reach"),
    ],
)
def test_what_only_a_new_object_needs_may_be_absent(row):
    assert check(row)[1] == []


def test_all_findings_of_a_row_and_of_all_rows_come_together():
    _, findings = check(trait(ttl="x", status="y", name=""), {}, trait(3))
    assert len(findings) == 3 + 2


def test_unknown_column_of_many_rows_is_reported_once():
    _, findings = check(*(trait(number, Rule="x") for number in range(3)))
    assert len(findings) == 1
    assert findings[0].startswith("1: Rule: unknown column (in 3 rows). Did you mean “traitRule”?")


def test_duplicate_key_names_the_first_place():
    _, findings = check(trait(1), trait(2), trait(3, integrationCode="t1"))
    assert findings == ["3: integrationCode: “t1” is a duplicate (first used at source list, row 1)"]


def test_same_key_in_another_data_source_is_another_key():
    assert check(trait(1), trait(1, dataSource="app"), trait(1, dataSource=None, dataSourceId=5))[1] == []


def test_match_on_name_needs_no_code_and_refuses_a_name_twice():
    _, findings = check(trait(1, integrationCode=None), trait(2, name="Trait 1"), match_on="name")
    assert findings == ["2: name: “Trait 1” is a duplicate (first used at source list, row 1)"]


def test_match_on_sid_needs_nothing_else():
    given, findings = check({"sid": "7", "ttl": 5}, {"sid": 8, "traitType": "RULE_BASED_TRAIT"}, match_on="sid")
    assert findings == []
    assert given == [{"sid": 7, "ttl": 5}, {"sid": 8, "traitType": "RULE_BASED_TRAIT"}]
    assert check({"ttl": 5}, match_on="sid")[1] == ["1: sid is missing; match_on='sid' needs it"]
    assert check({"sid": 7}, {"sid": "7"}, match_on="sid")[1][0].startswith("2: sid: “7” is a duplicate")


def test_row_without_its_key_may_give_an_id_instead():
    _, findings = check({"ttl": 5}, {"sid": 7}, {"integrationCode": "c", "name": "N"}, match_on=None)
    assert [text for text in findings if "or give" in text] == [
        "1: dataSource (or dataSourceId) is missing, or give sid of one that AAM has",
        "3: dataSource (or dataSourceId) is missing, or give sid of one that AAM has",
    ]
    assert [text for text in findings if text.startswith("2")] == []
    assert "or give" not in "".join(check({"ttl": 5}, match_on="integrationCode")[1])


def test_findings_name_the_line_of_the_field():
    place = Place(source="a.yaml", line=3)
    row = SourceRow(values=trait(ttl="x", bad=1), place=place, lines={"ttl": 9, "bad": 8})
    _, findings = check_rows([row], TRAITS, match_on="integrationCode")
    assert [text.partition(": ")[0] for text in texts(findings)] == ["a.yaml:9", "a.yaml:8"]


def test_refusal_lists_findings_in_the_file_s_order_and_counts_the_rest():
    findings = [Problem(place=Place(source="a", line=line), text="p") for line in range(150, 0, -1)]
    with pytest.raises(AAMSourceError) as refused:
        refuse("a", findings)
    lines = str(refused.value).splitlines()
    assert lines[:2] == ["a has 150 problems. Nothing was changed in AAM.", "  a:1: p"]
    assert lines[-1] == "  … and 50 more"
    assert len(refused.value.findings) == 150
    refuse("a", [])


def test_near_says_nothing_when_nothing_is_near():
    assert near("zzz", ["name"]) == ""
    assert str(Place(source="a.parquet")) == "a.parquet"
