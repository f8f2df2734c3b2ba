"""Catalogs, plans and outcomes in a bucket."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from airflow_provider_aam.compat import AirflowFailException
from airflow_provider_aam.operators.export import AAMExportOperator
from airflow_provider_aam.operators.push import AAMApplyOperator, AAMPlanOperator, AAMPushTraitsOperator

ROWS = "".join(
    f"- {{name: T {n}, integrationCode: t{n}, traitType: ON_BOARDED_TRAIT, dataSource: crm, folder: /}}\n"
    for n in (1, 2)
)
PLAN = "s3://lake@lake/plans/plan.json"
CREATE = "POST /v1/traits"


@pytest.fixture(autouse=True)
def _catalog(s3, emulator):
    emulator.add("data_sources", {"name": "CRM", "integrationCode": "crm"})
    s3.put("catalog/traits.yaml", ROWS.encode())


def push(**arguments: Any) -> dict[str, Any]:
    task = AAMPushTraitsOperator(
        task_id="push", source="s3://lake/catalog/traits.yaml", source_conn_id="lake", **arguments
    )
    return task.execute({})


def plan() -> dict[str, Any]:
    task = AAMPlanOperator(task_id="plan", source="s3://lake/catalog", source_conn_id="lake", plan_path=PLAN)
    return task.execute({})


def apply(sha256: str) -> dict[str, Any]:
    return AAMApplyOperator(task_id="apply", plan_path=PLAN, sha256=sha256).execute({})


def test_outcome_of_every_row(emulator, s3):
    receipt = push(outcome_path="s3://lake@lake/outcomes/push.jsonl")
    rows = [json.loads(line) for line in s3.content("outcomes/push.jsonl").splitlines()]
    assert [row["status"] for row in rows] == ["created", "created"]
    assert receipt["outcome_uri"] == "s3://lake@lake/outcomes/push.jsonl"
    assert emulator.count(CREATE) == 2


def test_outcomes_that_cannot_be_written_stop_the_push_before_it_begins(emulator, s3):
    with pytest.raises(AirflowFailException, match=r"outcome file .* cannot be written .*Nothing was changed in AAM"):
        push(outcome_path="s3://lake@lagoon/outcomes/push.jsonl")
    assert s3.buckets() == ["lake"]
    s3.trouble("(PUT|POST) /lake/outcomes", "forbidden")
    with pytest.raises(AirflowFailException, match=r"outcome file .* cannot be written .*Nothing was changed in AAM"):
        push(outcome_path="s3://lake@lake/outcomes/push.jsonl")
    assert emulator.count(CREATE) == 0


@pytest.mark.parametrize("kind", ["slow_down", "reset"])
def test_outcomes_that_break_off_do_not_stop_the_push(emulator, s3, kind):
    s3.trouble("PUT /lake/outcomes", kind, skip=1)
    with pytest.raises(AirflowFailException, match=r"broke off .* The push itself was completed: 2 created"):
        push(outcome_path="s3://lake@lake/outcomes/push.jsonl")
    assert emulator.count(CREATE) == 2


def test_outcomes_with_a_key_that_can_only_write(emulator, s3):
    s3.trouble(r"(GET|HEAD) /lake(/?$|\?|/outcomes)", "forbidden")
    push(outcome_path="s3://lake@lake/outcomes/push.jsonl")
    assert len(s3.content("outcomes/push.jsonl").splitlines()) == 2


def test_plan_is_saved_approved_and_applied(emulator, s3):
    planned = plan()
    assert planned["sha256"] == hashlib.sha256(s3.content("plans/plan.json")).hexdigest()
    assert emulator.count(CREATE) == 0
    apply(planned["sha256"])
    assert emulator.count(CREATE) == 2


def test_plan_that_was_changed_is_refused(emulator, s3):
    sha256 = plan()["sha256"]
    s3.put("plans/plan.json", s3.content("plans/plan.json").replace(b"T 1", b"T 9"))
    with pytest.raises(AirflowFailException, match="not the approved one"):
        apply(sha256)
    assert emulator.count(CREATE) == 0


def test_plan_in_a_bucket_that_is_not_there(s3):
    with pytest.raises(AirflowFailException, match="there is no bucket 'lagoon'"):
        AAMPlanOperator(task_id="plan", source=[], kind="traits", plan_path="s3://lake@lagoon/plan.json").execute({})


def test_account_is_exported(s3):
    push()
    AAMExportOperator(task_id="export", destination="s3://lake/account", destination_conn_id="lake").execute({})
    assert "account/traits.yaml" in s3.keys("account/")
    assert "integrationCode: t1" in s3.content("account/traits.yaml").decode()


@pytest.mark.parametrize("kind", ["slow_down", "reset"])
def test_catalog_that_cannot_be_read_for_now_is_worth_a_retry(emulator, s3, kind):
    s3.trouble(r"GET /lake/catalog/traits", kind)
    with pytest.raises(Exception, match=r"SlowDown|Could not connect") as failed:
        push()
    assert not isinstance(failed.value, AirflowFailException)


@pytest.mark.parametrize("kind", ["slow_down", "reset"])
def test_plan_that_cannot_be_read_for_now_is_worth_a_retry(emulator, s3, kind):
    sha256 = plan()["sha256"]
    s3.trouble(r"GET /lake/plans", kind)
    with pytest.raises(Exception, match=r"SlowDown|Could not connect") as failed:
        apply(sha256)
    assert not isinstance(failed.value, AirflowFailException)


@pytest.mark.parametrize("kind", ["slow_down", "reset"])
def test_plan_that_cannot_be_saved_for_now_is_worth_a_retry(s3, kind):
    s3.trouble(r"PUT /lake/plans", kind)
    with pytest.raises(Exception, match=r"SlowDown|Could not connect") as failed:
        plan()
    assert not isinstance(failed.value, AirflowFailException)


@pytest.mark.parametrize("kind", ["slow_down", "reset"])
def test_outcomes_that_cannot_be_written_for_now_are_worth_a_retry(emulator, s3, kind):
    s3.trouble(r"PUT /lake/outcomes", kind)
    with pytest.raises(Exception, match=r"SlowDown|Could not connect") as failed:
        push(outcome_path="s3://lake@lake/outcomes/push.jsonl")
    assert not isinstance(failed.value, AirflowFailException)
    assert emulator.count(CREATE) == 0
