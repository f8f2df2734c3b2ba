"""Codes that a plan would give to a second object, and rows that say only what changes."""

from __future__ import annotations

import pytest

from airflow_provider_aam.api.errors import AAMSourceError
from catalog.support import only, trait
from catalog.whole_account import account


@pytest.fixture
def sids(push_all, emulator):
    """t1 and t2 of web, which AAM has; by code."""
    push_all({"dataSources": [{"name": "Web site", "integrationCode": "web"}, {"name": "App"}]})
    push_all({"traits": [trait(1), trait(2)]})
    return {row["integrationCode"]: row["sid"] for row in emulator.objects("traits")}


def refused(plan_all, rows, **options):
    with pytest.raises(AAMSourceError) as error:
        plan_all({"traits": rows}, **options)
    return error.value.findings


def test_code_of_an_object_that_keeps_it_is_refused(plan_all, sids):
    (finding,) = refused(plan_all, [{"sid": sids["t1"], "integrationCode": "t2"}])
    assert finding.endswith(
        "row 1: integrationCode: “t2” is already the integration code of trait "
        f"{sids['t2']} “Trait 2”: use another code"
    )
    assert refused(plan_all, [{"sid": sids["t1"], "integrationCode": "t2"}, {"sid": sids["t2"], "ttl": 5}])
    assert refused(plan_all, [trait(1, name="New", integrationCode="t2")], match_on="name")


def test_code_that_two_rows_take_is_refused_once(plan_all, sids):
    rows = [{"sid": sid, "integrationCode": "new"} for sid in sids.values()]
    (finding,) = refused(plan_all, rows)
    assert "row 2: integrationCode: “new” is already the integration code of what" in finding
    (finding,) = refused(plan_all, [rows[0], trait(3, integrationCode="new")])
    assert "of a trait that this plan creates" in finding


def test_code_that_its_holder_gives_up_is_free(plan_all, sids):
    rows = [{"sid": sids["t1"], "integrationCode": "t2"}, {"sid": sids["t2"], "integrationCode": "t1"}]
    assert len(plan_all({"traits": rows}).changes) == 2


def test_same_code_in_another_data_source_is_free(plan_all, sids, emulator):
    rows = [{"sid": sids["t1"], "integrationCode": "t2", "dataSource": "App"}]
    assert len(plan_all({"traits": rows}).changes) == 1
    emulator.add(
        "traits",
        {**only(emulator, "traits", integrationCode="t2"), "sid": 9, "dataSourceId": 0}
        | {"dataSourceId": only(emulator, "data_sources", name="App")["dataSourceId"]},
    )
    assert refused(plan_all, [{"sid": sids["t2"], "dataSource": "App"}])


def test_partial_row_of_every_kind_updates_what_aam_has(push_all, plan_all):
    push_all(account())
    rows = {
        "dataSources": [{"integrationCode": "web", "description": "new"}],
        "derivedSignals": [{"sourceKey": "c_sku", "sourceValue": "1", "targetValue": "boots"}],
        "traits": [{"dataSource": "web", "integrationCode": "pricing", "ttl": 7}],
        "models": [{"name": "Lookalikes", "lookBackPeriod": 60}],
        "segments": [{"dataSource": "web", "integrationCode": "buyers", "status": "INACTIVE"}],
        "destinations": [{"name": "Ads URL", "description": "new"}],
        "mappings": [{"destination": "Ads URL", "segment": "buyers", "url": "http://x.example/new"}],
    }
    counts = push_all(rows).outcomes
    assert (counts["updated"], counts["created"], counts["rejected"]) == (7, 0, 0)
    assert plan_all(rows).changes == ()


@pytest.mark.parametrize(
    ("key", "row", "said"),
    [
        ("dataSources", {"integrationCode": "q"}, "data source q is not in AAM; to create it, give name"),
        (
            "traits",
            {"dataSource": "web", "integrationCode": "q", "ttl": 7},
            "trait web/q is not in AAM; to create it, give name, traitType, folder (or folderId)",
        ),
        ("traits", trait(9, traitRule=None), "traitType: traitRule is missing: a RULE_BASED_TRAIT needs one"),
        ("segments", {"dataSource": "web", "integrationCode": "q"}, "give name, folder (or folderId), segmentRule"),
        ("models", {"name": "q"}, "give algoTypeId, lookBackPeriod, dataSources, baseline (or sid)"),
        ("destinations", {"name": "q"}, "destination “q” is not in AAM; to create it, give destinationType"),
    ],
)
def test_row_that_lacks_what_a_new_object_needs_is_a_finding(plan_all, web, key, row, said):
    with pytest.raises(AAMSourceError) as error:
        plan_all({key: [row]})
    assert said in error.value.findings[0]


def test_characters_that_adobe_advises_against_are_said_of_new_and_changed_names_only(push_all, plan_all, web):
    rows = {"traits": [trait(1, name="a, b"), trait(2)]}
    push_all(rows)
    assert plan_all(rows).warnings == ()
    rows["traits"][1]["name"] = "c|d"
    (warning,) = plan_all(rows).warnings
    assert warning.startswith("Adobe advises against , | - in a name; 1 new or changed one has it (first: “c|d”, ")
