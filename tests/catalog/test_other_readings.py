"""Servers that read AAM's facts otherwise than the emulator does: nothing twice, nothing lost, nothing spoilt."""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from airflow_provider_aam.account.escapes import unescaped
from airflow_provider_aam.api.errors import AAMPlanRefused, AAMPushFailed, AAMSourceError
from airflow_provider_aam.catalog.applying.push import apply_saved, make_plan
from airflow_provider_aam.catalog.applying.push import push as push_rows
from airflow_provider_aam.catalog.applying.receipt import PushReceipt
from airflow_provider_aam.catalog.kinds import TRAITS
from airflow_provider_aam.catalog.planning.options import PlanOptions
from catalog.support import OtherAAM, TinyAAM, outcomes_of, rows_of, trait

CODED = {"sid": 1, "name": "Old", "dataSourceId": 7, "integrationCode": "old", "traitRule": 'c_a == "1"'}


@pytest.fixture
def aam() -> TinyAAM:
    return TinyAAM()


@pytest.fixture
def other(aam: TinyAAM) -> Iterator[OtherAAM]:
    with OtherAAM(aam) as server:
        yield server


def push(other: OtherAAM, items: list[dict[str, Any]], **options: Any) -> PushReceipt:
    planned = {name: options.pop(name) for name in [*options] if name in PlanOptions.__dataclass_fields__}
    planned.setdefault("match_on", "integrationCode")
    return push_rows(other.client, {TRAITS: rows_of(items)}, PlanOptions(**planned), source="traits.yaml", **options)


def without(name: str) -> Any:
    return lambda row: {key: value for key, value in row.items() if key != name}


def escaped(row: dict[str, Any]) -> dict[str, Any]:
    return {name: html.escape(value) if isinstance(value, str) else value for name, value in row.items()}


def test_code_that_aam_stores_in_another_case_is_rejected_and_never_created_again(aam, other, tmp_path) -> None:
    aam.stored = lambda row: {**row, "integrationCode": row["integrationCode"].lower()}
    options = {"prune_scope": {"dataSource": "web"}}
    with pytest.raises(AAMPushFailed, match="but stored integrationCode “abc”: write that"):
        push(other, [trait(1, integrationCode="ABC")], **options, outcome_path=tmp_path / "o.jsonl")
    assert [(row["status"], row["id"]) for row in outcomes_of(tmp_path / "o.jsonl")] == [("rejected", 100)]
    with pytest.raises(AAMSourceError, match=r"“ABC” differs from AAM's “abc” \(trait 100\) in upper and lower case"):
        push(other, [trait(1, integrationCode="ABC")], **options)
    assert list(aam.traits) == [100]


def test_plan_whose_code_aam_stored_in_another_case_is_refused_when_it_is_applied_again(aam, other) -> None:
    aam.stored = lambda row: {**row, "integrationCode": row["integrationCode"].lower()}
    rows = {TRAITS: rows_of([trait(1, integrationCode="ABC", folder="/")])}
    plan = make_plan(other.client, rows, PlanOptions(), source="traits.yaml", now=datetime(2026, 1, 2, tzinfo=UTC))
    with pytest.raises(AAMPushFailed, match="but stored integrationCode “abc”"):
        apply_saved(other.client, plan)
    with pytest.raises(AAMPlanRefused, match="exists by now, as trait 100 with integrationCode 'abc'"):
        apply_saved(other.client, plan)
    assert len(aam.traits) == 1


def test_list_without_data_sources_is_no_ground_for_a_plan(aam, other) -> None:
    aam.traits[1] = dict(CODED)
    aam.listed = without("dataSourceId")
    with pytest.raises(AAMPlanRefused, match="leaves out dataSourceId"):
        push(other, [trait(1)])
    assert list(aam.traits) == [1]


def test_lost_create_is_found_although_lists_hide_codes(aam, other, tmp_path: Path) -> None:
    aam.listed = without("integrationCode")
    aam.post_answer = (500, {"code": "INTERNAL_ERROR", "message": "oops"})
    push(other, [trait(1)], outcome_path=tmp_path / "outcomes.jsonl")
    assert [row["integrationCode"] for row in aam.traits.values()] == ["t1"]
    assert [outcome["status"] for outcome in outcomes_of(tmp_path / "outcomes.jsonl")] == ["created"]


def test_trait_whose_code_the_list_hides_is_looked_for_before_a_create(aam, other, tmp_path: Path) -> None:
    aam.traits = {sid: {"sid": sid, "name": f"T{sid}", "dataSourceId": 7} for sid in range(1, 51)}
    aam.traits[17] = {**trait(1), "sid": 17, "dataSourceId": 7, "folderId": 0}
    aam.listed = without("integrationCode")
    push(other, [trait(1), trait(2)], outcome_path=tmp_path / "outcomes.jsonl")
    ends = {outcome["label"].split()[0]: outcome["status"] for outcome in outcomes_of(tmp_path / "outcomes.jsonl")}
    assert ends == {"web/t1": "unchanged", "web/t2": "created"}
    assert len(aam.traits) == 51


def test_names_are_asked_for_singly_where_lists_hide_them(aam, other) -> None:
    aam.traits = {1: {"sid": 1, "dataSourceId": 7}}
    aam.listed = without("name")
    aam.post_answer = (500, {"message": "oops"})
    push(other, [trait(1)], match_on="name")
    assert len(aam.traits) == 2


def test_row_ends_unknown_where_too_many_objects_hide_their_keys(aam, other) -> None:
    aam.traits = {sid: {"sid": sid, "dataSourceId": 7} for sid in range(1, 31)}
    aam.listed = without("name")
    with pytest.raises(AAMPushFailed, match="shows 30 objects without dataSourceId, name"):
        push(other, [trait(1)], match_on="name")
    assert len(aam.traits) == 30


def test_update_does_not_write_back_what_the_server_escaped(aam, other) -> None:
    aam.traits[1] = {**trait(1, description="R&D"), "sid": 1, "dataSourceId": 7, "folderId": 0, "ttl": 120}
    aam.listed = aam.shown = escaped
    push(other, [trait(1, ttl=3)])
    stored = aam.traits[1]
    assert (stored["ttl"], stored["description"], stored["traitRule"]) == (3, "R&D", 'c_page == "1"')


def test_texts_without_proof_of_escaping_stay_as_they_are() -> None:
    literal = {"sid": 1, "description": "R&amp;D", "traitRule": 'c_a == "1"'}
    assert unescaped(literal) == literal
    assert unescaped({"description": "R&amp;D"}) == {"description": "R&amp;D"}


def test_create_that_shows_late_is_waited_for_not_repeated(aam, other) -> None:
    aam.late, aam.post_answer = [], (500, {"message": "oops"})

    def store_after_six_seconds(_: float) -> None:
        if other.time.elapsed_s >= 6:
            aam.traits.update({row["sid"]: row for row in aam.late or []})

    other.time.on_sleep = store_after_six_seconds
    push(other, [trait(1)])
    assert (len(aam.late), len(aam.traits)) == (1, 1)


def test_two_folders_of_one_path_stop_nothing_and_move_nothing(aam, other, tmp_path: Path, caplog) -> None:
    aam.folders = [{"folderId": 9, "name": "Web"}, {"folderId": 5, "name": "Web"}]
    aam.traits[1] = {**trait(1), "sid": 1, "dataSourceId": 7, "folderId": 9}
    with caplog.at_level("INFO"):
        push(other, [trait(1, folder="/Web"), trait(2, folder="/Web")], outcome_path=tmp_path / "outcomes.jsonl")
    assert [(row["folderId"]) for row in aam.traits.values()] == [9, 5]
    assert "AAM has 2 folders /Web (5, 9); new traits go to the first, others stay" in caplog.text


def test_name_whose_blanks_aam_collapses_is_found_again(aam, other) -> None:
    aam.stored = lambda row: {**row, "name": " ".join(row["name"].split())}
    for _ in range(2):
        push(other, [trait(1, name="Pricing   page")], match_on="name")
    assert [row["name"] for row in aam.traits.values()] == ["Pricing page"]


def test_update_keeps_what_the_single_answer_hides(aam, other) -> None:
    aam.traits[1] = {**CODED, "traitType": "RULE_BASED_TRAIT", "folderId": 0}
    aam.shown = lambda row: {name: value for name, value in row.items() if name not in ("integrationCode", "traitRule")}
    receipt = push(other, [{"sid": 1, "description": "new"}], match_on="sid")
    assert receipt.outcomes["updated"] == 1
    assert aam.traits[1] == {**CODED, "traitType": "RULE_BASED_TRAIT", "folderId": 0, "description": "new"}


def test_update_that_is_answered_with_the_object_as_it_was_is_looked_at_again(aam, other) -> None:
    aam.traits[1] = {**CODED, "traitType": "RULE_BASED_TRAIT", "folderId": 0}
    answers = [aam.traits[1], aam.traits[1]]  # the read before the write, the write
    aam.shown = lambda row: answers.pop() if answers else row
    assert push(other, [{"sid": 1, "name": "New"}], match_on="sid").outcomes["updated"] == 1


def test_list_that_takes_a_filter_otherwise_has_nothing_created_again(aam, other) -> None:
    rows = [trait(1, folder="/")]
    push(other, rows)

    def narrowed(method: str, path: str, query: dict[str, str], body: Any) -> Any:
        if method == "GET" and path == "/v1/traits" and "dataSourceId" in query:
            return {"total": 0, "page": 0, "pageSize": 1000, "list": []}
        return aam(method, path, query, body)

    with OtherAAM(narrowed) as server:
        assert push(server, rows).outcomes["unchanged"] == 1
    assert len(aam.traits) == 1


def test_folders_that_the_list_leaves_out_are_a_warning(aam, other) -> None:
    aam.traits[1] = {**CODED, "traitType": "RULE_BASED_TRAIT", "folderId": 77}
    rows = {TRAITS: rows_of([trait(1, folder="/A")])}
    plan = make_plan(other.client, rows, PlanOptions(), source="traits.yaml", now=datetime(2026, 1, 2, tzinfo=UTC))
    said = "AAM's list of trait folders leaves out 1 that hold traits (77): what is to be created may exist already"
    assert said in plan.warnings


def test_folder_whose_name_aam_escapes_is_found(aam, other) -> None:
    aam.folders = [{"folderId": 5, "parentFolderId": 0, "name": "Q&amp;A "}]
    receipt = push(other, [trait(1, folder="/Q&A")])
    assert receipt.plan["create_folders"] == 0
    assert aam.traits[100]["folderId"] == 5


def test_name_whose_accents_aam_composes_otherwise_is_the_same(aam, other) -> None:
    aam.stored = lambda row: {**row, "name": unicodedata.normalize("NFD", row["name"])}
    rows = [trait(name="Café", integrationCode="")]
    assert push(other, rows, match_on="name").outcomes["created"] == 1
    assert push(other, rows, match_on="name").outcomes["unchanged"] == 1
    assert len(aam.traits) == 1


def test_words_of_aam_in_lower_case_are_no_change(aam, other) -> None:
    aam.shown = aam.listed = lambda row: {**row, "traitType": row["traitType"].lower(), "status": "active"}
    rows = [trait(1, status="ACTIVE")]
    push(other, rows)
    assert push(other, rows).outcomes["unchanged"] == 1


def test_saved_plan_goes_on_where_answers_leave_a_field_out(aam, other) -> None:
    aam.shown = aam.listed = lambda row: {name: value for name, value in row.items() if name != "ttl"}
    rows = {TRAITS: rows_of([trait(1, ttl=30, folder="/")])}
    plan = make_plan(other.client, rows, PlanOptions(), source="traits.yaml", now=datetime(2026, 1, 2, tzinfo=UTC))
    apply_saved(other.client, plan)
    assert apply_saved(other.client, plan).outcomes["unchanged"] == 1
    assert len(aam.traits) == 1
