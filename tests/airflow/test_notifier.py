"""AAMNotifier as callback of tasks in a real Airflow: one message for what a task did, and for why it failed."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import DAG

from airflow_provider_aam.compat import AIRFLOW_V_3_0_PLUS
from airflow_provider_aam.compat.notifiers import BaseNotifier
from airflow_provider_aam.notifications import AAMNotifier
from airflow_provider_aam.operators.drift import AAMDriftOperator
from airflow_provider_aam.operators.feeds import AAMReadDeliveryOperator
from airflow_provider_aam.operators.plan import AAMPlanOperator
from airflow_provider_aam.operators.pull import AAMPullSegmentsOperator
from airflow_provider_aam.operators.push import AAMPushTraitsOperator
from airflow_provider_aam.operators.sql import AAMToSqlOperator
from airflow_provider_aam.operators.stream import AAMStreamTraitsOperator

TRAIT = {"traitType": "ON_BOARDED_TRAIT", "dataSource": "web", "folder": "/"}


class Recorder(BaseNotifier):
    """Writes what its templates say to a file, as a chat service would get it."""

    template_fields = ("subject", "body")

    def __init__(self, path: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.path = path
        self.subject = "[aam] {{ aam_title }}"
        self.body = "{{ aam_message }}"

    def notify(self, context: Any) -> None:  # noqa: ARG002
        with Path(self.path).open("a") as file:
            file.write(json.dumps([self.subject, self.body]) + "\n")


@pytest.fixture(autouse=True)
def _account(emulator, monkeypatch) -> None:
    emulator.add("data_sources", {"name": "Web", "integrationCode": "web"})
    monkeypatch.setenv("AIRFLOW_CONN_AAM_DEFAULT", emulator.connection_json("oauth_server_to_server", max_attempts=1))


@pytest.fixture
def told(run, tmp_path):
    """Runs a task with the notifier at each of its ends; the messages, as (subject, lines)."""

    def tell(operator: type[Any], **arguments: Any) -> list[tuple[str, list[str]]]:
        path = tmp_path / "sent.jsonl"
        notifier = AAMNotifier(Recorder(str(path)))
        ends = {f"on_{end}_callback": notifier for end in ("success", "failure", "retry")}
        run(lambda: operator(task_id="task", **arguments, **ends))
        sent = [json.loads(line) for line in path.read_text().splitlines()]
        return [(subject, body.splitlines()) for subject, body in sent]

    return tell


def rows(count: int) -> list[dict[str, Any]]:
    return [{"name": f"Trait {number}", "integrationCode": f"t{number}", **TRAIT} for number in range(count)]


def test_receipt_of_a_push(told):
    ((subject, body),) = told(AAMPushTraitsOperator, source=rows(2))
    assert subject == "[aam] AAM was changed from source list: 2 created."
    assert body[0] == "AAM was changed from source list: 2 created."
    assert body[1].startswith("DAG test_notifier_test_receipt_of_a_push, task task, run ")
    assert body[2].startswith("Log: http")


def test_receipt_of_a_pull(emulator, told, tmp_path):
    emulator.seed(segments=3)
    ((_, body),) = told(AAMPullSegmentsOperator, destination=f"file://{tmp_path}/segments.csv")
    assert body[0].startswith("Pulled segments: 3 rows, ")
    assert body[0].endswith(f" bytes, to file://{tmp_path}/segments.csv")


def test_plan_to_approve(told, tmp_path, emulator):
    ((_, body),) = told(AAMPlanOperator, source={"traits": rows(1)}, plan_path=f"file://{tmp_path}/plan.json")
    host = emulator.url.partition("//")[2]
    assert body[:3] == [
        (
            f"Plan: 1 change to AAM account 1099 ({host}), from source rows. 0 objects already match. "
            "Nothing was changed in AAM."
        ),
        "  + trait web/t0 “Trait 0”: traitType “ON_BOARDED_TRAIT”; folderId /",
        f"Plan file: file://{tmp_path}/plan.json",
    ]


def test_refused_plan(emulator, told):
    emulator.add("traits", {"name": "Old", "integrationCode": "old", "folderId": 0, "traitType": "ON_BOARDED_TRAIT"})
    given = {"source": rows(1), "prune": True, "prune_scope": {"folder": "/"}, "max_deletes": 0}
    ((subject, body),) = told(AAMPushTraitsOperator, **given)
    assert subject == f"[aam] {body[0]}"
    assert body[0].startswith("task failed: Plan refused for source list: it would delete 1 object")
    assert "Nothing was changed in AAM." in body[0]


def test_drift_that_fails_and_drift_that_is_told(told):
    ((_, failed),) = told(AAMDriftOperator, source={"traits": rows(12)})
    assert failed[0].startswith("task failed: Drift: AAM account 1099 (")
    assert failed[1].strip().startswith("+ trait web/t0")


def test_drift_that_is_a_warning(told):
    ((_, body),) = told(AAMDriftOperator, source={"traits": rows(12)}, on_drift="warn")
    assert body[0] == "Drift: 12 missing, 0 changed, 0 extra in AAM. A push would change:"
    assert body[11] == "  … and 2 more"


def test_long_failure_is_cut_with_a_word(told):
    wrong = [{**row, "ttl": -1} for row in rows(40)]
    ((_, body),) = told(AAMPushTraitsOperator, source=wrong)
    assert body[0] == "task failed: source list has 40 problems. Nothing was changed in AAM."
    assert (len(body), body[15]) == (18, "… and 26 more lines in the log")


def test_callable_takes_the_message(run):
    sent: list[str] = []
    run(lambda: AAMPushTraitsOperator(task_id="task", source=rows(1), on_success_callback=AAMNotifier(sent.append)))
    assert [text.splitlines()[0] for text in sent] == ["AAM was changed from source list: 1 created."]


def test_dag_s_callback_says_its_reason_and_tasks_of_others_that_they_succeeded():
    sent: list[str] = []
    run = SimpleNamespace(run_id="r1")
    ti = SimpleNamespace(
        task_id="t",
        dag_id="d",
        run_id="r",
        map_index=3,
        try_number=1,
        state="success",
        log_url="http://127.0.0.1/log",
        xcom_pull=lambda **_: {"some": "thing"},
    )
    # Airflow gives a DAG's callback the task that ended last, whatever became of it.
    of_dag = {"dag": DAG("nightly", schedule=None), "dag_run": run, "reason": "task_failure", "ti": ti}
    AAMNotifier(sent.append)(of_dag)
    asyncio.run(AAMNotifier(sent.append).async_notify({"ti": ti}))
    assert sent == [
        "DAG nightly: task_failure\nRun r1",
        "t succeeded\nDAG d, task t[3], run r, try 1\nLog: http://127.0.0.1/log",
    ]


@pytest.mark.skipif(not AIRFLOW_V_3_0_PLUS, reason="Airflow 2 calls back with what it knows as the exception")
def test_a_task_whose_process_went_away_has_not_succeeded():
    """As the DAG processor makes the context, with an earlier receipt in the XCom."""
    from airflow.sdk.execution_time.task_runner import RuntimeTaskInstance

    class Lost(RuntimeTaskInstance):
        @property
        def log_url(self) -> str:
            return "http://127.0.0.1/log"

        def xcom_pull(self, *_: Any, **__: Any) -> Any:
            return {"resource": "traits", "uri": "file:///a", "rows": 1, "bytes": 1, "sha256": "x"}

    sent: list[str] = []
    about = {"task_id": "t", "dag_id": "d", "run_id": "r", "try_number": 1, "map_index": -1}
    AAMNotifier(sent.append)({"ti": Lost.model_construct(**about)})
    assert sent[0].startswith("t failed without an error of its own: its process went away")
    assert sent[0].endswith("DAG d, task t, run r, try 1\nLog: http://127.0.0.1/log")


def test_a_task_that_begins_is_not_said_to_have_succeeded():
    sent: list[str] = []
    ti = SimpleNamespace(
        task_id="t", dag_id="d", run_id="r", map_index=-1, try_number=1, state="running", log_url="x", xcom_pull=None
    )
    AAMNotifier(sent.append)({"dag": None, "ti": ti})
    assert sent == ["t: running\nDAG d, task t, run r, try 1\nLog: x"]


def test_what_streams_tables_and_readers_of_files_did(told, emulator, monkeypatch, tmp_path):
    monkeypatch.setenv("AIRFLOW_CONN_W", json.dumps({"conn_type": "sqlite", "host": str(tmp_path / "w.db")}))
    emulator.seed(segments=2)
    (tmp_path / "s3_12_345_iter_1795960800000.sync").write_text("a 1 2\nb\n")
    told(AAMToSqlOperator, resource="segments", table="t", sql_conn_id="w")
    told(AAMStreamTraitsOperator, stream_id="s", data_source="web", source=[{"user": "u"}], max_rejected=1)
    reading = {"source": f"{tmp_path}/s3_*", "destination": f"{tmp_path}/a.jsonl", "max_rejected": 1}
    sent = told(AAMReadDeliveryOperator, rejects_path=f"{tmp_path}/rejects", **reading)
    assert [lines[0] for _, lines in sent] == [
        "Synced table t: 2 rows; 2 new, 0 changed, 0 vanished, 0 back",
        "AAM accepted 0 of 1 row; 0 skipped, 1 rejected (EMPTY: 1).",
        f"Read 1 file: 1 row, 1 line rejected, to file://{tmp_path}/a.jsonl",
    ]
    assert sent[2][1][1] == f"Rejected: file://{tmp_path}/rejects"
