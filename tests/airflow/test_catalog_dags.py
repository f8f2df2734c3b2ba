"""The DAGs that keep an account like the catalog in dags/catalog: plan, approve, apply; drift; export."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pendulum
import pytest
import yaml
from events import extras_of_events

from airflow_provider_aam.compat import AIRFLOW_V_3_0_PLUS
from airflow_provider_aam.emulator import Emulator

DAGS = Path(__file__).parents[2] / "dags"
APPROVE, REJECT = "Approve", "Reject"
ON_2 = pytest.mark.skipif(AIRFLOW_V_3_0_PLUS, reason="Airflow 2 has no approval")
ON_3 = pytest.mark.skipif(not AIRFLOW_V_3_0_PLUS, reason="Airflow 2 has no approval")


@pytest.fixture
def account(emulator: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Emulator:
    emulator.reset("account")
    monkeypatch.setenv("AIRFLOW_CONN_AAM_DEFAULT", emulator.connection_json("jwt"))
    monkeypatch.setenv("AIRFLOW_VAR_AAM_EXPORT", str(tmp_path))
    return emulator


@pytest.fixture
def run(run_dag: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, str]]:
    """Runs a DAG of dags/ on a day of November 2026; returns the states of the run and its tasks.

    ``answer`` is given to whoever waits for a person, as the REST API would.
    """

    really = time.sleep

    def run_one(name: str, *, day: int, answer: str | None = None) -> dict[str, str]:
        prompts: list[str] = []

        def sleep(seconds: float) -> None:
            if sys._getframe(1).f_globals["__name__"] != "airflow.sdk.definitions.dag":
                really(seconds)
            else:  # dag.test() sleeps while a task waits for a person
                assert answer is not None, "nobody should have been asked"
                prompts.append(give_answer(name, answer))

        monkeypatch.setattr(time, "sleep", sleep)
        when = pendulum.datetime(2026, 11, day, tz="UTC")
        finished = run_dag(load_dag(name), **{"logical_date" if AIRFLOW_V_3_0_PLUS else "execution_date": when})
        states = {each.task_id: str(each.state) for each in finished.get_task_instances()}
        return {**states, "run": str(finished.state), "prompt": "".join(prompts)}

    return run_one


def load_dag(name: str) -> Any:
    try:
        from airflow.dag_processing.dagbag import DagBag
    except ImportError:
        from airflow.models import DagBag
    bag = DagBag(dag_folder=str(DAGS / f"{name}.py"))
    assert bag.import_errors == {}
    for task in bag.dags[name].tasks:
        task.retries = 0
    if not AIRFLOW_V_3_0_PLUS:
        bag.dags[name].sync_to_db()
    return bag.dags[name]


def give_answer(dag_id: str, option: str) -> str:
    """Choose an option for the task that waits, and return what it asked."""
    from airflow.models.hitl import HITLDetail
    from airflow.models.taskinstance import TaskInstance
    from airflow.models.trigger import handle_event_submit
    from airflow.sdk import timezone
    from airflow.triggers.base import TriggerEvent
    from airflow.utils.session import create_session
    from sqlalchemy import select

    waiting = select(TaskInstance).where(TaskInstance.dag_id == dag_id, TaskInstance.state == "awaiting_input")
    with create_session() as session:
        task = session.scalars(waiting).one()
        detail = session.get(HITLDetail, task.id)
        detail.responded_by = {"id": "ada", "name": "ada"}
        detail.responded_at = timezone.utcnow()
        detail.chosen_options = [option]
        detail.params_input = {}
        handle_event_submit(TriggerEvent(detail.as_resume_event_payload()), task_instance=task, session=session)
        return str(detail.body)


def codes(account: Emulator, collection: str) -> set[str]:
    return {str(each["integrationCode"]) for each in account.objects(collection)}


def plan_file(tmp_path: Path) -> dict[str, Any]:
    (path,) = tmp_path.glob("catalog/*/plan.json")
    return dict(json.loads(path.read_text()))


def test_the_catalog_describes_one_object_of_each_kind_that_a_campaign_needs() -> None:
    kinds = [key for path in DAGS.glob("catalog/*.yaml") for key in yaml.safe_load(path.read_text())]
    assert sorted(kinds) == [
        *("dataSources", "destinations", "mappings", "segmentFolders", "segments", "traitFolders", "traits"),
    ]


@ON_3
def test_an_approved_plan_is_applied_and_the_next_one_asks_nobody(account, run, tmp_path, caplog):
    caplog.set_level("INFO")
    states = run("aam_plan_approve_apply", day=1, answer=APPROVE)
    assert states["run"] == "success"
    assert states["apply"] == "success"
    assert {"cart", "purchase", "tents"} <= codes(account, "traits")
    assert {"cart-left", "tent-shoppers"} <= codes(account, "segments")
    (destination,) = [each for each in account.objects("destinations") if each["name"] == "Shop advertising"]
    (segment,) = [each for each in account.objects("segments") if each["integrationCode"] == "cart-left"]
    (mapping,) = [each for each in account.objects("mappings") if each["destinationId"] == destination["destinationId"]]
    assert (mapping["sid"], mapping["traitAlias"]) == (segment["sid"], "cart-left")
    assert "| trait | 3 | 0 | 0 |" in states["prompt"]
    assert "+ segment shop/cart-left “Left a cart behind”" in states["prompt"]
    assert plan_file(tmp_path)["counts"]["create"] == 12
    approved = [line for line in caplog.messages if "Approved by ada at 20" in line]
    assert len(approved) == 1
    assert sum(line.startswith("created ") for line in caplog.messages) == 12

    account.clear_stats()
    states = run("aam_plan_approve_apply", day=2)
    assert (states["run"], states["approve"], states["apply"]) == ("success", "skipped", "skipped")
    assert writes(account) == []


@ON_3
def test_a_rejected_plan_changes_nothing_and_the_run_ends_well(account, run):
    account.clear_stats()
    states = run("aam_plan_approve_apply", day=3, answer=REJECT)
    assert (states["run"], states["approve"], states["apply"]) == ("success", "success", "skipped")
    assert writes(account) == []


@ON_2
def test_without_approval_the_plan_is_applied_at_once(account, run, tmp_path):
    states = run("aam_plan_approve_apply", day=1)
    assert states == {"run": "success", "prompt": "", "plan": "success", "any_changes": "success", "apply": "success"}
    assert {"cart", "purchase", "tents"} <= codes(account, "traits")
    assert plan_file(tmp_path)["counts"]["create"] == 12
    account.clear_stats()
    states = run("aam_plan_approve_apply", day=2)
    assert (states["run"], states["apply"]) == ("success", "skipped")
    assert writes(account) == []


def test_drift_is_told_by_an_event_and_silence_means_none(account, run):
    before = len(extras_of_events("aam://drift/"))
    run("aam_plan_approve_apply", day=4, answer=APPROVE)
    assert run("aam_drift", day=4)["run"] == "success"
    assert len(extras_of_events("aam://drift/")) == before

    source = next(each for each in account.objects("data_sources") if each["integrationCode"] == "shop")
    more = {"traitType": "ON_BOARDED_TRAIT", "folderId": 0, "dataSourceId": source["dataSourceId"]}
    account.add("traits", {"name": "Made in the portal", "integrationCode": "portal", **more})
    account.clear_stats()
    assert run("aam_drift", day=5)["run"] == "success"
    (extra,) = extras_of_events("aam://drift/")[before:]
    assert (extra["drift"], extra["delete"], extra["update"], extra["create"]) == (True, 1, 0, 0)
    assert writes(account) == []


def test_export_writes_the_same_bytes_again(account, run, tmp_path):
    assert run("aam_export", day=1)["run"] == "success"
    first = {path.name: path.read_bytes() for path in (tmp_path / "account").iterdir()}
    assert len(yaml.safe_load(first["segments.yaml"])["segments"]) == len(account.objects("segments"))
    assert run("aam_export", day=2)["run"] == "success"
    assert {path.name: path.read_bytes() for path in (tmp_path / "account").iterdir()} == first


def writes(account: Emulator) -> list[str]:
    return [each["route"] for each in account.requests if each["method"] != "GET" and each["path"].startswith("/v1/")]
