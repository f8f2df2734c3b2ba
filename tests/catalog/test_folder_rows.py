"""Folders that a catalog describes: by path, or by id to rename and move them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from airflow_provider_aam.api.errors import AAMSourceError
from airflow_provider_aam.catalog.checking.sources import load
from airflow_provider_aam.catalog.planning.options import PlanOptions
from airflow_provider_aam.catalog.planning.planner import build_plan
from catalog.support import trait


@pytest.fixture
def folders(emulator):
    """/Web, /Web/Pricing and /Old, by path."""
    web = emulator.add("trait_folders", {"name": "Web", "parentFolderId": 0})["folderId"]
    pricing = emulator.add("trait_folders", {"name": "Pricing", "parentFolderId": web})["folderId"]
    old = emulator.add("trait_folders", {"name": "Old", "parentFolderId": 0})["folderId"]
    return {"/Web": web, "/Web/Pricing": pricing, "/Old": old}


@pytest.fixture
def plan_file(client):
    def build(path):
        catalog, source = load(path)
        return build_plan(client, catalog, PlanOptions(), source=source, now=datetime.now(UTC))

    return build


def tree(emulator):
    rows = {row["folderId"]: row for row in emulator.objects("trait_folders")}

    def path(folder):
        return "" if folder == 0 else f"{path(rows[folder]['parentFolderId'])}/{rows[folder]['name']}"

    return {path(folder): folder for folder in rows}


def push_folders(push_all, *rows, **options):
    return {k: n for k, n in push_all({"traitFolders": [*rows]}, **options).outcomes.items() if n}


def test_folders_by_path_are_made_once_and_stay(emulator, push_all, folders):
    rows = ({"path": "/Web/Pricing"}, {"path": "/Web/New/Deep"}, {"name": "Beside", "parentFolder": "/Web"})
    rows += ({"name": "Top", "parentFolderId": 0}, {"name": "In", "parentFolderId": folders["/Web"]})
    assert push_folders(push_all, *rows) == {"created": 5, "unchanged": 1}
    assert {"/Web/New/Deep", "/Web/Beside", "/Top", "/Web/In"} <= set(tree(emulator))
    assert push_folders(push_all, *rows) == {"unchanged": 5}


def test_folder_is_renamed_and_moved_by_its_id(emulator, push_all, plan_all, folders):
    rows = [{"folderId": folders["/Old"], "path": "/Web/Renamed"}]
    (change,) = plan_all({"traitFolders": rows}).changes
    assert {f.field: (f.before, f.after) for f in change.fields} == {
        "name": ("Old", "Renamed"),
        "parentFolderId": (0, folders["/Web"]),
    }
    assert push_folders(push_all, *rows) == {"updated": 1}
    assert tree(emulator)["/Web/Renamed"] == folders["/Old"]
    assert push_folders(push_all, *rows) == {"unchanged": 1}
    assert push_folders(push_all, {"folderId": folders["/Old"], "name": "Again"}) == {"updated": 1}
    assert push_folders(push_all, {"folderId": folders["/Old"], "parentFolder": "/"}) == {"updated": 1}
    assert push_folders(push_all, {"folderId": folders["/Old"], "parentFolderId": folders["/Web"]}) == {"updated": 1}
    assert tree(emulator)["/Web/Again"] == folders["/Old"]


def test_folder_moves_below_one_that_the_plan_creates(emulator, push_all, plan_all, folders):
    rows = [{"folderId": folders["/Web/Pricing"], "path": "/New/Prices"}]
    create, update = plan_all({"traitFolders": rows}).changes
    assert (create.label, update.links[0].to, update.wave) == ("/New", 0, 1)
    assert push_folders(push_all, *rows) == {"created": 1, "updated": 1}
    assert tree(emulator)["/New/Prices"] == folders["/Web/Pricing"]
    assert push_folders(push_all, *rows) == {"unchanged": 1}


def test_traits_name_the_path_that_a_folder_will_have(emulator, push_all, plan_all, folders, web):
    rows = {
        "traitFolders": [{"folderId": folders["/Old"], "name": "Renamed"}],
        "traits": [trait(1, folder="/Renamed"), trait(2, folder="/Renamed/Below")],
    }
    push_all(rows)
    by_code = {row["integrationCode"]: row["folderId"] for row in emulator.objects("traits")}
    assert by_code["t1"] == folders["/Old"]
    assert by_code["t2"] == tree(emulator)["/Renamed/Below"]
    assert plan_all(rows).changes == ()


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"folderId": 99, "name": "X"}, "folderId: AAM has no folder 99, or the technical account has no access to it"),
        (
            {"folderId": "Old", "parentFolder": "/1/2/3/4/5/6"},
            "parentFolder: “/1/2/3/4/5/6” is 6 levels deep, 4 at most for a parent",
        ),
        (
            {"name": "x", "parentFolder": "/1/2/3/4/5"},
            "parentFolder: “/1/2/3/4/5” is 5 levels deep, 4 at most for a parent",
        ),
    ],
)
def test_folder_that_cannot_be_is_a_finding(plan_all, folders, row, said):
    if row.get("folderId") == "Old":
        row = {**row, "folderId": folders["/Old"]}
    with pytest.raises(AAMSourceError) as refused:
        plan_all({"traitFolders": [row]})
    assert said in str(refused.value)


def test_folder_below_one_that_aam_has_is_five_levels_deep_at_most(emulator, plan_all):
    above = 0
    for number in range(5):
        above = emulator.add("trait_folders", {"name": str(number), "parentFolderId": above})["folderId"]
    with pytest.raises(AAMSourceError, match="name: “/0/1/2/3/4/x” is 6 levels deep, 5 at most"):
        plan_all({"traitFolders": [{"name": "x", "parentFolderId": above}]})


@pytest.mark.parametrize(
    "row",
    [
        {"path": "/Web/Pricing/Web"},
        {"path": "/Web/New/Web"},
        {"path": "/Web/Web"},
        {"parentFolder": "/Web"},
        {"parentFolder": "/Web/Pricing"},
        {"parentFolderId": "/Web/Pricing"},
    ],
)
def test_folder_is_not_moved_below_itself(emulator, tmp_path, plan_file, folders, row):
    row = {name: folders.get(value, value) if name == "parentFolderId" else value for name, value in row.items()}
    path = tmp_path / "trait-folders.yaml"
    lines = "".join(f"  {name}: {value}\n" for name, value in row.items())
    path.write_text(f"traitFolders:\n- folderId: {folders['/Web']}\n{lines}", encoding="utf-8")
    with pytest.raises(AAMSourceError) as refused:
        plan_file(path)
    (name,) = row
    (finding,) = refused.value.findings
    assert finding == f"{path}:3: {name}: cannot move the folder “/Web” below itself"


def test_two_folders_are_not_moved_below_each_other(plan_all, folders):
    rows = [
        {"folderId": folders["/Web"], "parentFolder": "/Old"},
        {"folderId": folders["/Old"], "parentFolder": "/Web"},
    ]
    with pytest.raises(AAMSourceError) as refused:
        plan_all({"traitFolders": rows})
    assert [finding.rpartition(": ")[2] for finding in refused.value.findings] == [
        "cannot move the folder “/Web” below itself",
        "cannot move the folder “/Old” below itself",
    ]


def test_folder_that_stands_twice_is_a_finding(plan_all, folders):
    for one, two in (
        ({"path": "/Web"}, {"name": "Web", "parentFolder": "/"}),
        ({"path": "/New"}, {"path": "//New/"}),
        ({"folderId": folders["/Web"], "name": "W"}, {"path": "/W"}),
    ):
        with pytest.raises(AAMSourceError, match=r"is a duplicate \(first used at source list, row 1\)"):
            plan_all({"traitFolders": [one, two]})


def test_prune_keeps_what_is_named_and_what_is_above_it(emulator, push_all, plan_all, folders):
    rows = {"traitFolders": [{"path": "/Web/Pricing"}]}
    plan = plan_all(rows, prune_scope={"kinds": ["traitFolders"]})
    assert [(change.action, change.label) for change in plan.changes] == [("delete", "/Old")]
    by_id = {"traitFolders": [{"folderId": folders["/Old"], "path": "/Kept/Here"}]}
    plan = plan_all(by_id, prune_scope={"kinds": ["traitFolders"]})
    assert [change.label for change in plan.changes if change.action == "delete"] == ["/Web/Pricing", "/Web"]
    push_all(by_id, prune_scope={"kinds": ["traitFolders"]})
    assert set(tree(emulator)) == {"/Kept", "/Kept/Here"}
