"""A catalog of every kind: created, unchanged, updated and pruned, in an order that AAM accepts."""

from __future__ import annotations

import pytest

from airflow_provider_aam.account.names import none_seen
from airflow_provider_aam.api.errors import AAMIncomplete, AAMPlanRefused, AAMPushFailed, AAMSourceError
from airflow_provider_aam.catalog.plan.plan import Plan
from airflow_provider_aam.catalog.plan.render import render_plan
from catalog.support import only, outcomes_of
from catalog.whole_account import account, changed

TRAITS = ("Visited pricing", "Customers", "Like customers")


def counts(receipt):
    return {status: count for status, count in receipt.outcomes.items() if count}


def test_new_account_is_made_in_one_push_and_is_right(emulator, push_all, plan_all):
    assert counts(push_all(account())) == {"created": 18}
    web, app = (only(emulator, "data_sources", integrationCode=code)["dataSourceId"] for code in ("web", "app"))
    pricing, customers, like = (only(emulator, "traits", name=name) for name in TRAITS)
    model = only(emulator, "models")
    buyers, wide = (only(emulator, "segments", integrationCode=code) for code in ("buyers", "wide"))
    above = only(emulator, "trait_folders", name="Web")
    assert pricing["folderId"] == only(emulator, "trait_folders", parentFolderId=above["folderId"])["folderId"]
    assert pricing["type"] == only(emulator, "trait_types", name="Loyalty")["pixelType"]
    assert (pricing["dataSourceId"], customers["dataSourceId"]) == (web, app)
    assert (model["sid"], model["dataSources"], model["excludedTraits"]) == (customers["sid"], [web], [pricing["sid"]])
    assert like["algoModelId"] == model["algoModelId"]
    assert buyers["segmentRule"] == f"FREQUENCY([{pricing['sid']}T] <= 7D) >= 2 AND NOT {customers['sid']}T"
    assert wide["segmentRule"] == f"{like['sid']}T OR {pricing['sid']}T"
    destination = only(emulator, "destinations")["destinationId"]
    assert {(row["sid"], row["destinationId"], row["url"]) for row in emulator.objects("mappings")} == {
        (buyers["sid"], destination, "http://x.example/b"),
        (wide["sid"], destination, "http://x.example/w"),
    }
    assert plan_all(account()).changes == ()
    emulator.clear_stats()
    assert counts(push_all(account())) == {"unchanged": 16}
    assert [each["method"] for each in emulator.requests if each["method"] != "GET"] == []


def test_waves_put_first_what_others_need(plan_all):
    plan = plan_all(account())
    assert all(plan.changes[link.to].wave < change.wave for change in plan.changes for link in change.links)
    assert [change.wave for change in plan.changes] == sorted(change.wave for change in plan.changes)
    assert Plan.from_json(plan.to_json()) == plan
    assert plan.counts_by_kind()["segment"] == {"create": 2, "update": 0, "delete": 0}
    lines = [*render_plan(plan)]
    assert "+ segment web/wide “Everybody like them”: segmentRule “{like} OR {web:pricing}”;" in " ".join(lines)
    assert any(line.startswith("+ mapping Ads URL ← web:buyers: ") for line in lines)
    assert any(line.endswith("sid app:Customers (new)") for line in lines)


@pytest.mark.parametrize(
    ("kind", "at", "fields", "collection", "key"),
    [
        ("dataSources", 0, {"name": "The web site"}, "data_sources", {"integrationCode": "web"}),
        ("derivedSignals", 0, {"targetValue": "boots"}, "derived_signals", {"sourceValue": "1"}),
        ("traits", 0, {"ttl": 60, "traitRule": 'c_page == "price"'}, "traits", {"integrationCode": "pricing"}),
        ("traits", 2, {"accuracy": 0.25}, "traits", {"integrationCode": "like"}),
        ("models", 0, {"lookBackPeriod": 60, "excludedTraits": []}, "models", {"name": "Lookalikes"}),
        ("segments", 0, {"status": "INACTIVE"}, "segments", {"integrationCode": "buyers"}),
        ("destinations", 0, {"description": "d"}, "destinations", {"name": "Ads URL"}),
        ("mappings", 0, {"url": "http://x.example/2", "priority": 3}, "mappings", {"url": "http://x.example/2"}),
    ],
)
def test_each_kind_is_updated_in_what_differs(emulator, push_all, plan_all, kind, at, fields, collection, key):
    push_all(account())
    before = {name: emulator.objects(name) for name in ("traits", "segments", "models", "destinations", "mappings")}
    rows = changed(kind, at, **fields)
    (change,) = plan_all(rows).changes
    assert (change.action, {field.field: field.after for field in change.fields}) == ("update", fields)
    assert counts(push_all(rows)) == {"updated": 1, "unchanged": 15}
    row = only(emulator, collection, **key)
    assert {name: row[name] for name in fields} == fields
    for name, old in before.items():
        if name not in (collection, "mappings"):
            assert emulator.objects(name) == old
    assert plan_all(rows).changes == ()


def test_what_aam_keeps_as_it_was_created_is_a_warning_and_no_change(push_all, plan_all):
    push_all(account())
    plan = plan_all(changed("dataSources", 1, uniqueTraitIntegrationCodes=False, uniqueSegmentIntegrationCodes=True))
    head = "1 rows want another %s than AAM keeps; first: data source app “App”: AAM has"
    assert plan.changes == ()
    assert plan.warnings == (
        f"{head % 'uniqueTraitIntegrationCodes'} uniqueTraitIntegrationCodes True and keeps it",
        f"{head % 'uniqueSegmentIntegrationCodes'} uniqueSegmentIntegrationCodes False and keeps it",
    )


def test_trait_type_cannot_be_renamed_by_its_id(emulator, push_all, plan_all):
    push_all(account())
    key = only(emulator, "trait_types", name="Loyalty")["pixelType"]
    plan = plan_all({"traitTypes": [{"pixelType": key, "name": "Other"}]})
    assert (plan.changes, len(plan.warnings)) == ((), 1)
    assert "AAM has name 'Loyalty' and keeps it" in plan.warnings[0]


def test_rules_follow_what_they_name(emulator, push_all, plan_all):
    """A segment in AAM gets a rule that names a trait which is created with it."""
    push_all(account())
    rows = changed("segments", 0, segmentRule="{pricing} AND {web:new one}")
    rows["traits"].append({**rows["traits"][0], "name": "New", "integrationCode": "new one"})
    create, update = plan_all(rows).changes
    assert (create.action, update.action, [link.field for link in update.links]) == (
        "create",
        "update",
        ["segmentRule"],
    )
    before = "FREQUENCY([{pricing}] <= 7D) >= 2 AND NOT {app:Customers}"
    assert update.fields[0].shown == (before, "{pricing} AND {web:new one}"), "the file's words, on both sides"
    push_all(rows)
    new, pricing = (only(emulator, "traits", integrationCode=code)["sid"] for code in ("new one", "pricing"))
    assert only(emulator, "segments", integrationCode="buyers")["segmentRule"] == f"{pricing}T AND {new}T"
    assert plan_all(rows).changes == ()


def test_objects_are_named_as_the_plan_calls_them(emulator, push_all, plan_all):
    push_all(account())
    pricing, customers, _ = (only(emulator, "traits", name=name)["sid"] for name in TRAITS)
    renamed = [{"sid": pricing, "integrationCode": "shopped"}, {"sid": customers, "name": "Clients"}]
    rows = {
        "dataSources": [{**account()["dataSources"][1], "name": "The app"}],
        "traits": renamed,
        "segments": [{**account()["segments"][0], "segmentRule": "{web:shopped} AND NOT {The app:Clients}"}],
    }
    push_all(rows)
    assert only(emulator, "segments", integrationCode="buyers")["segmentRule"] == f"{pricing}T AND NOT {customers}T"
    assert plan_all(rows).changes == ()
    with pytest.raises(AAMSourceError, match=r"AAM has no trait “\{web:shopped\}”"):
        plan_all({**rows, "traits": [{"sid": pricing, "integrationCode": "pricing"}]})


def test_findings_of_all_kinds_come_together_and_name_no_followers(plan_all):
    rows = changed("traits", 0, dataSource="wep")
    rows["segments"][1]["segmentRule"] = "{pricing} OR {nope}"
    rows["mappings"][0]["destination"] = "Ads"
    rows["models"][0]["baseline"] = "app:Custommers"
    rows["models"][0]["dataSources"] = ["web", 77, "app2"]
    rows["models"][0]["excludedTraits"] = ["pricing", 4, "x:y:z"]
    with pytest.raises(AAMSourceError) as refused:
        plan_all(rows)
    found = sorted(text.partition(": ")[2] for text in refused.value.findings)
    assert found == [
        "baseline: AAM has no trait “app:Custommers”. Did you mean “Customers”?",
        "dataSource: AAM has no data source “wep”. Did you mean “web”?",
        f"dataSources: AAM has no data source 77: {none_seen()}",
        "dataSources: AAM has no data source “app2”. Did you mean “app”?",
        "destination: AAM has no destination “Ads”. Did you mean “Ads URL”?",
        "excludedTraits: AAM has no trait 4, or the technical account has no access to it",
        'excludedTraits: “x:y:z” has more than one colon; quote the part that holds one: web:"Visited: pricing"',
        "segmentRule: AAM has no trait “{nope}”.",
    ]


# --- failures ---------------------------------------------------------------------------------------------------------


def test_what_needs_a_failed_create_is_not_tried(emulator, push_all, plan_all, tmp_path):
    emulator.trouble("POST /v1/traits", "status", status=400, skip=1)
    with pytest.raises(AAMPushFailed):
        push_all(account(), outcome_path=tmp_path / "o.jsonl", max_concurrency=1)
    ends = {row["label"]: row for row in outcomes_of(tmp_path / "o.jsonl") if row["status"] == "rejected"}
    said = {label: end["message"] for label, end in ends.items() if end["message"].startswith("not tried")}
    assert said == {
        "“Lookalikes”": "not tried, because web:pricing could not be created",
        "app/like “Like customers”": "not tried, because Lookalikes could not be created",
        "web/buyers “Buyers to be”": "not tried, because web:pricing could not be created",
        "web/wide “Everybody like them”": "not tried, because app:like, web:pricing could not be created",
        "Ads URL ← web:buyers": "not tried, because web:buyers could not be created",
        "Ads URL ← web:wide": "not tried, because web:wide could not be created",
    }
    push_all(account())
    assert plan_all(account()).changes == ()


def test_limit_of_a_kind_is_refused_before_anything_is_written(emulator, plan_all):
    emulator.add("destinations", [{"name": f"D{n}", "destinationType": "PUSH"} for n in range(999)])
    rows = {"destinations": [{"name": f"N{n}", "destinationType": "PUSH"} for n in range(2)]}
    with pytest.raises(AAMPlanRefused) as refused:
        plan_all(rows)
    assert "AAM would hold 1,001 destinations, 1,000 at most (999 now)" in str(refused.value)
    assert "AAM would hold 1,001 destinations with destinationType PUSH, 1,000 at most (999 now)" in str(refused.value)
    assert plan_all({"destinations": rows["destinations"][:1]}).counts()["create"] == 1


def test_account_beyond_a_documented_limit_is_only_warned_of(emulator, plan_all):
    emulator.configure(limits={"destinations": 2000, "url_destinations": 2000})
    emulator.add("destinations", [{"name": f"D{n}", "destinationType": "PUSH"} for n in range(1001)])
    plan = plan_all({"destinations": [{"name": "N", "destinationType": "PUSH"}]})
    assert plan.counts()["create"] == 1
    assert plan.warnings[0] == "AAM would hold 1,002 destinations, 1,000 at most (1,001 now)"


# --- other shapes -----------------------------------------------------------------------------------------------------


def test_objects_that_need_each_other_are_refused(plan_all):
    rows = changed("models", 0, baseline="like")
    with pytest.raises(AAMPlanRefused, match="These need each other, so none can be created first: trait app/like"):
        plan_all(rows)


def test_model_may_be_based_on_a_segment_of_the_same_plan(emulator, push_all, plan_all):
    rows = changed("models", 0, baseline="web:buyers")
    push_all(rows)
    assert only(emulator, "models")["sid"] == only(emulator, "segments", integrationCode="buyers")["sid"]
    assert plan_all(rows).changes == ()


def test_model_that_is_listed_and_not_shown_is_not_created_again(emulator, push_all, plan_all):
    push_all(account())
    emulator.trouble("GET /v1/models/{algoModelId}", "status", status=404)
    with pytest.raises(AAMIncomplete):
        plan_all({"models": [{**account()["models"][0], "baseline": "app:Customers"}]})


def test_lists_are_read_again_when_they_were_not_complete(emulator, push_all, plan_all):
    push_all(account())
    emulator.trouble("GET /v1/segments", "duplicate_row", times=2)
    assert plan_all({"segments": account()["segments"]}).changes == ()


def test_word_that_means_nothing_in_a_large_account_is_compared_with_nonly(emulator, web, plan_all):
    emulator.seed(traits=5_001)
    segment = {"name": "S", "dataSource": "web", "folder": "/", "segmentRule": "{nope}"}
    with pytest.raises(AAMSourceError, match=r"no trait “\{nope\}” \(searched by integrationCode and name\)"):
        plan_all({"segments": [segment]})


def test_no_customer_trait_type_and_unseen_merge_rules_are_no_findings(emulator, push_all, plan_all):
    rows = changed("traits", 1, type=0)
    assert plan_all(rows).counts()["create"] == 18
    rows = changed("segments", 0, mergeRuleDataSourceId=999)
    assert plan_all(rows).counts()["create"] == 18


def test_more_active_models_than_aam_allows_are_refused(plan_all):
    rows = account()
    model = rows["models"][0]
    paused = [{**model, "name": f"Paused {number}", "status": "INACTIVE"} for number in range(30)]
    active = [{**model, "name": f"Active {number}", "status": "ACTIVE"} for number in range(19)]
    assert plan_all({**rows, "models": [model, *active, *paused]}).counts()["create"] == 18 + 49
    with pytest.raises(AAMPlanRefused, match=r"21 models with status ACTIVE, 20 at most \(0 now\)"):
        plan_all({**rows, "models": [model, *active, {**model, "name": "One more"}]})


def test_model_excludes_500_traits_at_most(plan_all):
    rows = account()
    rows["models"][0]["excludedTraits"] = [*range(1, 502)]
    with pytest.raises(AAMSourceError, match="excludedTraits: holds 501 traits, 500 at most"):
        plan_all(rows)
