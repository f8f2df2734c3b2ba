"""Folders by path, data sources by code or name, and the scope of a prune."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_provider_aam.account.account import Account
from airflow_provider_aam.account.folders import FolderTree, ancestors
from airflow_provider_aam.account.objects import Objects
from airflow_provider_aam.api.errors import AAMBadAnswer, AAMLookupFailed, AAMPlanRefused, AAMSourceError, Fate
from airflow_provider_aam.api.guide import Step
from airflow_provider_aam.api.resources import DATA_SOURCES, PARTNER_SITES
from airflow_provider_aam.catalog.kinds import DESTINATIONS, MAPPINGS, TRAIT_FOLDERS, TRAITS
from airflow_provider_aam.catalog.planning.new_folders import NewFolders
from airflow_provider_aam.catalog.planning.options import PlanOptions
from airflow_provider_aam.catalog.planning.planner import build_plan
from airflow_provider_aam.catalog.planning.prune import Scope, build_scopes
from airflow_provider_aam.catalog.planning.targets import Targets
from airflow_provider_aam.catalog.planning.usage import refuse_used
from catalog.support import OtherAAM, TinyAAM, rows_of, trait

SOURCES = [
    {"dataSourceId": 1, "integrationCode": "web", "name": "Web site"},
    {"dataSourceId": "2", "integrationCode": "app", "name": "web"},
    {"dataSourceId": 3, "integrationCode": None, "name": "twice"},
    {"dataSourceId": 4, "integrationCode": "", "name": "twice"},
    {"dataSourceId": 5},
]
TREE_RECORDS = [
    {"folderId": 0, "name": "All Traits", "parentFolderId": 0},
    {"folderId": 1, "name": "Web", "parentFolderId": 0},
    {"folderId": 2, "name": "Pricing", "parentFolderId": 1},
    {"folderId": 3, "name": "Twin", "parentFolderId": 0},
    {"folderId": 4, "name": "Twin", "parentFolderId": 0},
    {"folderId": 5, "name": "Loop", "parentFolderId": 6},
    {"folderId": 6, "name": "Pool", "parentFolderId": 5},
]
TREE = FolderTree(TREE_RECORDS)


@pytest.fixture
def targets():
    """``targets(records)`` of an account with these data sources, as AAM answers them."""
    servers = []

    def build(records):
        servers.append(OtherAAM(lambda *_: records))
        return Targets(Account(servers[-1].__enter__().client))

    yield build
    for server in servers:
        server.__exit__()


def test_data_source_code_wins_over_another_s_name(targets):
    known = targets(SOURCES)
    assert known.find(DATA_SOURCES, "web") == 1
    assert known.find(DATA_SOURCES, "Web site") == 1
    assert [known.label(DATA_SOURCES, n) for n in (1, 3, 5, 9, None)] == ["web", "twice", "5", "9", "none"]
    assert [known.word(DATA_SOURCES, n) for n in (1, 2, 3, 5, 9)] == ["web", "app", None, None, None]


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("twice", "“twice” means 2 data sources (3, 4): give dataSourceId instead"),
        ("Web sit", "AAM has no data source “Web sit”. Did you mean “Web site”?"),
        ("zzz", "AAM has no data source “zzz”."),
        (" ", "AAM has no data source “ ”."),
    ],
)
def test_data_source_that_means_none_or_two_is_a_problem(targets, word, said):
    with pytest.raises(AAMLookupFailed) as unresolved:
        targets(SOURCES).find(DATA_SOURCES, word)
    assert str(unresolved.value) == said


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
def test_data_source_is_found_however_its_text_is_escaped(targets, word, record):
    known = targets([record])
    assert known.find(DATA_SOURCES, word) == 1
    assert known.label(DATA_SOURCES, 1) in {"R&D", "web", "7"}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"dataSource": "web"}, "AAM has no data source “web”: "),
        ({"dataSource": None, "dataSourceId": 7}, "AAM has no data source 7: "),
    ],
)
def test_account_that_sees_no_data_source_is_told_why(row, said):
    tiny = TinyAAM()

    def blind(method, path, query, body):
        return [] if path == "/v1/datasources" else tiny(method, path, query, body)

    with OtherAAM(blind) as aam, pytest.raises(AAMSourceError) as refused:
        plan_of(aam.client, trait(**row))
    assert f"{said}the technical account sees no data source at all. {Step.TECHNICAL_USER.pointer}" in str(
        refused.value
    )


def plan_of(client, *items, **options):
    options.setdefault("match_on", "integrationCode")
    now = datetime(2026, 1, 2, tzinfo=UTC)
    return build_plan(client, {TRAITS: rows_of(items)}, PlanOptions(**options), source="t", now=now)


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
        (lambda: Objects("sid", [{"sid": "x", "name": "Web"}]), "“x” as the sid of “Web”, which is not a number"),
        (lambda: Objects("sid", [{"sid": None}]), "“None” as the sid of “None”, which is not a number"),
        (lambda: FolderTree([{"folderId": "x", "name": "Web"}]), "“x” as the folderId of “Web”, which is not a number"),
        (lambda: FolderTree([{"folderId": 1, "parentFolderId": "abc"}]), "“abc” as the parentFolderId of “None”"),
        (lambda: {"folderId": "x" * 99} in Scope(folder_ids=frozenset({1})), f"“{'x' * 40}” as"),
        (lambda: {"dataSourceId": "1.5"} in Scope(data_source_id=1), "“1.5” as the dataSourceId"),
    ],
)
def test_id_that_is_no_number_is_a_bad_answer(read, said):
    with pytest.raises(AAMBadAnswer, match=said) as raised:
        read()
    assert raised.value.fate is Fate.UNKNOWN


def test_object_without_the_field_is_out_of_scope():
    assert {"sid": 1} not in Scope(data_source_id=1)
    assert {"sid": 1} not in Scope(folder_ids=frozenset({1}))
    assert {"dataSourceId": "1", "folderId": "2"} in Scope(data_source_id=1, folder_ids=frozenset({2}))


@pytest.mark.parametrize(
    ("scope", "tree", "said"),
    [
        ({"dataSource": "web"}, TREE, "“web”: the technical account sees no data source at all. Repeat setup step 9: "),
        (
            {"folder": "/A"},
            FolderTree([]),
            "“/A”: the technical account sees no folder below the root. Repeat setup step 9",
        ),
        ({"folder": "/A"}, FolderTree([{"folderId": 0, "name": "All"}]), "sees no folder below the root"),
        ({"folder": "/A"}, TREE, "AAM has no folder “/A”$"),
    ],
)
def test_prune_scope_of_an_account_that_sees_nothing_is_refused_with_the_reason(targets, scope, tree, said):
    with pytest.raises(AAMPlanRefused, match=f"^prune_scope: .*{said}"):
        build_scopes(scope, targets([]), {TRAITS: NewFolders(TRAIT_FOLDERS, tree, create=True)})


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
    pages = {"/v1/segments": {"total": 1, "page": 0, "pageSize": 1000, "list": listed}}
    with OtherAAM(lambda _, path, *__: pages.get(path, [])) as aam:
        try:
            refuse_used(Account(aam.client), {"traits": [{"sid": 7, "name": "T"}]}, [])
        except AAMPlanRefused as refused:
            said = str(refused)
        else:
            said = ""
    assert ("trait 7 “T” is in use by segment 100 “S”" in said) is uses


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


# --- references of rows -----------------------------------------------------------------------------------------------


@pytest.fixture
def plan():
    """``plan(*rows)`` of an account with these data sources and folders."""

    def build(*items, folders=None, **options):
        nested = TinyAAM()

        def answer(method, path, query, body):
            if path == "/v1/datasources":
                return SOURCES
            if path == "/v1/folders/traits":
                return [*(folders or TREE_RECORDS)]
            if path == "/v1/customer-trait-types":
                return []
            return nested(method, path, query, body)

        with OtherAAM(answer) as aam:
            return plan_of(aam.client, *items, **options)

    return build


def fields_of(change):
    return {field.field: field.after for field in change.fields}


def test_references_become_ids(plan):
    (change,) = plan(trait(folder="/All Traits/Web")).changes
    fields = fields_of(change)
    assert (fields["dataSourceId"], fields["folderId"], change.links) == (1, 1, ())
    assert not {"dataSource", "folder", "sid"} & set(fields)


def test_missing_folders_are_to_be_created_parents_first_and_once(plan):
    rows = (trait(1, folder="/Web/A/B/"), trait(2, folder="/Web/A"), trait(3, folder="/N"))
    changes = plan(*rows).changes
    assert [change.label for change in changes if change.kind == "trait folder"] == ["/Web/A", "/N", "/Web/A/B"]
    position = {change.label: at for at, change in enumerate(changes)}
    linked = {change.key.get("integrationCode"): change.links for change in changes if change.kind == "trait"}
    assert [linked[code][0].to for code in ("t1", "t2", "t3")] == [
        position[path] for path in ("/Web/A/B", "/Web/A", "/N")
    ]
    assert all(changes[link.to].wave < change.wave for change in changes for link in change.links)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"dataSource": "twice"}, "row 1: dataSource: “twice” means 2 data sources"),
        ({"dataSource": "nope"}, "row 1: dataSource: AAM has no data source “nope”"),
        ({"dataSource": None, "dataSourceId": 99}, "row 1: dataSourceId: AAM has no data source 99, or the technical"),
        ({"folder": None, "folderId": 99}, "row 1: folderId: AAM has no trait folder 99, or the technical"),
        ({"folder": "/1/2/3/4/5/6"}, "row 1: folder: “/1/2/3/4/5/6” is 6 levels deep, 5 at most"),
        ({"folder": "/" + "x" * 256}, "has 256 characters, 255 at most"),
        ({"customerTraitType": "Loyalty"}, "row 1: customerTraitType: AAM has no trait type “Loyalty”"),
    ],
)
def test_reference_that_means_nothing_is_a_finding(plan, row, said):
    with pytest.raises(AAMSourceError) as refused:
        plan(trait(**row))
    (finding,) = refused.value.findings
    assert said in finding


def test_the_first_of_two_folders_with_one_path_is_meant(plan):
    changes = plan(trait(1, folder="/Twin"), trait(2, folder="/Twin/A")).changes
    folders = [change for change in changes if change.kind == "trait folder"]
    assert [(change.label, fields_of(change)["parentFolderId"]) for change in folders] == [("/Twin/A", 3)]
    assert [fields_of(change)["folderId"] for change in changes if change.key.get("integrationCode") == "t1"] == [3]


def test_folders_are_not_created_when_that_is_off(plan):
    with pytest.raises(AAMSourceError) as refused:
        plan(trait(1, folder="/web"), trait(2, folder="/New"), create_folders=False)
    first, second = refused.value.findings
    assert "AAM has no folder “/web” and create_folders is off. Did you mean “/Web”?" in first
    assert second.endswith("create_folders is off.")


def test_more_folders_than_aam_allows_are_refused(plan):
    full = [{"folderId": n, "name": f"f{n}", "parentFolderId": 0} for n in range(1, 2000)]
    assert plan(trait(folder="/new"), folders=full).counts()["create_folders"] == 1
    with pytest.raises(AAMPlanRefused, match=r"AAM would hold 2,001 trait folders, 2,000 at most \(1,999 now\)"):
        plan(trait(folder="/new/er"), folders=full)


def test_row_by_sid_may_leave_references_alone(plan, emulator, client, web):
    sid = emulator.add("traits", {**trait(dataSource=None, folder=None), "dataSourceId": web, "folderId": 0})["sid"]
    (change,) = plan_of(client, {"sid": sid, "ttl": 3}, match_on="sid").changes
    assert (fields_of(change), change.links) == ({"ttl": 3}, ())


def test_destinations_and_mappings_are_read_in_one_go(emulator, client):
    key = emulator.add("destinations", {"name": "D", "destinationType": "PUSH"})["destinationId"]
    account = Account(client)
    assert [*account.objects(DESTINATIONS.resource).ids()] == [key]
    assert (account.is_read(DESTINATIONS.resource), account.is_read(MAPPINGS.resource)) == (True, True)
    assert len(account.objects(MAPPINGS.resource)) == 0
    assert emulator.count("GET /v1/destinations/{destinationId}") == 1


def test_words_of_objects_are_those_that_mean_them_alone(emulator, client, web):
    both = {"folderId": 0, "traitType": "ON_BOARDED_TRAIT"}
    coded, twin, named, nowhere = (
        emulator.add("traits", {**both, **fields})["sid"]
        for fields in (
            {"name": "A", "integrationCode": "a:b", "dataSourceId": web},
            {"name": "N", "dataSourceId": web},
            {"name": "N", "dataSourceId": web},
            {"name": "a:b", "dataSourceId": emulator.add("data_sources", {"name": "Web site"})["dataSourceId"]},
        )
    )
    sites = [row["siteId"] for row in emulator.add("partner_sites", [{"url": "a.example"}, {"url": "b.example"}])]
    known = Targets(Account(client))
    assert [known.word(TRAITS.resource, sid) for sid in (coded, twin, named, nowhere, 9)] == [
        'web:"a:b"',
        None,
        None,
        None,
        None,
    ]
    assert [known.word(PARTNER_SITES, site) for site in (*sites, 9)] == ["a.example", "b.example", None]
    assert known.label(PARTNER_SITES, sites[0]) == "a.example"
    assert known.label(TRAITS.resource, coded) == "a:b"
