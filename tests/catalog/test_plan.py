"""What a plan says about an account, and how few requests it takes to say it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from airflow_provider_aam.api.errors import AAMArgumentError, AAMIncomplete, AAMPlanRefused, AAMSourceError
from airflow_provider_aam.catalog.kinds import TRAITS
from airflow_provider_aam.catalog.planning.guards import Guards
from airflow_provider_aam.catalog.planning.options import PlanOptions
from airflow_provider_aam.catalog.planning.planner import build_plan
from catalog.support import LIST, LIST_FOLDERS, OtherAAM, TinyAAM, rows_of, trait, traits, writes

NOW = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.fixture
def plan(client, web):
    def build(items, *, with_client=client, **options):
        options.setdefault("match_on", "integrationCode")
        catalog = {TRAITS: rows_of(items)}
        return build_plan(with_client, catalog, PlanOptions(**options), source="traits.yaml", now=NOW)

    return build


@pytest.fixture
def existing(emulator, web):
    """``existing(number, **fields)`` puts a trait like ``trait(number)`` into AAM."""

    def add(number=1, **more):
        fields = {"dataSourceId": web, "folderId": 0, **trait(number, dataSource=None, folder=None), **more}
        return emulator.add("traits", fields)

    return add


def said(plan):
    return [(c.action, c.id, {f.field: (f.before, f.after) for f in c.fields}) for c in plan.changes]


def test_new_row_is_a_create_with_its_key(plan, web):
    (change,) = plan([trait(ttl=5)]).changes
    assert (change.action, change.kind, change.label, change.place) == (
        *("create", "trait", "web/t1 “Trait 1”", "source list, row 1"),
    )
    assert change.key == {"dataSourceId": web, "integrationCode": "t1"}
    assert {f.field: f.after for f in change.fields} == {
        "name": "Trait 1",
        "traitType": "RULE_BASED_TRAIT",
        "integrationCode": "t1",
        "traitRule": 'c_page == "1"',
        "ttl": 5,
        "dataSourceId": web,
        "folderId": 0,
    }


def test_differing_row_is_an_update_of_what_differs(plan, existing, emulator):
    folder = emulator.add("trait_folders", {"name": "Web", "parentFolderId": 0})["folderId"]
    sid = existing(name="Old", ttl=90, description="keep me", comments="away")["sid"]
    row = trait(folder="/Web", comments="")
    assert said(plan([row])) == [
        ("update", sid, {"name": ("Old", "Trait 1"), "comments": ("away", ""), "folderId": (0, folder)})
    ]
    assert plan([row]).changes[0].fields[-1].shown == ("/", "/Web")


def test_row_that_is_so_already_is_unchanged(plan, existing):
    sid = existing(traitRule='c_page=="1"', description=None, ttl=120)["sid"]
    result = plan([trait(ttl="120", description="")])
    assert (result.changes, [row.id for row in result.unchanged]) == ((), [sid])
    assert result.counts() == {"create": 0, "update": 0, "delete": 0, "unchanged": 1, "create_folders": 0}


def test_move_to_a_folder_that_is_to_be_created(plan, existing):
    sid = existing()["sid"]
    folder, update = plan([trait(folder="/New")]).changes
    assert (folder.kind, folder.action, folder.key) == ("trait folder", "create", {"path": "/New"})
    assert (update.id, update.fields[0].shown) == (sid, ("/", "/New (new)"))
    assert [(link.field, link.to) for link in update.links] == [("folderId", 0)]


def test_codes_and_names_are_matched_within_the_data_source(plan, existing, emulator):
    app = emulator.add("data_sources", {"name": "App", "integrationCode": "app"})["dataSourceId"]
    existing(dataSourceId=app)
    assert [c.action for c in plan([trait()]).changes] == ["create"]
    assert [c.action for c in plan([trait()], match_on="name").changes] == ["create"]


@pytest.mark.parametrize("stored", ["A &amp; B", " A & B "])
def test_key_that_aam_escapes_or_pads_is_the_same_key(plan, existing, stored):
    sid = existing(name=stored, integrationCode=stored)["sid"]
    for match_on in ("name", "integrationCode"):
        result = plan([trait(name="A & B", integrationCode="A & B")], match_on=match_on)
        assert (result.changes, [row.id for row in result.unchanged]) == ((), [sid])


def test_match_on_name_leaves_the_code_alone_or_changes_it(plan, existing):
    sid = existing(integrationCode="other")["sid"]
    assert said(plan([trait(integrationCode=None)], match_on="name")) == []
    assert said(plan([trait()], match_on="name")) == [("update", sid, {"integrationCode": ("other", "t1")})]


def test_match_on_sid_updates_and_never_creates(plan, existing):
    sid = existing()["sid"]
    result = plan([{"sid": sid, "name": "New", "ttl": 5}], match_on="sid")
    assert said(result) == [("update", sid, {"name": ("Trait 1", "New"), "ttl": (120, 5)})]
    assert result.changes[0].key == {}
    with pytest.raises(AAMSourceError, match="sid: AAM has no trait 999999, or the technical account"):
        plan([{"sid": 999_999, "ttl": 5}], match_on="sid")


def test_two_objects_with_one_key_are_a_finding(plan, existing):
    one, two = existing(1)["sid"], existing(1)["sid"]
    with pytest.raises(AAMSourceError, match=rf"AAM has 2 traits with “t1” \({one}, {two}\): make one of them"):
        plan([trait()])


def test_one_data_source_named_in_two_ways_is_still_one(plan, web):
    with pytest.raises(AAMSourceError, match="“t1” is a duplicate"):
        plan([trait(), trait(dataSource="Web site")])
    with pytest.raises(AAMSourceError, match="“t1” is a duplicate"):
        plan([trait(), trait(dataSource=None, dataSourceId=web)])


def test_findings_of_references_come_together(plan):
    with pytest.raises(AAMSourceError) as refused:
        plan([trait(1, dataSource="wep"), trait(2, folder="/1/2/3/4/5/6"), trait(3, folder=None, folderId=9)])
    assert len(refused.value.findings) == 3
    assert "Did you mean “web”?" in str(refused.value)


def test_rows_that_are_wrong_in_themselves_do_not_hide_what_others_refer_to(plan, emulator):
    emulator.clear_stats()
    rows = [trait(ttl="x"), trait(2, dataSource="wep"), trait(3, traitRule="c_page ==", dataSource="crn")]
    with pytest.raises(AAMSourceError) as refused:
        plan(rows)
    assert [text.partition("row ")[2] for text in refused.value.findings] == [
        "1: ttl: “x” is not an integer",
        "2: dataSource: AAM has no data source “wep”. Did you mean “web”?",
        "3: traitRule: expected a quoted string or a number, but the rule ends",
        "3: dataSource: AAM has no data source “crn”.",
    ]
    assert writes(emulator) == 0


_SEGMENT = {"name": "S", "integrationCode": "s", "dataSource": "web", "folderId": 0}


def test_row_with_a_fault_is_still_what_other_rows_mean(plan_all, web):
    rows = {
        "traits": [trait(1, ttl="x"), trait(2, name="")],
        "segments": [{**_SEGMENT, "segmentRule": "{t1} AND {t2} AND {t9}"}],
    }
    with pytest.raises(AAMSourceError) as refused:
        plan_all(rows)
    said = "\n".join(refused.value.findings)
    assert ("“t1”" in said, "“t2”" in said, "“{t9}”" in said or "“t9”" in said) == (False, False, True)


def test_findings_are_said_even_when_aam_cannot_be_asked(plan, emulator):
    emulator.trouble("GET /v1/folders/traits", "status", status=403)
    with pytest.raises(AAMSourceError, match=r"ttl: “x” is not an integer\nWhat the rows refer to could not be"):
        plan([trait(ttl="x")])


@pytest.fixture
def app(emulator, web):
    return emulator.add("data_sources", {"name": "App", "integrationCode": "app"})["dataSourceId"]


def test_reads_are_a_page_a_thousand_and_three(plan, emulator, app):
    emulator.seed(traits=2_500)
    emulator.clear_stats()
    plan([trait(1), trait(2, dataSource="app")])
    assert (emulator.count(LIST), emulator.count(LIST_FOLDERS), emulator.count("GET /v1/datasources")) == (3, 1, 1)
    assert emulator.count() - emulator.count("POST /ims/token/v3") == 6
    assert writes(emulator) == 0


def test_only_the_rows_data_source_is_listed(plan, emulator, app):
    emulator.seed(traits=2_499)
    assert {row["dataSourceId"] for row in emulator.objects("traits")}.isdisjoint({app})
    emulator.add("traits", {"name": "Of the app", "dataSourceId": app})
    emulator.clear_stats()
    plan([trait(1, dataSource="app")])
    assert emulator.count(LIST) == 2  # the second is one row long, for its total


def test_limit_of_all_traits_counts_where_only_one_data_source_is_listed(plan, emulator, app):
    emulator.seed(traits=99_998)
    emulator.add("traits", {"name": "Of the app", "dataSourceId": app})
    assert plan([trait(1, dataSource="app")]).counts()["create"] == 1
    with pytest.raises(AAMPlanRefused, match=r"100,001 traits, 100,000 at most \(99,999 now\)"):
        plan([trait(number, dataSource="app") for number in (1, 2)])


def test_nothing_at_all_is_a_plan_too(plan):
    assert plan([]).counts() == {"create": 0, "update": 0, "delete": 0, "unchanged": 0, "create_folders": 0}


def test_warnings(plan, emulator):
    emulator.add("trait_folders", {"name": "Web", "parentFolderId": 0})
    result = plan([trait(1, folder="/WEB"), trait(2, name="a, b"), trait(3, name="c|d"), trait(4, name="e")])
    assert result.warnings == (
        ("Adobe advises against , | - in a name; 2 new or changed ones have it (first: “a, b”, source list, row 2)"),
        "folder /WEB will be created although /Web exists",
    )
    assert result.created_at == NOW.isoformat()


def test_changes_ratio_counts_what_exists(plan, existing):
    for number in range(4):
        existing(number, ttl=1)
    items = [trait(number, ttl=2) for number in range(3)]
    with pytest.raises(AAMPlanRefused, match=r"3 of 4 existing objects \(75%\)"):
        plan(items, guards=Guards(max_changes_ratio=0.7))
    assert len(plan(items, guards=Guards(max_changes_ratio=0.75)).changes) == 3


# --- lists that must not be trusted -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["short_page", "duplicate_row", "total_changes"])
def test_incomplete_list_is_read_again_and_then_refused(plan, existing, emulator, kind):
    for number in range(5):
        existing(number)
    details = {} if kind == "duplicate_row" else {"by": 1}
    emulator.trouble(LIST, kind, times=2, **details)
    if kind == "total_changes":
        emulator.clear_trouble()  # one page has one total
    assert [c.action for c in plan(traits(6)).changes] == ["create", "create"]
    emulator.trouble(LIST, "duplicate_row", times=3)
    with pytest.raises(AAMIncomplete):
        plan(traits(6))


def other(tiny):
    return OtherAAM(tiny)


def plan_with(aam, *items, **options):
    options.setdefault("match_on", "integrationCode")
    return build_plan(aam.client, {TRAITS: rows_of(items)}, PlanOptions(**options), source="t", now=NOW)


def bare(row):
    return {name: row[name] for name in ("sid", "name", "dataSourceId")}


def test_list_without_the_match_field_is_refused():
    tiny = TinyAAM()
    tiny.traits = {n: {"sid": n, "name": f"n{n}", "dataSourceId": 7, "integrationCode": f"t{n}"} for n in (1, 2)}
    tiny.listed = bare
    with other(tiny) as aam:
        with pytest.raises(AAMPlanRefused, match="list of traits leaves out integrationCode, although trait 1 has it"):
            plan_with(aam, trait(1))
        assert sum(count for asked, count in aam.asked.items() if not asked.startswith("GET")) == 0
        plan_with(aam, trait(1, name="n1"), match_on="name")


def test_list_without_details_is_refused_although_the_asked_ones_have_no_code():
    tiny = TinyAAM()
    tiny.traits = {n: {"sid": n, "name": f"n{n}", "dataSourceId": 7, "ttl": 120} for n in range(1, 9)}
    tiny.traits[4]["integrationCode"] = "t1"
    tiny.listed = bare
    with other(tiny) as aam, pytest.raises(AAMPlanRefused, match="leaves out ttl"):
        plan_with(aam, trait(1))


def test_account_whose_traits_have_no_codes_is_not_refused():
    tiny = TinyAAM()
    tiny.traits = {n: {"sid": n, "name": f"n{n}", "dataSourceId": 7, "integrationCode": ""} for n in range(1, 9)}
    tiny.listed = bare
    answer = tiny.__call__

    def with_one_gone(method, path, query, body):
        return None if path == "/v1/traits/1" else answer(method, path, query, body)

    with OtherAAM(with_one_gone) as aam:
        assert [c.action for c in plan_with(aam, trait(1)).changes] == ["create"]
        assert sum(count for asked, count in aam.asked.items() if asked.startswith("GET /v1/traits/")) == 3


# --- pruning ----------------------------------------------------------------------------------------------------------


def test_prune_deletes_what_the_source_no_longer_holds_within_the_scope(plan, existing, emulator):
    app = emulator.add("data_sources", {"name": "App", "integrationCode": "app"})["dataSourceId"]
    keep, gone = existing(1)["sid"], existing(2, description="d")["sid"]
    existing(3, dataSourceId=app)
    result = plan([trait(1)], prune_scope={"dataSource": "web"})
    (delete,) = result.changes
    assert (delete.action, delete.id, delete.label) == ("delete", gone, "web/t2 “Trait 2”")
    assert {f.field: f.before for f in delete.fields}["traitRule"] == 'c_page == "2"', "enough to make it again"
    assert [row.id for row in result.unchanged] == [keep]


def test_prune_within_a_folder_and_all_below_it(plan, existing, emulator):
    top = emulator.add("trait_folders", {"name": "Managed", "parentFolderId": 0})["folderId"]
    below = emulator.add("trait_folders", {"name": "Deep", "parentFolderId": top})["folderId"]
    gone = [existing(1, folderId=top)["sid"], existing(2, folderId=below)["sid"]]
    existing(3)
    result = plan([trait(9, folder="/Managed")], prune_scope={"folder": "/Managed"})
    assert [c.id for c in result.changes if c.action == "delete"] == gone
    both = plan([trait(9, folder="/Managed")], prune_scope={"folder": "/Managed", "dataSource": "web"})
    assert [c.id for c in both.changes if c.action == "delete"] == gone


def test_prune_in_a_folder_that_the_plan_creates_finds_nothing(plan, existing):
    existing(1)
    result = plan([trait(9, folder="/Managed/A")], prune_scope={"folder": "/Managed"})
    assert result.counts()["delete"] == 0


def test_prune_leaves_alone_what_it_cannot_know(plan, existing):
    sid = existing(1, integrationCode=None, name="by hand")["sid"]
    existing(2, traitType="FOLDER_TRAIT")
    result = plan([trait(9)], prune_scope={"dataSource": "web"})
    assert result.counts()["delete"] == 0
    said = f"1 traits in the prune scope have no integrationCode and are left alone (first: sid {sid} “by hand”)"
    assert said in result.warnings[0]


@pytest.mark.parametrize(
    ("scope", "error", "said"),
    [
        ({}, AAMArgumentError, "it is empty"),
        ({"dataSource": ""}, AAMArgumentError, "dataSource is ''"),
        ({"folder": 7}, AAMArgumentError, "folder is 7"),
        ({"datasource": "web"}, AAMArgumentError, "unknown keys datasource"),
        ({"dataSource": "nope"}, AAMPlanRefused, "prune_scope: AAM has no data source “nope”"),
        ({"folder": "/Nope"}, AAMPlanRefused, "prune_scope: AAM has no folder “/Nope”"),
    ],
)
def test_prune_scope_that_means_nothing_is_refused(plan, scope, error, said):
    with pytest.raises(error, match=said):
        plan([trait()], prune_scope=scope)


def test_prune_with_an_empty_source_is_refused(plan, emulator):
    emulator.clear_stats()
    with pytest.raises(AAMPlanRefused, match="holds no traits: pruning would delete everything"):
        plan([], prune_scope={"dataSource": "web"})
    assert emulator.count() == 0


def test_too_many_deletes_are_refused_before_anything_is_asked_about_each(plan, existing, emulator):
    for number in range(12):
        existing(number)
    emulator.clear_stats()
    with pytest.raises(AAMPlanRefused, match="it would delete 11 objects, but max_deletes is 10"):
        plan([trait(0)], prune_scope={"dataSource": "web"})
    assert emulator.count("GET /v1/segments") == 0


def test_trait_that_segments_use_is_not_pruned(plan, existing, emulator):
    sid = existing(1)["sid"]
    existing(2)
    for number in range(5):
        emulator.add("segments", {"name": f"S{number}", "segmentRule": f"{sid}T"})
    with pytest.raises(AAMPlanRefused) as refused:
        plan([trait(9)], prune_scope={"dataSource": "web"})
    users = ", ".join(f"web/{each['sid']} “{each['name']}”" for each in emulator.objects("segments")[:3])
    assert str(refused.value) == (
        "Plan refused: it would delete objects that are still in use. Nothing was changed in AAM. Remove these "
        "references first, or keep the objects:\n"
        f"  trait web/t1 “Trait 1” ({sid}) is in use by segments {users} and 2 more"
    )


def test_nothing_is_pruned_from_a_list_that_is_not_proven_complete(plan, existing, emulator):
    for number in range(3):
        existing(number)
    emulator.trouble(LIST, "duplicate_row", times=None)
    with pytest.raises(AAMIncomplete):
        plan([trait(0)], prune_scope={"dataSource": "web"})
