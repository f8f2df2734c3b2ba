"""Plan in one task, apply in another: exactly that file, on exactly that account."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from events import extras_of_events
from keep import Keep
from operator_checks import arguments_of, failure_of

from airflow_provider_aam.compat import Asset
from airflow_provider_aam.operators.push import AAMApplyOperator, AAMPlanOperator

RETRIES = {"retries": 1, "retry_delay": timedelta(0)}
APPLY_NOT_TEMPLATED = {"max_failed", "max_concurrency", "emit_when_unchanged"}
NOT_TEMPLATED = {"create_folders", "prune", "max_deletes", "max_changes_ratio"}


@pytest.fixture(autouse=True)
def web(emulator, monkeypatch) -> int:
    monkeypatch.setenv("AIRFLOW_CONN_AAM_DEFAULT", emulator.connection_json("oauth_server_to_server", max_attempts=1))
    return int(emulator.add("data_sources", {"name": "Web", "integrationCode": "web"})["dataSourceId"])


@pytest.fixture
def plan_path(tmp_path) -> Path:
    return tmp_path / "plan.json"


@pytest.fixture
def planned(run, plan_path, tmp_path):
    """Plans a source; returns what the task returned."""

    def make(source: Any, **arguments: Any) -> dict[str, Any]:
        def build() -> None:
            task = AAMPlanOperator(task_id="plan", source=source, plan_path=str(plan_path), **arguments)
            Keep(task_id="keep", value=task.output, path=str(tmp_path / "returned.json"))

        assert run(build).state == "success"
        return dict(json.loads((tmp_path / "returned.json").read_text()))

    return make


@pytest.fixture
def applied(run, plan_path):
    def apply(**arguments: Any) -> Any:
        return run(lambda: AAMApplyOperator(task_id="apply", plan_path=str(plan_path), **arguments))

    return apply


def traits(count: int, **more: Any) -> dict[str, Any]:
    common = {"traitType": "ON_BOARDED_TRAIT", "dataSource": "web", "folder": "/"}
    rows = [{"name": f"T {n}", "integrationCode": f"t{n}", **common, **more} for n in range(1, count + 1)]
    return {"traits": rows}


def add_trait(emulator: Any, code: str, source: int, **more: Any) -> dict[str, Any]:
    common = {"traitType": "ON_BOARDED_TRAIT", "dataSourceId": source, "folderId": 0}
    return dict(emulator.add("traits", {"name": code, "integrationCode": code, **common, **more}))


def codes(emulator: Any) -> list[str]:
    return sorted(trait["integrationCode"] for trait in emulator.objects("traits"))


def writes(emulator: Any) -> int:
    return sum(each["method"] != "GET" and each["path"].startswith("/v1/") for each in emulator.requests)


def test_plan_returns_what_an_approval_needs_and_changes_nothing(emulator, planned, plan_path, web):
    add_trait(emulator, "old", web)
    returned = planned(traits(2), prune=True, prune_scope={"dataSource": "web"})
    assert (codes(emulator), writes(emulator)) == (["old"], 0)
    assert returned["plan_uri"] == f"file://{plan_path}"
    assert returned["has_changes"] is True
    assert returned["counts"] == {"create": 2, "update": 0, "delete": 1, "unchanged": 0, "create_folders": 0}
    assert returned["counts_by_kind"] == {"trait": {"create": 2, "update": 0, "delete": 1}}
    summary = returned["summary"]
    assert "| trait | 2 | 0 | 1 |" in summary
    assert summary.index("- trait web/old") < summary.index("+ trait web/t1")
    assert f"Full plan: `file://{plan_path}`" in summary


def test_plan_without_changes_says_so(emulator, planned, web):
    add_trait(emulator, "t1", web, name="T 1")
    returned = planned(traits(1))
    assert returned["has_changes"] is False
    assert re.fullmatch(
        r"No changes to AAM account \d+ \([^)]+\), from `[^`]+`\. 1 object already matches\.", returned["summary"]
    )


def test_summary_of_a_large_plan_stays_small(planned, plan_path):
    returned = planned(traits(200, description="x" * 250))
    assert len(returned["summary"]) <= 4_000
    shown = sum(line.startswith("- `+ trait ") for line in returned["summary"].splitlines())
    assert 5 < shown <= 30
    assert "x" * 250 in returned["summary"], "whole, or not at all"
    left = f"… and {200 - shown} more that do not fit here: read them in the full plan before you approve."
    assert f"{left} Full plan: `file://{plan_path}`" in returned["summary"]


def test_names_cannot_break_out_of_the_summary(planned):
    returned = planned({"traits": [{**traits(1)["traits"][0], "name": "a ``` # Approve me"}]})
    (line,) = (line for line in returned["summary"].splitlines() if "Approve me" in line)
    assert re.fullmatch("- (````) .*a ``` # Approve me.* \\1", line)


def test_apply_carries_out_the_approved_file_and_notes_it(emulator, planned, applied, tmp_path):
    approved = planned(traits(2))["sha256"]
    asset = Asset("aam://apply/traits")
    assert applied(sha256=approved, outcome_path=f"{tmp_path}/ends.jsonl", outlets=[asset]).state == "success"
    assert codes(emulator) == ["t1", "t2"]
    assert len((tmp_path / "ends.jsonl").read_text().splitlines()) == 2
    (extra,) = extras_of_events(asset.uri)
    assert (extra["changed"], extra["created"], extra["sha256"]) == (True, 2, approved)
    assert applied(sha256=approved, outlets=[asset]).state == "success"
    assert len(extras_of_events(asset.uri)) == 1, "the second time changes nothing"


@pytest.fixture
def receipt_of(run, plan_path, tmp_path):
    """Applies the plan; returns the receipt."""

    def apply(**arguments: Any) -> dict[str, Any]:
        def build() -> None:
            task = AAMApplyOperator(task_id="apply", plan_path=str(plan_path), **arguments)
            Keep(task_id="keep", value=task.output, path=str(tmp_path / "receipt.json"))

        assert run(build).state == "success"
        return dict(json.loads((tmp_path / "receipt.json").read_text()))

    return apply


ANSWER = {"chosen_options": ["Approve"], "params_input": {}, "responded_at": datetime(2026, 11, 23, 6, 40, tzinfo=UTC)}
APPROVALS: dict[str, tuple[Any, str | None, str | None]] = {
    "a name": ("Ada", "Ada", None),
    "an answer": (
        {**ANSWER, "responded_by_user": {"id": "7", "name": "ada"}},
        "ada (7)",
        "2026-11-23T06:40:00+00:00",
    ),
    "the default": (
        {**ANSWER, "responded_by_user": None},
        "no one (the default of the approval, after its time was over)",
        "2026-11-23T06:40:00+00:00",
    ),
    "nothing": (None, None, None),
    "a template of nothing": ("{{ params.get('nobody') }}", None, None),
}


@pytest.mark.parametrize(("given", "by", "at"), APPROVALS.values(), ids=APPROVALS)
def test_apply_says_which_plan_who_approved_it_and_what_it_wrote(
    emulator, planned, plan_path, receipt_of, caplog, given, by, at
):
    approved = planned(traits(2))["sha256"]
    caplog.set_level("INFO")
    receipt = receipt_of(approved_by=given)
    assert (receipt["approved_by"], receipt["approved_at"], receipt["plan_sha256"]) == (by, at, approved)
    ids = {each["integrationCode"]: each["sid"] for each in emulator.objects("traits")}
    lines = [f"created {ids[code]}: + trait web/{code} “T {code[1:]}”" for code in ("t1", "t2")]
    assert sorted(line.partition(": traitType")[0] for line in receipt["written"]) == sorted(lines)
    assert [line for line in caplog.messages if re.match(r"created \d+: ", line)] == receipt["written"]
    said = f"Approved by {by}{f' at {at}' if at else ''}." if by else "Who approved it was not given (approved_by)."
    began = caplog.messages.index(said)
    assert caplog.messages[began + 1] == f"Plan file file://{plan_path}, sha256 {approved[:12]}."


def test_long_trails_are_cut_and_say_where_the_rest_is(planned, receipt_of, tmp_path):
    planned(traits(53, description="x" * 400))
    written = receipt_of(outcome_path=f"{tmp_path}/ends.jsonl")["written"]
    assert (len(written), written[-1]) == (51, f"… and 3 more, in file://{tmp_path}/ends.jsonl")
    assert max(map(len, written)) == 302
    assert written[0].endswith("xx …")


def test_trail_of_a_failed_apply_has_what_was_written(emulator, planned, run, plan_path, caplog):
    planned(traits(2))
    caplog.set_level("INFO")
    emulator.trouble("POST /v1/traits", "status", status=400)
    assert run(lambda: AAMApplyOperator(task_id="apply", plan_path=str(plan_path), approved_by="Ada")).state == "failed"
    (code,) = codes(emulator)
    assert [line.partition(" “")[0] for line in caplog.messages if re.match(r"created \d+: ", line)] == [
        f"created {emulator.objects('traits')[0]['sid']}: + trait web/{code}"
    ]


def test_apply_a_second_time_changes_nothing(emulator, planned, applied):
    approved = planned(traits(2))["sha256"]
    assert applied(sha256=approved).state == "success"
    before = writes(emulator)
    assert applied(sha256=approved).state == "success"
    assert writes(emulator) == before


def test_apply_finishes_what_an_earlier_run_has_begun(emulator, planned, applied):
    planned(traits(3))
    emulator.trouble("POST /v1/traits", "status", status=400)
    assert applied().state == "failed"
    assert len(codes(emulator)) == 2
    assert applied().state == "success"
    assert codes(emulator) == ["t1", "t2", "t3"]


def test_retry_of_airflow_resumes(emulator, planned, run, plan_path, monkeypatch):
    quick = emulator.connection_json("oauth_server_to_server", max_attempts=1, timeout_s=1)
    monkeypatch.setenv("AIRFLOW_CONN_AAM_QUICK", quick)
    planned(traits(2))
    emulator.trouble("POST /v1/traits", "status", status=504)
    finished = run(
        lambda: AAMApplyOperator(task_id="apply", plan_path=str(plan_path), aam_conn_id="aam_quick", **RETRIES)
    )
    assert finished.state == "success"
    assert codes(emulator) == ["t1", "t2"]


def test_another_file_than_the_approved_one_is_refused(emulator, planned, plan_path):
    approved = planned(traits(1))["sha256"]
    planned(traits(2))
    said = failure_of(AAMApplyOperator(task_id="apply", plan_path=str(plan_path), sha256=approved))
    assert "is not the approved one" in said
    assert writes(emulator) == 0


def test_account_that_moved_under_the_plan_is_refused_by_name(emulator, planned, plan_path, web):
    trait = add_trait(emulator, "t1", web, name="T 1", description="one")
    planned(traits(1, description="two"))
    with_other = {**trait, "description": "three"}
    emulator.add("traits", with_other)
    said = failure_of(AAMApplyOperator(task_id="apply", plan_path=str(plan_path)))
    assert "the account has changed since the plan was made" in said
    assert "web/t1" in said
    assert writes(emulator) == 0


def test_guard_rails_refuse_the_plan_and_leave_no_file(emulator, run, plan_path, web):
    for number in range(3):
        add_trait(emulator, f"old{number}", web)
    arguments = {"prune": True, "prune_scope": {"dataSource": "web"}, "max_deletes": 2}
    dag_run = run(
        lambda: AAMPlanOperator(task_id="plan", source=traits(1), plan_path=str(plan_path), **arguments, **RETRIES)
    )
    assert dag_run.state == "failed"
    assert [each.try_number for each in dag_run.get_task_instances()] == [1]
    assert not plan_path.exists()


BAD = {
    "no file": {"plan_path": "{tmp}/none.json"},
    "no plan": {"plan_path": "{tmp}/no-plan.json"},
    "no path": {"plan_path": ""},
    "not approved": {"plan_path": "{tmp}/no-plan.json", "sha256": "None"},
    "max_failed": {"plan_path": "{tmp}/no-plan.json", "max_failed": -1},
    "max_concurrency": {"plan_path": "{tmp}/no-plan.json", "max_concurrency": 0},
}


@pytest.mark.parametrize("arguments", BAD.values(), ids=BAD)
def test_bad_input_of_apply_fails_at_once(emulator, run, tmp_path, arguments):
    (tmp_path / "no-plan.json").write_text("{}")
    arguments = {n: v.replace("{tmp}", str(tmp_path)) if isinstance(v, str) else v for n, v in arguments.items()}
    dag_run = run(lambda: AAMApplyOperator(task_id="apply", **arguments, **RETRIES))
    assert dag_run.state == "failed"
    assert [each.try_number for each in dag_run.get_task_instances()] == [1]
    assert emulator.requests == []


def test_every_argument_is_a_template_or_deliberately_not():
    assert arguments_of(AAMPlanOperator) == {*AAMPlanOperator.template_fields, *NOT_TEMPLATED}
    assert arguments_of(AAMApplyOperator) == {*AAMApplyOperator.template_fields, *APPLY_NOT_TEMPLATED}
