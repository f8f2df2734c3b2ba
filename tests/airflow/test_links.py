"""The buttons of tasks, as Airflow reads them: from real XComs of tasks that run, wait, fail, and have ended."""

from __future__ import annotations

import importlib
import json
from datetime import timedelta
from typing import Any

import pytest
from inbound_place import InboundPlace

from airflow_provider_aam.compat import AIRFLOW_V_3_0_PLUS, AirflowFailException
from airflow_provider_aam.get_provider_info import get_provider_info
from airflow_provider_aam.operators.delete import AAMDeleteOperator
from airflow_provider_aam.operators.export import AAMExportOperator
from airflow_provider_aam.operators.links import LINKS
from airflow_provider_aam.operators.pull import AAMPullSegmentsOperator
from airflow_provider_aam.operators.push import AAMApplyOperator, AAMPlanOperator, AAMPushCatalogOperator
from airflow_provider_aam.operators.reports import AAMTrendReportOperator
from airflow_provider_aam.sensors.inbound import AAMInboundSensor
from airflow_provider_aam.sensors.population import AAMPopulationSensor

UI, FILE, GUIDE = "Audience Manager", "File", "About this error"
DOCS = "https://docs.example/aam"
DOCS_IN_AIRFLOW = "/aam/docs" if AIRFLOW_V_3_0_PLUS else "http://localhost:8080/aam/docs"
PAGES = {
    name: f"https://ui.example/{name}" for name in ("account", "segments", "traits", "data_sources", "traits/{id}")
}
BETA = {
    "conn_type": "aam",
    "login": "client",
    "password": "secret-of-the-client",
    "extra": {"environment": "beta", "org_id": "1@AdobeOrg"},
}


@pytest.fixture(autouse=True)
def web(emulator, monkeypatch) -> int:
    monkeypatch.setenv("AIRFLOW_CONN_AAM_DEFAULT", emulator.connection_json("oauth_server_to_server", max_attempts=1))
    monkeypatch.setenv("AIRFLOW_CONN_AAM_BETA", json.dumps(BETA))
    monkeypatch.setenv("AIRFLOW__AAM__LINKS", json.dumps(PAGES))
    return int(emulator.add("data_sources", {"name": "Web", "integrationCode": "web"})["dataSourceId"])


def links_of(dag_run: Any, task_id: str, *, map_index: int = -1) -> dict[str, str]:
    """What Airflow's server makes of the serialized task."""
    if AIRFLOW_V_3_0_PLUS:
        from airflow.models.serialized_dag import SerializedDagModel
        from airflow.utils.session import create_session

        with create_session() as session:
            dag: Any = SerializedDagModel.get_dag(dag_run.dag_id, session=session)
    else:
        from airflow.serialization.serialized_objects import SerializedDAG

        dag = SerializedDAG.from_dict(SerializedDAG.to_dict(dag_run.dag))
    task = dag.get_task(task_id)
    (ti,) = (each for each in dag_run.get_task_instances() if (each.task_id, each.map_index) == (task_id, map_index))
    assert {*task.extra_links} == {link.name for link in LINKS}
    return {name: address for name in task.extra_links if (address := task.get_extra_links(ti, name))}


def traits(*codes: str) -> dict[str, Any]:
    common = {"traitType": "ON_BOARDED_TRAIT", "dataSource": "web", "folder": "/"}
    return {"traits": [{"name": code, "integrationCode": code, **common} for code in codes]}


def test_pull_links_to_the_list_and_the_file(run, tmp_path):
    done = run(lambda: AAMPullSegmentsOperator(task_id="pull", destination=f"{tmp_path}/segments.csv"))
    assert links_of(done, "pull") == {UI: PAGES["segments"], FILE: f"file://{tmp_path}/segments.csv"}


def test_links_are_there_while_the_task_runs(run, tmp_path):
    seen = {}

    class Looking(AAMPullSegmentsOperator):
        def _run(self, context: Any) -> Any:
            seen.update({link.name: link.get_link(self, ti_key=context["ti"]) for link in LINKS[:2]})
            return super()._run(context)

    run(lambda: Looking(task_id="pull", destination=f"{tmp_path}/segments.csv"))
    assert seen == {UI: PAGES["segments"], FILE: f"file://{tmp_path}/segments.csv"}


def test_mapped_tasks_have_links_of_their_own(run, tmp_path):
    paths = [f"{tmp_path}/{number}.csv" for number in range(2)]
    done = run(lambda: AAMPullSegmentsOperator.partial(task_id="pull").expand(destination=paths))
    assert [links_of(done, "pull", map_index=at)[FILE] for at in range(2)] == [f"file://{path}" for path in paths]


def test_one_object_that_was_made_is_linked_itself(emulator, run, tmp_path):
    def push(*codes: str) -> dict[str, str]:
        outcomes = f"{tmp_path}/outcomes.jsonl"
        done = run(lambda: AAMPushCatalogOperator(task_id="push", source=traits(*codes), outcome_path=outcomes))
        return links_of(done, "push")

    links = push("one")
    (trait,) = emulator.objects("traits")
    assert links == {UI: f"https://ui.example/traits/{trait['sid']}", FILE: f"file://{tmp_path}/outcomes.jsonl"}
    assert push("one", "two", "three")[UI] == PAGES["traits"]
    assert push("one")[UI] == PAGES["account"], "nothing was changed, and no kind was said"


def test_plan_and_apply(run, tmp_path):
    path = f"{tmp_path}/plan.json"

    def build() -> None:
        plan = AAMPlanOperator(task_id="plan", source=traits("one", "two"), plan_path=path)
        plan >> AAMApplyOperator(task_id="apply", plan_path=path)

    done = run(build)
    assert links_of(done, "plan") == links_of(done, "apply") == {UI: PAGES["traits"], FILE: f"file://{path}"}


def test_what_was_deleted_is_not_linked(emulator, run, web):
    trait = emulator.add("traits", {"name": "Old", "traitType": "ON_BOARDED_TRAIT", "dataSourceId": web, "folderId": 0})
    done = run(lambda: AAMDeleteOperator(task_id="delete", kind="traits", ids=[trait["sid"]]))
    assert links_of(done, "delete") == {UI: PAGES["traits"]}


def test_task_that_fails_links_to_no_file_that_is_not_there(emulator, run, tmp_path):
    emulator.trouble("GET /v1/segments", "status", status=400)
    failed = run(lambda: AAMPullSegmentsOperator(task_id="pull", destination=f"{tmp_path}/segments.csv"))
    assert failed.state == "failed"
    assert links_of(failed, "pull") == {UI: PAGES["segments"], GUIDE: f"{DOCS_IN_AIRFLOW}/errors.html#aaminvalid"}


def test_task_that_fails_links_to_what_it_has_written(emulator, run, tmp_path):
    emulator.trouble("POST /v1/traits", "status", status=400)
    outcomes = f"{tmp_path}/outcomes.jsonl"
    failed = run(lambda: AAMPushCatalogOperator(task_id="push", source=traits("one"), outcome_path=outcomes))
    assert failed.state == "failed"
    assert links_of(failed, "push") == {
        UI: PAGES["account"],
        FILE: f"file://{outcomes}",
        GUIDE: f"{DOCS_IN_AIRFLOW}/errors.html#aampushfailed",
    }


@pytest.mark.parametrize(
    ("status", "page"),
    [(400, "errors.html#aaminvalid"), (500, "errors.html#aamservererror"), (401, "setup-aam-access.html#")],
    ids=["invalid", "down", "credential"],
)
def test_task_that_fails_links_to_its_error(emulator, run, tmp_path, monkeypatch, status, page):
    monkeypatch.setenv("AIRFLOW__AAM__DOCS_URL", DOCS)
    emulator.trouble("GET /v1/segments", "status", status=status, times=9)
    failed = run(lambda: AAMPullSegmentsOperator(task_id="pull", destination=f"{tmp_path}/segments.csv"))
    assert failed.state == "failed"
    assert links_of(failed, "pull")[GUIDE].startswith(f"{DOCS}/{page}")


def test_missing_connection_links_to_the_setup_step(run, tmp_path, monkeypatch):
    monkeypatch.setenv("AIRFLOW__AAM__DOCS_URL", DOCS)
    path = f"{tmp_path}/segments.csv"
    failed = run(lambda: AAMPullSegmentsOperator(task_id="pull", destination=path, aam_conn_id="aam_absent"))
    assert links_of(failed, "pull") == {GUIDE: f"{DOCS}/setup-aam-access.html#7-fill-in-the-airflow-connection"}


@pytest.mark.parametrize("deferrable", [True, False])
def test_sensor_that_fails_links_to_its_error(run, monkeypatch, deferrable):
    monkeypatch.setenv("AIRFLOW__AAM__DOCS_URL", DOCS)
    waits = {"kind": "traits", "sid": 4711, "at_least": 5, "mode": "poke", "poke_interval": 1}
    failed = run(lambda: AAMPopulationSensor(task_id="wait", deferrable=deferrable, **waits))
    assert failed.state == "failed"
    assert links_of(failed, "wait") == {
        UI: "https://ui.example/traits/4711",
        GUIDE: f"{DOCS}/setup-aam-access.html#9-create-the-technical-account-and-add-it-to-a-group",
    }


def test_a_retry_that_succeeds_shows_no_error(emulator, run, tmp_path, monkeypatch):
    monkeypatch.setenv("AIRFLOW__AAM__DOCS_URL", DOCS)
    emulator.trouble("GET /v1/segments", "status", status=500)
    retried = {"retries": 1, "retry_delay": timedelta(0)}
    done = run(lambda: AAMPullSegmentsOperator(task_id="pull", destination=f"{tmp_path}/segments.csv", **retried))
    assert done.state == "success"
    assert links_of(done, "pull") == {UI: PAGES["segments"], FILE: f"file://{tmp_path}/segments.csv"}


def test_airflow_finds_every_link_that_it_looks_for(run, tmp_path, capfd, caplog):
    """It logs an error for an XCom that nobody pushed."""
    done = run(lambda: AAMPullSegmentsOperator(task_id="pull", destination=f"{tmp_path}/segments.csv"))
    assert done.state == "success"
    assert "XCom not found" not in "".join([*capfd.readouterr(), caplog.text])


def test_without_a_known_ui_there_is_no_link_to_it(run, tmp_path, monkeypatch):
    monkeypatch.delenv("AIRFLOW__AAM__LINKS")
    done = run(lambda: AAMExportOperator(task_id="export", destination=f"{tmp_path}/catalog"))
    assert links_of(done, "export") == {FILE: f"file://{tmp_path}/catalog"}


@pytest.mark.parametrize("broken", ["no JSON", "[1]", '{"segments": 7}'], ids=["text", "list", "number"])
def test_broken_option_costs_the_link_and_not_the_task(run, tmp_path, monkeypatch, caplog, broken):
    caplog.set_level("INFO")
    monkeypatch.setenv("AIRFLOW__AAM__LINKS", broken)
    done = run(lambda: AAMPullSegmentsOperator(task_id="pull", destination=f"{tmp_path}/segments.csv"))
    assert done.state == "success"
    assert links_of(done, "pull") == {}
    said = f"This task has no button “{UI}”: [aam] links is {broken!r}; expected a JSON object of texts."
    assert caplog.messages.count(said) == 2, "at the start and in the end"


def test_connection_that_cannot_be_read_is_not_quoted(run, tmp_path, monkeypatch, caplog):
    caplog.set_level("INFO")
    monkeypatch.setenv("AIRFLOW_CONN_AAM_DEFAULT", '{"conn_type": "aam", "password": "very-secret-word", "extra": {')
    failed = run(lambda: AAMPullSegmentsOperator(task_id="pull", destination=f"{tmp_path}/segments.csv"))
    assert failed.state == "failed"
    assert "button" not in caplog.text, "the task fails with it, and says it once"
    assert "very-secret-word" not in caplog.text


def test_file_that_has_no_name_does_not_hide_what_the_task_failed_with():
    with pytest.raises(AirflowFailException, match="destination is None"):
        AAMTrendReportOperator(task_id="report", kind="cats", destination=None).execute({})


def test_xcom_that_cannot_be_written_costs_the_link_and_not_the_task(tmp_path):
    class Broken:
        try_number = 1

        def xcom_push(self, **_: Any) -> None:
            raise RuntimeError("no XComs today")

    task = AAMPullSegmentsOperator(task_id="pull", destination=f"{tmp_path}/segments.csv")
    assert task.execute({"ti": Broken()})["rows"] == 0


def test_beta_accounts_link_to_the_beta_ui_while_the_task_is_deferred(run, monkeypatch):
    monkeypatch.delenv("AIRFLOW__AAM__LINKS")
    seen = {}

    class Looking(AAMPopulationSensor):
        def _defer(self, context: Any) -> None:
            seen.update({link.name: link.get_link(self, ti_key=context["ti"]) for link in LINKS[:2]})
            raise AirflowFailException("seen")

    run(lambda: Looking(task_id="wait", kind="traits", sid="77", at_least=5, aam_conn_id="aam_beta", deferrable=True))
    assert seen == {UI: "https://bank-beta.demdex.com/portal/Traits/Traits.ddx#view/77", FILE: ""}


@pytest.mark.parametrize("deferrable", [True, False])
def test_sensor_has_its_links_after_it_waited(emulator, run, tmp_path, monkeypatch, deferrable):
    (tmp_path / "inbound").mkdir()
    place = InboundPlace(tmp_path / "inbound", emulator)
    emulator.configure(inbound_every_s=0, inbound_report_after_s=0)
    monkeypatch.setenv("AIRFLOW_CONN_AAM_DEFAULT", emulator.connection_json("oauth_server_to_server", max_attempts=1))
    place.send()
    emulator.advance(60)
    done = run(
        lambda: AAMInboundSensor(
            task_id="wait", receipt=place.receipt(), deferrable=deferrable, mode="poke", poke_interval=1
        )
    )
    assert done.state == "success"
    assert links_of(done, "wait") == {UI: PAGES["data_sources"], FILE: f"file://{tmp_path}/inbound"}


def test_airflow_2_knows_the_classes():
    known = get_provider_info()["extra-links"]
    assert known == [f"{type(link).__module__}.{type(link).__name__}" for link in LINKS]
    for name in known:
        module, _, link = name.rpartition(".")
        assert hasattr(importlib.import_module(module), link)
    from airflow.providers_manager import ProvidersManager

    assert [name for name in known if name not in ProvidersManager().extra_links_class_names] == []


def test_buttons_and_keys_are_unique():
    assert len({link.name for link in LINKS}) == len({link.xcom_key for link in LINKS}) == len(LINKS)
