"""How rows find their objects when nobody says by what: by id, then by code, then by name."""

from __future__ import annotations

import pytest

from airflow_provider_aam.api.errors import AAMArgumentError, AAMPlanRefused, AAMSourceError
from catalog.support import OtherAAM, TinyAAM, rows_of, trait


@pytest.fixture
def existing(emulator, web):
    def add(number=1, **more):
        fields = {"dataSourceId": web, "folderId": 0, **trait(number, dataSource=None, folder=None), **more}
        return emulator.add("traits", fields)["sid"]

    return add


def changes(plan):
    return {
        change.id: {f.field: f.after for f in change.fields} for change in plan.changes if change.action == "update"
    }


def test_id_wins_over_code_and_code_over_name(plan_all, existing):
    one, two, three = existing(1), existing(2), existing(3, integrationCode=None)
    rows = [
        {"sid": one, "integrationCode": "new"},
        trait(2, name="Renamed"),
        trait(3, integrationCode=None, ttl=9),
    ]
    plan = plan_all({"traits": rows})
    assert changes(plan) == {one: {"integrationCode": "new"}, two: {"name": "Renamed"}, three: {"ttl": 9}}
    assert plan.counts()["create"] == 0
    assert plan.match_on is None


def test_keys_of_changes_find_the_objects_again(plan_all, existing, web):
    existing(1)
    existing(3, integrationCode=None)
    plan = plan_all({"traits": [trait(1, ttl=1), trait(3, integrationCode=None, ttl=9), trait(4)]})
    assert [change.key for change in plan.changes] == [
        {"dataSourceId": web, "integrationCode": "t1"},
        {"dataSourceId": web, "name": "Trait 3"},
        {"dataSourceId": web, "integrationCode": "t4"},
    ]


def test_of_two_objects_with_one_name_the_one_without_a_code_is_meant(push_all, plan_all, existing, emulator):
    coded, plain = existing(1), existing(1, integrationCode=None)
    rows = [trait(1, integrationCode=None, ttl=7), trait(1)]
    plan = plan_all({"traits": rows})
    assert (changes(plan), [row.id for row in plan.unchanged]) == ({plain: {"ttl": 7}}, [coded])
    alone = plan_all({"traits": [trait(1, integrationCode="", ttl=7)]})
    assert changes(alone) == {plain: {"ttl": 7}}


def test_empty_code_means_another_object_than_the_one_with_a_code(push_all, plan_all, existing, emulator):
    coded = existing(1)
    rows = {"traits": [trait(1), trait(1, integrationCode="")]}
    plan = plan_all(rows)
    assert (plan.counts()["create"], [row.id for row in plan.unchanged]) == (1, [coded])
    push_all(rows)
    assert plan_all(rows).changes == ()
    with pytest.raises(AAMSourceError, match=r"is trait \d+, which source list, row 2 describes already"):
        plan_all({"traits": [trait(1), trait(1, name="Trait 1", integrationCode=None, sid=coded)]})


def test_code_of_nothing_but_an_escaped_blank_finds_no_object(plan_all, existing):
    existing(1, integrationCode="&nbsp;")
    (change,) = plan_all({"traits": [trait(2, integrationCode="&nbsp;")]}).changes
    assert change.action == "create"


def test_name_without_a_word_about_the_code_means_the_object_that_another_row_has(plan_all, existing):
    sid = existing(1)
    with pytest.raises(AAMSourceError, match=rf"“Trait 1” is trait {sid}, which source list, row 2"):
        plan_all({"traits": [trait(1, integrationCode=None), trait(1)]})


def test_two_objects_that_nothing_tells_apart_are_a_finding(plan_all, existing):
    one, two = existing(1, integrationCode=None), existing(1, integrationCode=None)
    with pytest.raises(AAMSourceError, match=rf"AAM has 2 traits with “Trait 1” \({one}, {two}\)"):
        plan_all({"traits": [trait(1, integrationCode=None)]})


def test_name_in_another_case_is_a_finding_unless_another_row_has_that_object(plan_all, existing):
    existing(1)
    with pytest.raises(AAMSourceError, match="“TRAIT 1” differs from AAM's “Trait 1”"):
        plan_all({"traits": [trait(1, name="TRAIT 1", integrationCode=None)]})
    plan = plan_all({"traits": [trait(1, name="TRAIT 1", integrationCode=None), trait(1)]})
    assert plan.counts()["create"] == 1
    for rows in ([trait(1), trait(1, integrationCode="T1")], [trait(1, integrationCode="T1"), trait(1)]):
        with pytest.raises(AAMSourceError, match="“T1” differs from AAM's “t1”"):
            plan_all({"traits": rows})


def test_values_of_signals_are_data_and_may_differ_in_case(push_all, emulator, plan_all):
    signal = {"sourceKey": "c_a", "sourceValue": "x", "targetKey": "t", "targetValue": "v"}
    rows = {"derivedSignals": [signal, {**signal, "sourceValue": "X"}]}
    push_all({"derivedSignals": [signal]})
    assert plan_all(rows).counts()["create"] == 1
    (change,) = plan_all({"derivedSignals": [{**signal, "targetValue": "w"}]}).changes
    assert (change.label, change.key) == ("c_a=x", {"sourceKey": "c_a", "sourceValue": "x"})


def test_unknown_id_is_a_finding(plan_all, web):
    with pytest.raises(AAMSourceError, match="sid: AAM has no trait 99, or the technical account has no access to it"):
        plan_all({"traits": [{"sid": 99, "ttl": 1}]})


def test_way_that_no_kind_knows_is_refused(plan_all, emulator):
    emulator.clear_stats()
    with pytest.raises(AAMArgumentError, match="match_on is 'code'; it must be one of sid, integrationCode, name"):
        plan_all({"traits": [trait(1)], "models": []}, match_on="code")
    assert emulator.count() == 0


def test_kinds_that_do_not_know_the_way_are_matched_naturally(plan_all, existing, emulator, web):
    sid = existing(1, integrationCode="other")
    rows = {"traitFolders": [{"path": "/A"}], "traits": [trait(1)]}
    plan = plan_all(rows, match_on="name")
    assert changes(plan) == {sid: {"integrationCode": "t1"}}
    assert plan.counts()["create_folders"] == 1


def test_only_the_data_source_of_all_rows_is_listed(plan_all, emulator, web):
    app = emulator.add("data_sources", {"name": "App", "integrationCode": "app"})["dataSourceId"]
    emulator.seed(traits=2_499)
    emulator.add("traits", {"name": "Of the app", "dataSourceId": app})
    for rows, pages in (
        ([trait(1, dataSource="app")], 2),  # the second is one row long, for its total
        ([trait(1), trait(2, dataSource="app")], 3),
        ([{"sid": 1, "ttl": 2}], 3),
    ):
        emulator.clear_stats()
        try:
            plan_all({"traits": rows})
        except AAMSourceError:
            assert "sid" in rows[0]
        assert emulator.count("GET /v1/traits") == pages
    emulator.clear_stats()
    plan_all({"traits": [trait(1, dataSource=None, dataSourceId=app)]}, prune_scope={"dataSource": "app"})
    assert emulator.count("GET /v1/traits") == 1  # one goes, one comes: no more than before
    emulator.clear_stats()
    plan_all({"traits": [trait(1)]}, prune_scope={"dataSource": "app"})
    assert emulator.count("GET /v1/traits") == 3
    plan_all({"dataSources": [{"dataSourceId": web, "name": "Web site"}]})
    assert "dataSourceId" not in emulator.requests[-1]["query"]


def test_lists_that_hide_codes_are_looked_behind_before_a_create():
    from airflow_provider_aam.catalog.applying.push import push
    from airflow_provider_aam.catalog.kinds import TRAITS
    from airflow_provider_aam.catalog.planning.options import PlanOptions

    tiny = TinyAAM()
    tiny.traits = {1: {**trait(1), "sid": 1, "dataSourceId": 7, "folderId": 0}}
    tiny.listed = lambda row: {name: value for name, value in row.items() if name != "integrationCode"}
    with OtherAAM(tiny) as aam, pytest.raises(AAMPlanRefused, match="leaves out integrationCode, although trait 1"):
        push(aam.client, {TRAITS: rows_of([trait(1)])}, PlanOptions(), source="s")
    assert list(tiny.traits) == [1]


# --- rules ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("99T", "AAM has no trait 99, or the technical account has no access to it"),
        ("FREQUENCY([{t2}]) >= 2", "“{t2}” is used in FREQUENCY but is of type ON_BOARDED_TRAIT"),
        ("FREQUENCY([{t1}]) >= 2", None),
        ("{web:t2} AND NOT {Trait 1}", None),
        ("FREQUENCY([{new}]) >= 2", "“{new}” is used in FREQUENCY but is of type ON_BOARDED_TRAIT"),
    ],
)
def test_rules_are_checked_against_the_types_of_their_traits(plan_all, existing, rule, said):
    existing(1)
    existing(2, traitType="ON_BOARDED_TRAIT", traitRule=None)
    new = trait(3, integrationCode="new", traitType="ON_BOARDED_TRAIT", traitRule=None)
    segment = {"name": "S", "dataSource": "web", "folder": "/", "segmentRule": rule}
    catalog = {"traits": [new], "segments": [segment]}
    if said is None:
        assert plan_all(catalog).counts()["create"] == 2
        return
    with pytest.raises(AAMSourceError) as refused:
        plan_all(catalog)
    assert f"segmentRule: {said}" in str(refused.value)


def test_rule_that_aam_holds_already_may_name_what_is_not_seen(plan_all, emulator, existing, web):
    one = existing(1)
    fields = {"name": "S", "integrationCode": "s", "dataSourceId": web, "folderId": 0}
    emulator.add("segments", {**fields, "segmentRule": f"{one}T OR 999T"})
    segment = {"name": "S", "integrationCode": "s", "dataSource": "web", "folder": "/"}
    assert plan_all({"segments": [{**segment, "segmentRule": f"999T AND {one}T"}]}).counts()["update"] == 1
    with pytest.raises(AAMSourceError, match="AAM has no trait 998"):
        plan_all({"segments": [{**segment, "segmentRule": f"998T AND {one}T"}]})


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("{t1} OR {t1}", "“{t1}” appears twice in one chain of OR"),
        ("FREQUENCY([{t1}, {t1}]) >= 2", "“{t1}” appears 2 times in the list of one FREQUENCY"),
    ],
)
def test_what_stands_twice_in_a_new_rule_is_refused_and_in_one_that_aam_holds_a_warning(
    emulator, plan_all, existing, web, rule, said
):
    sid = existing(1)
    segment = {"name": "S", "dataSource": "web", "folder": "/", "segmentRule": rule}
    with pytest.raises(AAMSourceError, match=r"segmentRule: .* appears .*: name it once"):
        plan_all({"segments": [segment]})
    held = rule.replace("{t1}", f"{sid}T")
    emulator.add("segments", {"name": "S", "dataSourceId": web, "folderId": 0, "segmentRule": held})
    place = "source list, row 1: segmentRule"
    plan = plan_all({"segments": [{**segment, "description": "new"}]})
    assert plan.counts()["update"] == 1
    assert plan.warnings == (f"1 repetitions in rules that AAM holds already; first: {place}: {said}: name it once",)
    with pytest.raises(AAMSourceError, match="appears twice in one chain of AND: name it once"):
        plan_all({"segments": [{**segment, "segmentRule": f"{held} AND {{t1}} AND {{t1}}"}]})


def test_other_contradictions_of_a_rule_stay_findings(plan_all, existing):
    existing(1)
    segment = {"name": "S", "dataSource": "web", "folder": "/", "segmentRule": "NOT {t1} AND NOT {t1}"}
    with pytest.raises(AAMSourceError) as refused:
        plan_all({"segments": [segment]})
    assert "every operand is negated" in str(refused.value)
    assert "appears twice" not in str(refused.value)


# --- kinds unlike traits ----------------------------------------------------------------------------------------------


def test_kind_without_names_folders_and_data_sources_is_pushed_like_any_other(emulator, push_all):
    signal = {"sourceKey": "k", "sourceValue": "1", "targetKey": "t", "targetValue": "v"}
    rows = [signal, {**signal, "sourceValue": "2"}]
    emulator.trouble("POST /v1/signals/derived", "reset_after")
    emulator.clear_stats()
    assert push_all({"derivedSignals": rows}).outcomes["created"] == 2
    assert push_all({"derivedSignals": rows}).outcomes["unchanged"] == 2
    assert push_all({"derivedSignals": [{**signal, "targetValue": "w"}]}).outcomes["updated"] == 1
    (second,) = (row["derivedSignalId"] for row in emulator.objects("derived_signals") if row["sourceValue"] == "2")
    by_id = [{"derivedSignalId": second, "targetKey": "u"}]
    assert push_all({"derivedSignals": by_id}, match_on="derivedSignalId").outcomes["updated"] == 1
    stored = [(row["sourceValue"], row["targetKey"], row["targetValue"]) for row in emulator.objects("derived_signals")]
    assert sorted(stored) == [("1", "t", "w"), ("2", "u", "v")]
    assert not [each for each in emulator.requests if "folders" in each["path"] or "datasources" in each["path"]]


def test_prune_in_one_data_source_while_rows_are_of_two(emulator, web, push):
    emulator.add("data_sources", {"name": "App", "integrationCode": "app"})
    push([trait(1), trait(2), trait(3, dataSource="app"), trait(4, dataSource="app")])
    receipt = push([trait(1), trait(3, dataSource="app")], prune_scope={"dataSource": "web"})
    assert (receipt.outcomes["deleted"], receipt.outcomes["unchanged"]) == (1, 2)
