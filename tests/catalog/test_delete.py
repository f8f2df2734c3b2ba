"""Deleting what is named: found or gone, refused while it is used, its mappings first when told to."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from airflow_provider_aam.api.errors import AAMPlanRefused, AAMSourceError
from airflow_provider_aam.catalog.applying.deleting import deletion_problems, name_objects
from airflow_provider_aam.catalog.applying.push import carry_out
from airflow_provider_aam.catalog.applying.receipt import PushReceipt
from airflow_provider_aam.catalog.checking.sources import LOCAL
from airflow_provider_aam.catalog.kinds import (
    DATA_SOURCES,
    DESTINATIONS,
    MAPPINGS,
    SEGMENTS,
    TRAIT_FOLDERS,
    TRAITS,
    Kind,
)
from airflow_provider_aam.catalog.planning.delete import Deletion, Named, named_by_ids, named_by_rows, plan_deletes
from airflow_provider_aam.catalog.planning.guards import Guards
from airflow_provider_aam.catalog.reading.rows import SourceRow
from airflow_provider_aam.catalog.reading.source import rows_from_list
from airflow_provider_aam.emulator import Emulator

ALL_DELETED = (
    *("dataSources", "traitFolders", "segmentFolders", "derivedSignals", "traits", "models", "segments"),
    *("destinations", "mappings"),
)
NOW = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture
def plan(client):
    def make(named: Named, *, unmap: bool = False, max_deletes: int = 100) -> Deletion:
        guards = Guards(max_deletes=max_deletes)
        return plan_deletes(client, named, unmap=unmap, guards=guards, source="ids", now=NOW)

    return make


@pytest.fixture
def delete(client, plan):
    def run(named: Named, **options: Any) -> PushReceipt:
        return carry_out(client, plan(named, **options).plan, started_at=NOW)

    return run


def ids_of(kind: Kind, *ids: Any) -> Named:
    return named_by_ids(kind, ids, source="ids")


def codes_of(kind: Kind, *codes: str, data_source: str | None = None) -> Named:
    return Named(kind=kind, ids={}, codes=codes, data_source=data_source)


def rows(*values: dict[str, Any]) -> list[SourceRow]:
    return rows_from_list(list(values), source="delete.csv")


def add_trait(emulator: Emulator, web: int, code: str, **more: Any) -> int:
    common = {"traitType": "ON_BOARDED_TRAIT", "dataSourceId": web, "folderId": 0}
    return int(emulator.add("traits", {"name": f"Trait {code}", "integrationCode": code, **common, **more})["sid"])


def add_segment(emulator: Emulator, web: int, code: str, rule: str) -> int:
    common = {"dataSourceId": web, "folderId": 0, "segmentRule": rule}
    return int(emulator.add("segments", {"name": f"Segment {code}", "integrationCode": code, **common})["sid"])


@pytest.fixture
def mapped(emulator: Emulator, web: int) -> dict[str, int]:
    """A segment that two destinations get, and the trait of its rule."""
    trait = add_trait(emulator, web, "t")
    segment = add_segment(emulator, web, "s", f"{trait}T")
    found = {"trait": trait, "segment": segment}
    for name in ("First", "Second"):
        serialized = {"serializationEnabled": True, "urlFormatString": "http://x/%ALIAS%", "delimiter": ","}
        destination = {"name": name, "destinationType": "PUSH", **serialized}
        found[name] = emulator.add("destinations", destination)["destinationId"]
        mapping = {"destinationId": found[name], "sid": segment, "startDate": "2026-01-01", "traitAlias": "a"}
        found[f"{name} mapping"] = emulator.add("mappings", mapping)["destinationMappingId"]
    return found


def left(emulator: Emulator, collection: str, field: str) -> set[int]:
    return {int(each[field]) for each in emulator.objects(collection)}


def test_only_what_is_named_is_deleted(emulator, web, delete):
    doomed, kept = add_trait(emulator, web, "a"), add_trait(emulator, web, "b")
    receipt = delete(ids_of(TRAITS, doomed))
    assert left(emulator, "traits", "sid") == {kept}
    assert receipt.outcomes["deleted"] == 1


def test_ids_may_be_text_and_stand_twice(emulator, web, delete):
    doomed = add_trait(emulator, web, "a")
    assert delete(ids_of(TRAITS, str(doomed), doomed)).outcomes["deleted"] == 1
    assert emulator.objects("traits") == []


def test_what_is_gone_is_counted_and_named(emulator, web, plan):
    kept = add_trait(emulator, web, "a")
    deletion = plan(ids_of(TRAITS, kept, 77, 78))
    assert deletion.gone == ("77", "78")
    assert deletion.plan.counts()["delete"] == 1
    assert "AAM has no trait 77, 78: already deleted" in deletion.plan.warnings[0]


@pytest.mark.parametrize("wrong", [0, -1, "x", 1.5, True, None, ""])
def test_what_is_no_id_is_refused(wrong):
    with pytest.raises(AAMSourceError, match="is not a sid: expected an integer above 0"):
        ids_of(TRAITS, 5, wrong)


def test_many_ids_are_found_in_the_list(emulator, web, delete):
    made = {add_trait(emulator, web, f"t{number}") for number in range(60)}
    emulator.clear_stats()
    assert delete(ids_of(TRAITS, *made)).outcomes["deleted"] == 60
    assert emulator.count("GET /v1/traits/{sid}") == 0


def test_codes_name_objects_within_a_data_source(emulator, web, plan, delete):
    other = emulator.add("data_sources", {"name": "App", "integrationCode": "app"})["dataSourceId"]
    of_web, of_app = add_trait(emulator, web, "same"), add_trait(emulator, other, "same")
    with pytest.raises(AAMSourceError, match=rf"“same” means 2 traits \({of_web}, {of_app}\): give data_source"):
        plan(codes_of(TRAITS, "same"))
    delete(codes_of(TRAITS, "same", data_source="app"))
    assert left(emulator, "traits", "sid") == {of_web}


def test_a_code_is_never_read_as_a_name(emulator, web, plan):
    add_trait(emulator, web, "other", name="gone")
    deletion = plan(codes_of(TRAITS, "gone"))
    assert (deletion.gone, deletion.plan.changes) == (("gone",), ())


def test_unknown_data_source_is_refused(emulator, web, plan):
    add_trait(emulator, web, "a")
    with pytest.raises(AAMSourceError, match="Did you mean “web”"):
        plan(codes_of(TRAITS, "a", data_source="wep"))


def test_paths_name_folders_and_names_destinations(emulator, mapped, delete, plan):
    outer = emulator.add("trait_folders", {"name": "A", "parentFolderId": 0})["folderId"]
    emulator.add("trait_folders", {"name": "B", "parentFolderId": outer})
    with pytest.raises(AAMPlanRefused, match="still in use"):
        plan(codes_of(TRAIT_FOLDERS, "/A"))
    delete(codes_of(TRAIT_FOLDERS, "/A", "/A/B"))
    assert outer not in left(emulator, "trait_folders", "folderId")
    delete(codes_of(DESTINATIONS, "First"), unmap=True)
    assert left(emulator, "destinations", "destinationId") == {mapped["Second"]}


def test_a_trait_that_a_segment_needs_is_refused_and_the_segment_named(emulator, mapped, plan):
    user = rf"segment web/s “Segment s” \({mapped['segment']}\)$"
    with pytest.raises(AAMPlanRefused, match=rf"trait web/t “Trait t” \({mapped['trait']}\) is in use by {user}"):
        plan(ids_of(TRAITS, mapped["trait"]))
    assert left(emulator, "traits", "sid") == {mapped["trait"]}


def test_a_data_source_that_traits_need_is_refused(emulator, web, plan):
    add_trait(emulator, web, "a")
    with pytest.raises(AAMPlanRefused, match=rf"data source web “Web site” \({web}\) is in use by trait web/a "):
        plan(codes_of(DATA_SOURCES, "web"))


def test_a_mapped_segment_is_refused_unless_told_to_unmap(emulator, mapped, plan, delete):
    with pytest.raises(
        AAMPlanRefused, match=r"segment web/s “Segment s” .* in use by mappings First ← s \(\d+\), Second ← s \(\d+\)$"
    ):
        plan(ids_of(SEGMENTS, mapped["segment"]))
    emulator.clear_stats()
    receipt = delete(ids_of(SEGMENTS, mapped["segment"]), unmap=True)
    assert (emulator.objects("segments"), emulator.objects("mappings")) == ([], [])
    assert receipt.plan["delete"] == 3
    deletes = [each["path"] for each in emulator.requests if each["method"] == "DELETE"]
    assert all("mappings" in path for path in deletes[:2])
    assert "segments" in deletes[2]


def test_mappings_of_other_segments_stay(emulator, web, mapped, delete):
    other = add_segment(emulator, web, "other", f"{mapped['trait']}T")
    kept = {"destinationId": mapped["First"], "sid": other, "startDate": "2026-01-01", "traitAlias": "b"}
    kept_id = emulator.add("mappings", kept)["destinationMappingId"]
    delete(ids_of(SEGMENTS, mapped["segment"]), unmap=True)
    assert left(emulator, "mappings", "destinationMappingId") == {kept_id}


def test_rows_are_those_of_the_workbook_s_delete_sheets(emulator, mapped, delete):
    first = {"destinationMappingId": str(mapped["First mapping"]), "destinationId": str(mapped["First"])}
    delete(named_by_rows(MAPPINGS, rows(first), source="delete.csv"))
    assert left(emulator, "mappings", "destinationMappingId") == {mapped["Second mapping"]}
    delete(named_by_rows(MAPPINGS, rows({"destinationMappingId": mapped["Second mapping"]}), source="delete.csv"))
    assert emulator.objects("mappings") == []


def test_rows_without_an_id_are_all_named():
    with pytest.raises(AAMSourceError) as refused:
        named_by_rows(TRAITS, rows({"sid": 1}, {"name": "x"}, {"sid": "one"}), source="delete.csv")
    assert refused.value.findings == (
        "delete.csv, row 2: sid: is missing",
        "delete.csv, row 3: sid: is 'one': expected an integer above 0",
    )


def test_max_deletes_counts_mappings_too(emulator, mapped, plan):
    with pytest.raises(AAMPlanRefused, match="it would delete 3 objects, but max_deletes is 2"):
        plan(ids_of(SEGMENTS, mapped["segment"]), unmap=True, max_deletes=2)
    assert plan(ids_of(SEGMENTS, mapped["segment"]), unmap=True, max_deletes=3).plan.counts()["delete"] == 3


def test_the_plan_holds_what_is_needed_to_make_the_object_again(emulator, web, plan):
    doomed = add_trait(emulator, web, "a", description="Kept for later")
    (change,) = plan(ids_of(TRAITS, doomed)).plan.changes
    before = {field.field: field.before for field in change.fields}
    assert (before["description"], before["integrationCode"], before["dataSourceId"]) == ("Kept for later", "a", web)


def test_an_object_that_goes_meanwhile_is_deleted_all_the_same(emulator, client, web, plan):
    doomed = add_trait(emulator, web, "a")
    planned = plan(ids_of(TRAITS, doomed)).plan
    client.collection("traits").delete(doomed)
    assert carry_out(client, planned, started_at=NOW).outcomes["deleted"] == 1


# --- what a task or a caller names ------------------------------------------------------------------------------------


def name(kind: str, **given: Any) -> tuple[Named, str]:
    return name_objects(
        kind, **{"ids": None, "codes": None, "data_source": None, "source": None, **given}, open_uri=LOCAL
    )


def test_objects_are_named_by_ids_by_codes_or_by_a_file(emulator, web, delete, tmp_path):
    made = {code: add_trait(emulator, web, code) for code in "abcd"}
    (tmp_path / "delete.csv").write_text(f"sid,note\n{made['c']},old\n", encoding="utf-8")
    given = {
        "the ids given": {"ids": [made["a"]]},
        "the codes given": {"codes": ["b", "b"], "data_source": "web"},
        str(tmp_path / "delete.csv"): {"source": str(tmp_path / "delete.csv")},
    }
    for called, each in given.items():
        named, source = name("traits", **each)
        assert (source, delete(named).outcomes["deleted"]) == (called, 1)
    assert left(emulator, "traits", "sid") == {made["d"]}


def test_what_names_nothing_is_a_problem_of_its_argument_or_file(tmp_path):
    (tmp_path / "delete.csv").write_text("sid\n5\nx\n", encoding="utf-8")
    given = {
        "ids, row 2: 'x' is not a sid: expected an integer above 0": {"ids": [5, "x"]},
        f"{tmp_path}/delete.csv:3: sid: is 'x': expected an integer above 0": {"source": str(tmp_path / "delete.csv")},
    }
    for said, each in given.items():
        with pytest.raises(AAMSourceError) as refused:
            name("traits", **each)
        assert refused.value.findings == (said,)
        assert str(refused.value).startswith(said.partition(", row")[0].partition(":")[0] + " has 1 problem.")


def test_rows_that_only_name_objects_are_not_held_to_describe_them(tmp_path):
    (tmp_path / "delete.csv").write_text("sid,ttl\n5,never\n", encoding="utf-8")
    (tmp_path / "broken.csv").write_text("sid,sid\n5,6\n", encoding="utf-8")
    with pytest.raises(AAMSourceError) as refused:
        name("traits", source=[str(tmp_path / "delete.csv"), str(tmp_path / "broken.csv")])
    assert "broken.csv" in str(refused.value)
    assert "never" not in str(refused.value)


@pytest.mark.parametrize(
    ("kind", "given", "said"),
    [
        ("traits", {"codes": ["a"], "data_source": "web"}, []),
        ("segments", {"unmap": True}, []),
        ("destinations", {"codes": ["a"], "unmap": True}, []),
        ("users", {}, ["kind is 'users'; AAM's API can delete " + ", ".join(ALL_DELETED)]),
        ("mappings", {"codes": ["a"]}, ["codes: mappings have no codes; give ids or source"]),
        ("traits", {"data_source": "web"}, ["data_source goes with codes of traits or segments"]),
        ("destinations", {"codes": ["a"], "data_source": "web"}, ["data_source goes with codes of traits or segments"]),
        ("traits", {"unmap": True}, ["unmap is for segments, destinations"]),
    ],
)
def test_arguments_that_cannot_be_for_objects_of_a_kind_are_named(kind, given, said):
    assert deletion_problems(kind, **{"codes": None, "data_source": None, "unmap": False, **given}) == said
