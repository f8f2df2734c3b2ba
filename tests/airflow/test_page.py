"""What tasks leave for the page *Browse → Audience Manager*, and what its API makes of it."""

from __future__ import annotations

import json
import re
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from airflow_provider_aam.compat import AIRFLOW_V_3_3_PLUS, ObjectStoragePath
from airflow_provider_aam.emulator import Emulator
from airflow_provider_aam.files.notes import Note, PlanText, Task, leave_note
from airflow_provider_aam.files.shelf import shelved
from airflow_provider_aam.hooks.page import page_folder
from airflow_provider_aam.operators.drift import AAMDriftOperator
from airflow_provider_aam.operators.page import AAMRefreshPageOperator
from airflow_provider_aam.operators.plan import AAMApplyOperator, AAMPlanOperator
from airflow_provider_aam.operators.pull import AAMPullSegmentsOperator
from airflow_provider_aam.operators.push import AAMPushTraitsOperator
from airflow_provider_aam.operators.sql import AAMToSqlOperator
from airflow_provider_aam.operators.stream import AAMStreamTraitsOperator

pytestmark = pytest.mark.skipif(not AIRFLOW_V_3_3_PLUS, reason="the page is for Airflow 3.3")

TRAIT = {
    "name": "Pricing",
    "traitType": "RULE_BASED_TRAIT",
    "traitRule": 'c_page == "pricing"',
    "integrationCode": "pricing",
    "dataSource": "web",
    "folder": "/Website/Pricing",
}


@pytest.fixture
def account(emulator: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Emulator:
    emulator.reset("account")
    monkeypatch.setenv("AIRFLOW_CONN_AAM_DEFAULT", emulator.connection_json("jwt"))
    monkeypatch.setenv("AIRFLOW__AAM__UI_FOLDER", str(tmp_path / "page"))
    return emulator


@pytest.fixture
def page(account: Emulator) -> Any:
    from airflow_provider_aam.ui.folder import PageFolder

    return PageFolder(lambda: page_folder("aam_default"), monotonic=iter(range(0, 10_000, 10)).__next__)


def one(notes: list[dict[str, Any]]) -> dict[str, Any]:
    (note,) = notes
    return note


def test_page_is_empty_before_anything_ran(page):
    found = page.overview()
    assert found["account"] is None
    assert set(found["lists"].values()) == {None}
    assert not any(found["notes"].values())


def test_refresh_shows_the_account_and_its_lists(run: Callable[..., Any], account, page):
    assert run(lambda: AAMRefreshPageOperator(task_id="refresh")).state == "success"
    found = page.overview()
    assert found["account"]["pid"] == 1099
    uses = {(use["resource"], use["type"]): (use["count"], use["limit"]) for use in found["account"]["uses"]}
    assert uses["segments", "TOTAL"] == (200, 20_000)
    assert uses["trait_folders", "TOTAL"][1] == 2_000
    assert [name for name, dates in found["lists"].items() if dates] == ["segments", "traits"]


def test_list_has_the_populations_that_aam_counts(run, account, page):
    from airflow_provider_aam.ui.populations import Query

    run(lambda: AAMRefreshPageOperator(task_id="refresh"))
    found = page.find("segments", Query(sort="id", descending=False, limit=1))
    (row,) = found["rows"]
    assert found["total"] == 200
    assert row["name"] == 'Visitors < 0 & "Trail shoes" é'
    assert len(row["population"]) == 6
    assert list(row["population"]) == sorted(row["population"])
    assert row["change"] is None  # there is no list of an earlier day


def test_run_that_asks_for_the_page_leaves_no_request_to_aam(run, account, page):
    run(lambda: AAMRefreshPageOperator(task_id="refresh"))
    account.clear_stats()
    page.overview()
    assert account.requests == []


def test_list_of_an_earlier_day_is_compared_with(run, account, page):
    from airflow_provider_aam.ui.populations import Query

    run(lambda: AAMRefreshPageOperator(task_id="refresh"))
    folder = page_folder("aam_default")
    (segments,) = [file for file in shelved(folder) if file.kind == "segments"]
    yesterday = (datetime.now(UTC) - timedelta(days=1)).strftime("%Y%m%dT%H%M%S%fZ")
    _rewrite(segments.path, folder / f"segments.{yesterday}-{'0' * 12}.jsonl.gz", more=-100)
    found = page.find("segments", Query(sort="change", period=7))
    assert {tuple(row["change"]) for row in found["rows"]} == {(100,) * 6}
    assert page.overview()["lists"]["segments"]["before"]


def test_older_lists_are_cleared(run, account):
    for number in range(3):
        run(lambda number=number: AAMRefreshPageOperator(task_id=f"refresh_{number}"))
    kinds = [file.kind for file in shelved(page_folder("aam_default"))]
    assert sorted(kinds) == ["account", "segments", "traits"]


def test_refresh_may_replace_what_a_moment_ago_was_there(run, account):
    from airflow_provider_aam.ui.folder import PageFolder
    from airflow_provider_aam.ui.populations import Query

    page = PageFolder(lambda: page_folder("aam_default"), monotonic=lambda: 0.0)
    run(lambda: AAMRefreshPageOperator(task_id="refresh"))
    assert page.overview()["account"]
    run(lambda: AAMRefreshPageOperator(task_id="refresh_again"))
    assert page.find("segments", Query())["total"] == 200
    run(lambda: AAMRefreshPageOperator(task_id="refresh_once_more"))
    assert page.overview()["account"]


def test_pull_is_shown(run, page, tmp_path):
    run(lambda: AAMPullSegmentsOperator(task_id="pull", destination=str(tmp_path / "s.jsonl")))
    note = one(page.overview()["notes"]["pull"])
    assert (note["headline"], note["failed"]) == ("200 segments", False)
    assert note["task"]["task_id"] == "pull"
    assert note["uri"].endswith("/s.jsonl")


def test_table_is_shown_with_what_was_written_to_it(run, page, tmp_path, monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", json.dumps({"conn_type": "sqlite", "host": str(tmp_path / "w.db")}))
    run(lambda: AAMToSqlOperator(task_id="sync", resource="segments", table="segments", sql_conn_id="warehouse"))
    note = one(page.overview()["notes"]["sync"])
    assert note["headline"] == "Table segments: 200 rows"
    assert note["parts"] == [{"label": "inserted", "count": 200, "tone": "good"}]


def test_stream_that_failed_is_shown_with_what_became_of_its_rows(run, page):
    rows = [{"user": "u", "trait": 1}, {"user": "ann@example.com", "trait": 1}]
    run(lambda: AAMStreamTraitsOperator(task_id="stream", stream_id="web", source=rows, namespace="crm"))
    note = one(page.overview()["notes"]["stream"])
    assert (note["headline"], note["failed"]) == ("2 rows in 1 request", True)
    assert {part["label"]: part["count"] for part in note["parts"]} == {"sent": 1, "rejected": 1}


def test_push_is_shown_with_its_outcomes(run, page):
    run(lambda: AAMPushTraitsOperator(task_id="push", source=[TRAIT]))
    note = one(page.overview()["notes"]["push"])
    assert {part["label"]: part["count"] for part in note["parts"]}["created"] >= 1


def test_plan_is_shown_in_the_words_of_the_log(run, page, tmp_path):
    run(lambda: AAMPlanOperator(task_id="plan", source=[TRAIT], kind="traits", plan_path=str(tmp_path / "plan.json")))
    note = one(page.overview()["notes"]["plan"])
    plan = page.plan(note["plan"]["sha256"])
    assert plan["lines"][0].startswith("Plan for AAM account 1099")
    assert any(line.startswith("+ trait web/pricing “Pricing”") for line in plan["lines"])
    assert page.plan(note["id"]) == plan
    assert page.plan("0" * 64) is None


@pytest.mark.parametrize("fails", [False, True], ids=["applied", "fails"])
def test_plan_says_that_it_was_applied(run, account, page, tmp_path, fails):
    plan_path = str(tmp_path / "plan.json")
    run(lambda: AAMPlanOperator(task_id="plan", source=[TRAIT], kind="traits", plan_path=plan_path))
    sha256 = one(page.overview()["notes"]["plan"])["plan"]["sha256"]
    assert page.plan(sha256)["note"]["applied"] is None
    if fails:
        account.trouble("POST /v1/traits", "status", times=None, status=400)
    run(lambda: AAMApplyOperator(task_id="apply", plan_path=plan_path, sha256=sha256, approved_by="ada"))
    applied = page.plan(sha256)["note"]["applied"]
    assert applied == one(page.overview()["notes"]["plan"])["applied"]
    assert (applied["task"]["task_id"], applied["failed"]) == ("apply", fails)
    assert "1 rejected" in applied["headline"] if fails else applied["headline"].endswith("created; approved by ada")


def test_large_plans_are_not_kept_in_memory(account, page):
    lines = tuple(f"+ trait web/code-{number} “Name {number}”" for number in range(5_000))
    task = Task(dag_id="d", run_id="r", task_id="plan")
    for number in range(10):
        plan = PlanText(sha256=f"{number:064}", counts={"create": 5_000}, counts_by_kind={}, lines=lines)
        leave_note(page_folder("aam_default"), Note(kind="plan", at=datetime.now(UTC), seconds=1, task=task, plan=plan))
    tracemalloc.start()
    assert len(page.overview()["notes"]["plan"]) == 10
    assert page.plan(f"{3:064}")["lines"] == list(lines)
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 1_000_000  # each plan takes as much


def test_approval_links_to_the_plan_on_the_page(run, page, tmp_path, monkeypatch):
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "https://airflow.example.com/flow/")
    source = {"source": [TRAIT], "kind": "traits", "plan_path": str(tmp_path / "plan.json")}
    finished = run(lambda: AAMPlanOperator(task_id="plan", **source))
    summary = finished.get_task_instance("plan").xcom_pull(key="summary")
    found = re.search(r"\(\[read it in Airflow]\((\S+)\)\)$", summary)
    assert found
    address = urlsplit(found[1])
    assert address.path == "/flow/plugin/audience_manager"
    asked = dict(parse_qsl(address.query))
    assert asked["connection"] == "aam_default"
    assert page.plan(asked["plan"])["lines"]


def test_drift_that_fails_its_task_is_shown_with_what_a_push_would_change(run, page, caplog):
    run(lambda: AAMDriftOperator(task_id="drift", source=[TRAIT], kind="traits"))
    note = one(page.overview()["notes"]["drift"])
    assert note["failed"]
    assert note["error"].startswith("Drift: AAM account 1099")
    assert "missing" in note["headline"]
    assert page.plan(note["id"])["counts"]["create"] >= 1


def test_task_that_failed_early_is_not_shown_as_having_found_nothing(run, account, page):
    account.trouble("GET /v1/users/self", "status", times=None, status=403)
    run(lambda: AAMDriftOperator(task_id="drift", source=[TRAIT], kind="traits"))
    note = one(page.overview()["notes"]["drift"])
    assert (note["headline"], note["failed"]) == ("The check did not finish", True)
    assert page.plan(note["id"]) is None


def test_text_of_others_cannot_play_tricks(account, page):
    folder = page_folder("aam_default")
    folder.mkdir(parents=True, exist_ok=True)
    note = {
        "kind": "pull",
        "at": "2026-11-29T00:00:00Z",
        "seconds": 1,
        "task": {"dag_id": "a\u202eb", "run_id": "r", "task_id": "t"},
        "result": {"rows": 1, "resource": "seg\x1b[31m", "uri": 7},
    }
    (folder / f"pull.20261129T000000000000Z-{'0' * 12}.json").write_text(json.dumps(note))
    (folder / f"pull.20261129T000000000000Z-{'1' * 12}.json").write_text("not JSON")
    (folder / "pull.nonsense.json").write_text("{}")
    shown = one(page.overview()["notes"]["pull"])
    assert shown["headline"] == "1 seg\\x1b[31m"
    assert shown["task"]["dag_id"] == "a\\u202eb"
    assert shown["uri"] is None


def test_task_succeeds_where_the_folder_cannot_be_written(run, account, monkeypatch, tmp_path):
    monkeypatch.setenv("AIRFLOW__AAM__UI_FOLDER", "/dev/null/page")
    assert run(lambda: AAMPullSegmentsOperator(task_id="p", destination=str(tmp_path / "s.jsonl"))).state == "success"


@pytest.mark.parametrize("conn_id", ["..", "a/b", "a:b", "."])
def test_folder_of_a_connection_is_in_the_folder_of_the_page(account, tmp_path, conn_id):
    path = page_folder(conn_id)
    assert Path(path.path).resolve().parent == tmp_path / "page"
    assert page_folder("a.b").path != page_folder("a~2eb").path


def _rewrite(source: ObjectStoragePath, target: ObjectStoragePath, *, more: int) -> None:
    import gzip

    rows = [json.loads(line) for line in gzip.decompress(source.read_bytes()).splitlines()]
    for row in rows:
        row |= {name: value + more for name, value in row.items() if "Uniques" in name}
    target.write_bytes(gzip.compress("\n".join(map(json.dumps, rows)).encode()))
