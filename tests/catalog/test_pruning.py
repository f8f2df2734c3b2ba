"""Pruning by scope: what goes, in which order, and what is still needed by others and stays."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from airflow_provider_aam.api.errors import AAMArgumentError, AAMPlanRefused
from airflow_provider_aam.catalog.exporting.export import export_catalog
from airflow_provider_aam.catalog.kinds import KINDS
from airflow_provider_aam.catalog.planning.guards import Guards
from airflow_provider_aam.catalog.planning.options import PlanOptions
from airflow_provider_aam.catalog.planning.planner import build_plan
from airflow_provider_aam.catalog.reading.documents import read_catalog
from catalog.support import only
from catalog.whole_account import account, others

MANY = Guards(max_deletes=100)


def test_everything_can_be_pruned_at_once_in_the_right_order(emulator, push_all, plan_all):
    push_all(account())
    kinds = [key for key in KINDS if key != "traitTypes"]
    left = {"dataSources": [{"name": "Other"}], "traitFolders": [{"path": "/Keep"}]}
    left |= {"segmentFolders": [{"path": "/Keep"}], "destinations": [{"name": "Keep", "destinationType": "PUSH"}]}
    left |= {"derivedSignals": [{"sourceKey": "k", "sourceValue": "v", "targetKey": "t", "targetValue": "v"}]}
    emulator.add("traits", {"name": "Seed", "integrationCode": "seed", "traitType": "ON_BOARDED_TRAIT", "folderId": 0})
    source = emulator.add("data_sources", {"name": "Kept"})["dataSourceId"]
    keep = {"dataSource": "Kept", "folder": "/"}
    left["dataSources"].append({"name": "Kept"})
    left["traits"] = [{"name": "K", "traitType": "ON_BOARDED_TRAIT", **keep}]
    left["segments"] = [{"name": "K", "segmentRule": "{K}", **keep}]
    left["models"] = [
        {"name": "K", "algoTypeId": 1, "lookBackPeriod": 7, "dataSources": [source], "baseline": "Kept:K"}
    ]
    left["mappings"] = [{"destination": "Keep", "segment": "K", "startDate": "2026-01-01", "url": "http://k.example"}]
    receipt = push_all(left, prune_scope={"kinds": kinds}, guards=MANY)
    assert receipt.outcomes["rejected"] == 0
    assert receipt.outcomes["deleted"] == 18
    names = {name: [row.get("name") for row in emulator.objects(name)] for name in ("traits", "segments", "models")}
    assert names == {"traits": ["K"], "segments": ["K"], "models": ["K"]}
    assert [row["name"] for row in emulator.objects("trait_folders")] == ["Keep"]
    assert len(emulator.objects("mappings")) == 1
    assert plan_all(left, prune_scope={"kinds": kinds}).changes == ()


@pytest.mark.parametrize(
    ("kind", "at", "said"),
    [
        ("dataSources", 0, "data source web “Web site” (#) is in use by trait web/pricing “Visited pricing” (#)"),
        ("dataSources", 0, "is in use by segments web/buyers “Buyers to be” (#), web/wide “Everybody like them” (#)"),
        ("dataSources", 0, "data source web “Web site” (#) is in use by model # “Lookalikes”"),
        ("traitFolders", 0, "trait folder /Web/Pricing (#) is in use by trait web/pricing “Visited pricing” (#)"),
        (
            "traits",
            0,
            "trait web/pricing “Visited pricing” (#) is in use by segments web/buyers “Buyers to be” (#), web/wide ",
        ),
        ("traits", 0, "trait web/pricing “Visited pricing” (#) is in use by model # “Lookalikes”"),
        ("traits", 1, "trait app/# “Customers” is in use by model # “Lookalikes”"),
        ("models", 0, "model # “Lookalikes” is in use by trait app/like “Like customers” (#)"),
        ("segments", 0, "segment web/buyers “Buyers to be” (#) is in use by mapping Ads URL ← buyers (#)"),
        ("destinations", 0, "destination # “Ads URL” is in use by mappings Ads URL ← buyers (#), Ads URL ← wide (#)"),
    ],
)
def test_what_is_used_is_not_deleted(push_all, plan_all, kind, at, said):
    push_all(account())
    instead = {
        "models": {**account()["models"][0], "name": "N"},
        "destinations": {"name": "N", "destinationType": "PUSH"},
    }
    rows = others(kind, at) or [instead[kind]]
    with pytest.raises(AAMPlanRefused, match="it would delete objects that are still in use") as refused:
        plan_all({kind: rows}, prune_scope={"kinds": [kind]})
    assert said in re.sub(r"\d+", "#", str(refused.value))


def test_what_the_plan_frees_is_deleted(emulator, push_all, plan_all):
    push_all(account())
    rows = account()
    del rows["mappings"][1], rows["segments"][1], rows["traits"][2]
    rows["models"][0]["excludedTraits"] = []
    rows["segments"][0]["segmentRule"] = "{app:Customers}"
    del rows["traits"][0], rows["traitFolders"][0]
    kinds = ["traits", "segments", "mappings", "traitFolders"]
    with pytest.raises(AAMPlanRefused, match="delete objects that are still in use"):
        plan_all(
            {**rows, "mappings": account()["mappings"][:1], "models": account()["models"]}, prune_scope={"kinds": kinds}
        )
    receipt = push_all(rows, prune_scope={"kinds": kinds})
    assert (receipt.outcomes["deleted"], receipt.outcomes["updated"]) == (6, 2)
    assert [row["name"] for row in emulator.objects("traits")] == ["Customers"]
    assert [row["name"] for row in emulator.objects("trait_folders")] == ["Models"]


def test_folder_with_contents_is_not_deleted(emulator, push_all, plan_all):
    push_all(account())
    rows = {"traitFolders": [{"path": "/Models"}]}
    with pytest.raises(AAMPlanRefused) as refused:
        plan_all(rows, prune_scope={"kinds": ["traitFolders"]})
    assert "/Web/Pricing (" in str(refused.value)
    assert "“Web”" not in str(refused.value), "what is in it goes as well"


@pytest.mark.parametrize(
    ("scope", "error", "said"),
    [
        ({"kinds": []}, AAMArgumentError, "kinds is []: expected a list"),
        ({"kinds": "traits"}, AAMArgumentError, "kinds is 'traits': expected a list"),
        ({"kinds": ["trait"]}, AAMArgumentError, "kinds has 'trait'; known are dataSources, traitFolders,"),
        ({"kinds": ["traitTypes"]}, AAMArgumentError, "AAM's API cannot delete traitTypes"),
        (
            {"kinds": ["models", "traits"], "folder": "/Web"},
            AAMArgumentError,
            "models have no folder: prune them by kinds alone",
        ),
        (
            {"kinds": ["traitFolders"], "folder": "/Web"},
            AAMArgumentError,
            "traitFolders have no folder: prune them by kinds alone",
        ),
        (
            {"kinds": ["mappings"], "dataSource": "web"},
            AAMArgumentError,
            "mappings have no dataSource: prune them by kinds alone",
        ),
        ({"kinds": ["segments"]}, AAMPlanRefused, "account.yaml holds no segments: pruning would delete everything"),
    ],
)
def test_scope_of_kinds_that_means_nothing_is_refused(emulator, plan_all, scope, error, said):
    emulator.clear_stats()
    with pytest.raises(error) as refused:
        plan_all({"traits": account()["traits"]}, prune_scope=scope)
    assert said in str(refused.value)
    assert emulator.count() == 0


def test_scope_by_folder_and_data_source_applies_to_the_kinds_that_have_them(push_all, plan_all):
    push_all(account())
    rows = account()
    rows["destinations"] = [{"name": "Other", "destinationType": "PUSH"}]
    rows["segments"] = rows["segments"][:1]
    del rows["mappings"]
    rows["segments"][0]["segmentRule"] = "{pricing}"
    with pytest.raises(
        AAMPlanRefused, match=r"segment web/wide “Everybody like them” .* is in use by mapping Ads URL ← wide"
    ):
        plan_all(rows, prune_scope={"dataSource": "web", "folder": "/Campaigns"})
    rows["segments"] = account()["segments"]
    plan = plan_all(rows, prune_scope={"dataSource": "web", "folder": "/Campaigns"})
    assert plan.counts()["delete"] == 0, "the traits are in other folders"


def test_more_than_a_few_deletes_are_checked_against_whole_lists(emulator, push_all, plan_all):
    push_all(account())
    web = only(emulator, "data_sources", integrationCode="web")["dataSourceId"]
    fields = {"dataSourceId": web, "folderId": 0, "traitType": "ON_BOARDED_TRAIT"}
    emulator.add("traits", [{"name": f"T{n}", **fields} for n in range(60)])
    rows = {"traits": account()["traits"]}
    emulator.clear_stats()
    plan = plan_all(rows, prune_scope={"kinds": ["traits"]}, guards=MANY)
    assert (plan.counts()["delete"], emulator.count("GET /v1/segments")) == (60, 1)
    with pytest.raises(AAMPlanRefused, match=r"trait web/pricing “Visited pricing” .* is in use by segments"):
        plan_all({"traits": rows["traits"][1:]}, prune_scope={"kinds": ["traits"]}, guards=MANY)


def test_export_says_what_a_new_object_would_lack_by_id_and_an_empty_kind_is_a_list(emulator, client, tmp_path, web):
    fields = {"dataSourceId": web, "folderId": 0, "segmentRule": "1T"}
    emulator.add("segments", {"name": "x" * 300, **fields})
    found = emulator.add("destinations", {"name": "Cookie", "destinationType": "ADS", "siteIDs": None})
    receipt = export_catalog(client, tmp_path)
    assert (receipt.objects["segments"], receipt.left_out["segments"]) == (0, 1)
    assert f"destinationId: {found['destinationId']}" in (tmp_path / "destinations.yaml").read_text()
    rows = read_catalog([tmp_path], kinds={key: kind.model.columns() for key, kind in KINDS.items()})
    catalog = {KINDS[key]: each for key, each in rows.items()}
    plan = build_plan(client, catalog, PlanOptions(), source="aam", now=datetime(2026, 1, 2, tzinfo=UTC))
    assert plan.changes == ()


def test_export_and_pruning_by_it_leave_what_no_catalog_can_say(emulator, client, tmp_path, push_all, plan_all):
    push_all(account())
    owner = emulator.objects("data_sources")[0]["dataSourceId"]
    strange = {"name": "Strange", "dataSourceId": owner, "folderId": 0, "segmentRule": "1T XOR 2T"}
    sid = emulator.add("segments", strange)["sid"]
    receipt = export_catalog(client, tmp_path)
    assert receipt.left_out["segments"] == 1
    kinds = [key for key in KINDS if key != "traitTypes" and receipt.objects[key]]
    rows = read_catalog([tmp_path], kinds={key: kind.model.columns() for key, kind in KINDS.items()})
    options = PlanOptions(prune_scope={"kinds": kinds}, guards=Guards(max_deletes=0))
    catalog = {KINDS[key]: each for key, each in rows.items()}
    plan = build_plan(client, catalog, options, source="aam", now=datetime(2026, 1, 2, tzinfo=UTC))
    assert plan.changes == ()
    said = f"1 segments in the prune scope cannot be said in a catalog and are left alone (first: sid {sid}"
    assert any(warning.startswith(said) for warning in plan.warnings)


def test_export_and_pruning_by_it_leave_what_refers_to_things_that_aam_does_not_show(
    emulator, client, tmp_path, push_all
):
    """A mapping of a segment that is deleted, a trait of a data source that is closed to the user."""
    push_all(account())
    (destination, *_) = emulator.objects("destinations")
    mapping = {
        "destinationId": destination["destinationId"],
        "sid": 4444,
        "elementStatus": "deleted",
        "traitAlias": "x",
    }
    emulator.add("mappings", {**mapping, "startDate": "2026-01-02"})
    sid = emulator.add("traits", {"name": "Closed", "dataSourceId": 999_999, "folderId": 0, "traitRule": "a == 1"})[
        "sid"
    ]
    receipt = export_catalog(client, tmp_path)
    assert (receipt.left_out["mappings"], receipt.left_out["traits"]) == (1, 1)
    said = "it refers to the data source 999999, which AAM does not show: deleted, or closed to this user"
    assert f"# left out: {sid} “Closed” ({said})" in (tmp_path / "traits.yaml").read_text()
    rows = read_catalog([tmp_path], kinds={key: kind.model.columns() for key, kind in KINDS.items()})
    options = PlanOptions(prune_scope={"kinds": ["mappings", "traits"]}, guards=Guards(max_deletes=0))
    catalog = {KINDS[key]: each for key, each in rows.items()}
    plan = build_plan(client, catalog, options, source="aam", now=datetime(2026, 1, 2, tzinfo=UTC))
    assert plan.changes == ()
