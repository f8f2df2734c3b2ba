"""Folders by path, data sources by code or name, and the scope of a prune."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_provider_aam.api.errors import AAMBadAnswer, AAMPlanRefused, Fate
from airflow_provider_aam.api.guide import Step
from airflow_provider_aam.catalog.check import check_rows
from airflow_provider_aam.catalog.data_sources import DataSources
from airflow_provider_aam.catalog.folders import FolderTree, ancestors
from airflow_provider_aam.catalog.kinds import TRAITS
from airflow_provider_aam.catalog.prune import Scope, build_scope, refuse_used, surplus
from airflow_provider_aam.catalog.resolve import resolve
from catalog.support import OtherAAM, rows_of, texts, trait

SOURCES = DataSources(
    [
        {"dataSourceId": 1, "integrationCode": "web", "name": "Web site"},
        {"dataSourceId": "2", "integrationCode": "app", "name": "web"},
        {"dataSourceId": 3, "integrationCode": None, "name": "twice"},
        {"dataSourceId": 4, "integrationCode": "", "name": "twice"},
        {"dataSourceId": 5},
    ]
)
TREE = FolderTree(
    [
        {"folderId": 0, "name": "All Traits", "parentFolderId": 0},
        {"folderId": 1, "name": "Web", "parentFolderId": 0},
        {"folderId": 2, "name": "Pricing", "parentFolderId": 1},
        {"folderId": 3, "name": "Twin", "parentFolderId": 0},
        {"folderId": 4, "name": "Twin", "parentFolderId": 0},
        {"folderId": 5, "name": "Loop", "parentFolderId": 6},
        {"folderId": 6, "name": "Pool", "parentFolderId": 5},
    ]
)


def test_data_source_code_wins_over_another_s_name():
    assert SOURCES.resolve("web") == (1, None)
    assert SOURCES.resolve("Web site") == (1, None)
    assert [SOURCES.label(n) for n in (1, 3, 5, 9, None)] == ["web", "twice", "5", "9", "None"]


def test_data_source_that_means_none_or_two_is_a_problem():
    assert SOURCES.resolve("twice")[1] == "“twice” means 2 data sources (3, 4): give dataSourceId instead"
    assert SOURCES.resolve("Web sit")[1] == "AAM has no data source “Web sit”. Did you mean “Web site”?"
    assert "AAM has no data source “zzz”." in SOURCES.resolve("zzz")[1]


@pytest.mark.parametrize(
    ("word", "record"),
    [
        ("R&D", {"dataSourceId": 1, "integrationCode": "R&amp;D"}),
        ("R&amp;D", {"dataSourceId": 1, "name": "R&D"}),
        (" web", {"dataSourceId": 1, "integrationCode": "web "}),
        ("7", {"dataSourceId": 1, "integrationCode": 7}),
        ("web", {"dataSourceId": 1, "integrationCode": " ", "name": "web"}),
    ],
)
def test_data_source_is_found_however_its_text_is_escaped(word, record):
    assert DataSources([record]).resolve(word) == (1, None)
    assert DataSources([record]).label(1) in {"R&D", "web", "7"}


def test_account_that_sees_no_data_source_is_told_why():
    blind = f"the technical account sees no data source at all. {Step.TECHNICAL_USER.pointer}"
    assert DataSources([]).resolve("web") == (None, f"AAM has no data source “web”: {blind}")
    assert DataSources([]).unknown_id(7) == f"AAM has no data source 7: {blind}"


@pytest.mark.parametrize(
    ("path", "ids"),
    [
        ("/", [0]),
        ("/Web", [1]),
        ("Web/Pricing/", [2]),
        ("//Web// Pricing ", [2]),
        ("/All Traits/Web/Pricing", [2]),
        ("/all traits", [0]),
        ("/Twin", [3, 4]),
        ("/web", []),
        ("/Pricing", []),
    ],
)
def test_folder_is_found_by_its_path(path, ids):
    assert TREE.find(path) == ids


@pytest.mark.parametrize(
    ("read", "said"),
    [
        (
            lambda: DataSources([{"dataSourceId": "x", "name": "Web"}]),
            "“x” as the dataSourceId of “Web” where a number",
        ),
        (lambda: FolderTree([{"folderId": "x", "name": "Web"}]), "“x” as the folderId of “Web” where a number was due"),
        (lambda: FolderTree([{"folderId": 1, "parentFolderId": "abc"}]), "“abc” as the parentFolderId of “None”"),
        (lambda: {"folderId": "x" * 99} in Scope(data_source_id=None, folder_ids=frozenset({1})), f"“{'x' * 40}” as"),
        (lambda: {"dataSourceId": "1.5"} in Scope(data_source_id=1, folder_ids=None), "“1.5” as the dataSourceId"),
        (
            lambda: surplus([{"sid": None}], set(), Scope(data_source_id=None, folder_ids=None), TRAITS, "sid"),
            "“None” as the sid of “None” where a number was due",
        ),
    ],
)
def test_id_that_is_no_number_is_a_bad_answer(read, said):
    with pytest.raises(AAMBadAnswer, match=said) as raised:
        read()
    assert raised.value.fate is Fate.UNKNOWN


def test_object_without_the_field_is_out_of_scope():
    assert {"sid": 1} not in Scope(data_source_id=1, folder_ids=None)
    assert {"sid": 1} not in Scope(data_source_id=None, folder_ids=frozenset({1}))
    assert {"dataSourceId": "1", "folderId": "2"} in Scope(data_source_id=1, folder_ids=frozenset({2}))


@pytest.mark.parametrize(
    ("scope", "tree", "said"),
    [
        ({"dataSource": "web"}, TREE, "“web”: the technical account sees no data source at all. Repeat step 9 of"),
        ({"folder": "/A"}, FolderTree([]), "“/A”: the technical account sees no folder below the root. Repeat step 9"),
        ({"folder": "/A"}, FolderTree([{"folderId": 0, "name": "All"}]), "sees no folder below the root"),
        ({"folder": "/A"}, TREE, "AAM has no folder “/A”$"),
    ],
)
def test_prune_scope_of_an_account_that_sees_nothing_is_refused_with_the_reason(scope, tree, said):
    with pytest.raises(AAMPlanRefused, match=f"^prune_scope: .*{said}"):
        build_scope(scope, DataSources([]), tree, [])


@pytest.mark.parametrize(
    ("segment", "uses"),
    [
        ({"segmentRule": "12T AND 7T"}, True),
        ({"segmentRule": "FREQUENCY([7t,8T]) >= 2"}, True),
        ({"segmentRule": "17T OR 70T OR 7"}, False),
        ({"segmentRule": "17T OR 7TX"}, False),
        ({"segmentRule": None}, True),
        ({}, True),
    ],
)
def test_only_a_segment_that_names_the_trait_keeps_it_though_the_server_ignores_the_filter(segment, uses):
    listed = [{"sid": 100, "name": "S", **segment}]
    with OtherAAM(lambda *_: {"total": 1, "page": 0, "pageSize": 1000, "list": listed}) as aam:
        try:
            refuse_used(aam.client, TRAITS, [{"sid": 7, "name": "T"}])
        except AAMPlanRefused as refused:
            said = str(refused)
        else:
            said = ""
    assert ("trait 7 “T”: segments 100 “S”" in said) is uses


def test_tree_helpers():
    assert TREE.similar("/WEB/pricing") == "/Web/Pricing"
    assert TREE.similar("/Web") is None
    assert TREE.similar("/New") is None
    assert TREE.below("/Web") == {1, 2}
    assert TREE.below("/") >= {0, 1, 2, 3, 4}
    assert TREE.below("/Nothing") == set()
    assert TREE.path_of(2) == "/Web/Pricing"
    assert TREE.path_of(99) == "folder 99"
    assert (0 in TREE, 99 in TREE, len(TREE)) == (True, False, 7)
    assert FolderTree([]).find("/") == [0], "the root is there even when nobody lists it"
    assert ancestors("/a/b/c") == ["/a", "/a/b", "/a/b/c"]


NAMES = st.text(st.characters(exclude_characters="/", exclude_categories=["Cs", "Cc", "Z"]), min_size=1, max_size=4)


@settings(deadline=None)
@given(st.lists(st.tuples(NAMES, st.integers(0, 9)), max_size=10))
def test_every_folder_is_found_by_the_path_it_has(folders):
    records = [
        {"folderId": number, "name": name, "parentFolderId": parent % number}
        for number, (name, parent) in enumerate(folders, start=1)
    ]
    tree = FolderTree([{"folderId": 0, "name": "All Traits", "parentFolderId": None}, *records])
    for record in records:
        path = tree.path_of(record["folderId"])
        if not path.casefold().startswith("/all traits"):
            assert record["folderId"] in tree.find(path)
            assert tree.normalise(path) == path
            assert ancestors(path)[-1] == path
            assert record["folderId"] in tree.below(path)


@settings(deadline=None)
@given(st.text(alphabet="ab/ ", max_size=12))
def test_normalising_twice_is_normalising_once(path):
    assert TREE.normalise(TREE.normalise(path)) == TREE.normalise(path)


def resolved(*items, tree=TREE, create_folders=True, match_on="integrationCode"):
    checked, findings = check_rows(rows_of(items), TRAITS, match_on=match_on)
    assert findings == []
    desired, missing, findings = resolve(checked, TRAITS, SOURCES, tree, create_folders=create_folders)
    return [(item.fields, item.new_folder) for item in desired], missing, texts(findings)


def test_references_become_ids():
    ((fields, new_folder),), missing, findings = resolved(trait(folder="/All Traits/Web"))
    assert (fields["dataSourceId"], fields["folderId"], new_folder, missing, findings) == (1, 1, None, [], [])
    assert not {"dataSource", "folder", "sid"} & set(fields)


def test_missing_folders_are_to_be_created_parents_first_and_once():
    rows, missing, _ = resolved(trait(1, folder="/Web/A/B/"), trait(2, folder="/Web/A"), trait(3, folder="/N"))
    assert missing == ["/Web/A", "/Web/A/B", "/N"]
    assert [new for _, new in rows] == ["/Web/A/B", "/Web/A", "/N"]
    assert all("folderId" not in fields for fields, _ in rows)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"dataSource": "twice"}, "row 1: dataSource: “twice” means 2 data sources"),
        ({"dataSource": "nope"}, "row 1: dataSource: AAM has no data source “nope”"),
        ({"dataSource": None, "dataSourceId": 99}, "row 1: dataSourceId: AAM has no data source 99, or the technical"),
        ({"folder": None, "folderId": 99}, "row 1: folderId: AAM has no folder 99, or the technical"),
        ({"folder": "/1/2/3/4/5/6"}, "row 1: folder: “/1/2/3/4/5/6” is 6 levels deep, 5 at most"),
        ({"folder": "/" + "x" * 256}, "has 256 characters, 255 at most"),
    ],
)
def test_reference_that_means_nothing_is_a_finding(row, said):
    _, _, (finding,) = resolved(trait(**row))
    assert said in finding


def test_the_first_of_two_folders_with_one_path_is_meant():
    rows, missing, findings = resolved(trait(1, folder="/Twin"), trait(2, folder="/Twin/A"))
    assert (rows[0][0]["folderId"], missing, findings) == (3, ["/Twin/A"], [])


def test_folders_are_not_created_when_that_is_off():
    _, missing, findings = resolved(trait(1, folder="/web"), trait(2, folder="/New"), create_folders=False)
    assert missing == []
    assert "AAM has no folder “/web” and create_folders is off. Did you mean “/Web”?" in findings[0]
    assert findings[1].endswith("create_folders is off.")


def test_more_folders_than_aam_allows_are_refused():
    full = FolderTree({"folderId": n, "name": f"f{n}", "parentFolderId": 0} for n in range(1, 2000))
    assert resolved(trait(folder="/new"), tree=full)[2] == []
    assert "AAM would hold 2001 folders, 2000 at most" in resolved(trait(folder="/new/er"), tree=full)[2][0]


def test_row_by_sid_may_leave_references_alone():
    ((fields, new_folder),), _, findings = resolved({"sid": 5, "ttl": 3}, match_on="sid")
    assert (fields, new_folder, findings) == ({"ttl": 3}, None, [])
