"""What OpenLineage's provider tells of our tasks, by its file transport, in a real Airflow."""

from __future__ import annotations

import json
import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from airflow_provider_aam.operators.delete import AAMDeleteOperator
from airflow_provider_aam.operators.export import AAMExportOperator
from airflow_provider_aam.operators.feeds import AAMReadDeliveryOperator
from airflow_provider_aam.operators.members import AAMPushTraitMembersOperator
from airflow_provider_aam.operators.pull import AAMPullSegmentsOperator
from airflow_provider_aam.operators.push import AAMApplyOperator, AAMPlanOperator, AAMPushCatalogOperator
from airflow_provider_aam.operators.sql import AAMToSqlOperator

if find_spec("airflow.providers.openlineage") is None:
    pytest.skip(
        "Airflow's OpenLineage provider is not installed: `make test-lineage` has an environment with it",
        allow_module_level=True,
    )

EVENTS = Path(os.environ["AIRFLOW_HOME"]) / "lineage-events.jsonl"
# The provider reads it once in a process.
os.environ["AIRFLOW__OPENLINEAGE__TRANSPORT"] = json.dumps(
    {"type": "file", "log_file_path": str(EVENTS), "append": True}
)
AAM = "aam://1099"
TRAIT = {"traitType": "ON_BOARDED_TRAIT", "dataSource": "web", "folder": "/"}


@pytest.fixture(autouse=True)
def _account(emulator, monkeypatch) -> None:
    EVENTS.unlink(missing_ok=True)
    emulator.add("data_sources", {"name": "Web", "integrationCode": "web"})
    monkeypatch.setenv("AIRFLOW_CONN_AAM_DEFAULT", emulator.connection_json("oauth_server_to_server", max_attempts=1))


def complete(task_id: str) -> dict[str, Any]:
    """The one event that a task is complete."""
    events = [json.loads(line) for line in EVENTS.read_text().splitlines()]
    found = [e for e in events if e["eventType"] == "COMPLETE" and e["job"]["name"].endswith(f".{task_id}")]
    assert len(found) == 1, [(each["eventType"], each["job"]["name"]) for each in events]
    return found[0]


def datasets(event: dict[str, Any], side: str) -> dict[tuple[str, str], dict[str, Any]]:
    return {(each["namespace"], each["name"]): each for each in event[side]}


def columns(dataset: dict[str, Any]) -> dict[str, str | None]:
    return {each["name"]: each.get("type") for each in dataset["facets"]["schema"]["fields"]}


def edges(dataset: dict[str, Any]) -> dict[str, list[tuple[str, str]]]:
    """File and column that each column is made of."""
    fields = dataset["facets"]["columnLineage"]["fields"]
    return {name: [(each["name"], each["field"]) for each in found["inputFields"]] for name, found in fields.items()}


def rows() -> dict[str, Any]:
    return {
        "traits": [{"name": f"T{number}", "integrationCode": f"t{number}", **TRAIT} for number in (1, 2)],
        "segments": [
            {
                "name": "S",
                "integrationCode": "s",
                "dataSource": "web",
                "folder": "/",
                "segmentRule": "{t1} AND NOT {t2}",
            }
        ],
        "destinations": [{"name": "Ads", "destinationType": "PUSH", "serializationEnabled": False}],
        "mappings": [
            {"destination": "Ads", "segment": "s", "startDate": "2026-01-01", "url": "https://ads.example/%ALIAS%"}
        ],
    }


def test_sync_says_the_list_and_where_it_has_a_name_the_table(emulator, run, tmp_path, monkeypatch):
    """OpenLineage has no name for a table of SQLite; that of a database that has one is told as its provider does."""
    database = json.dumps({"conn_type": "sqlite", "host": str(tmp_path / "a.db")})
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", database)
    emulator.seed(segments=3)
    given = {"resource": "segments", "table": "t", "sql_conn_id": "warehouse", "fields": ["sid", "dataSourceId"]}
    assert run(lambda: AAMToSqlOperator(task_id="sync", **given)).state == "success"
    assert ([*datasets(complete("sync"), "inputs")], complete("sync")["outputs"]) == ([(AAM, "segments")], [])

    from airflow_provider_aam.lineage import Lineage

    told = Lineage(1099)
    told.synced("segments", ("postgres://db:5432", "db.public.t"), {"rows": 3}, fields=["sid"], include_metrics=False)
    (table,) = told.facets().outputs
    assert (table.namespace, table.name) == ("postgres://db:5432", "db.public.t")
    assert table.outputFacets["outputStatistics"].rowCount == 3
    assert [*table.facets["columnLineage"].fields] == ["sid"]


def test_pull_says_list_file_and_columns(emulator, run, tmp_path):
    emulator.seed(segments=3)
    destination = f"file://{tmp_path}/segments.csv"
    assert run(lambda: AAMPullSegmentsOperator(task_id="pull", destination=destination)).state == "success"
    event = complete("pull")
    assert [*datasets(event, "inputs")] == [(AAM, "segments")]
    output = datasets(event, "outputs")["file", f"{tmp_path}/segments.csv"]
    assert output["outputFacets"]["outputStatistics"]["rowCount"] == 3
    types = {each["name"]: each["type"] for each in output["facets"]["schema"]["fields"]}
    assert (types["sid"], types["createTime"], types["_other"]) == ("integer", "instant", "json")
    (copied,) = output["facets"]["columnLineage"]["fields"]["sid"]["inputFields"]
    assert (copied["namespace"], copied["name"], copied["field"]) == (AAM, "segments", "sid")


def test_push_says_what_feeds_what_it_changed(emulator, run):
    assert run(lambda: AAMPushCatalogOperator(task_id="push", source=rows())).state == "success"
    event = complete("push")
    outputs = datasets(event, "outputs")
    sid = {each["integrationCode"]: each["sid"] for name in ("traits", "segments") for each in emulator.objects(name)}
    (destination,) = emulator.objects("destinations")
    segment = outputs[AAM, f"segments/{sid['s']}"]["facets"]
    assert [each["name"] for each in segment["columnLineage"]["dataset"]] == [
        f"traits/{sid['t1']}",
        f"traits/{sid['t2']}",
    ]
    assert segment["lifecycleStateChange"]["lifecycleStateChange"] == "CREATE"
    assert segment["documentation"]["description"] == "web/s “S”"
    ads = outputs[AAM, f"destinations/{destination['destinationId']}"]["facets"]
    assert [each["name"] for each in ads["columnLineage"]["dataset"]] == [f"segments/{sid['s']}"]
    assert outputs[AAM, "traits"]["outputFacets"]["outputStatistics"]["rowCount"] == 2
    assert (AAM, f"traits/{sid['t1']}") in datasets(event, "inputs")


def test_of_many_changes_the_first_are_named_and_the_list_counts_all(run):
    many = [{"name": f"T{number}", "integrationCode": f"t{number}", **TRAIT} for number in range(130)]
    assert run(lambda: AAMPushCatalogOperator(task_id="push", source={"traits": many})).state == "success"
    outputs = datasets(complete("push"), "outputs")
    assert outputs[AAM, "traits"]["outputFacets"]["outputStatistics"]["rowCount"] == 130
    assert len([name for _, name in outputs if name.startswith("traits/")]) == 100


def test_plan_apply_and_delete_say_their_files_and_objects(emulator, run, tmp_path):
    plan_path = f"file://{tmp_path}/plan.json"

    def build() -> None:
        plan = AAMPlanOperator(task_id="plan", source={"traits": rows()["traits"]}, plan_path=plan_path)
        apply = AAMApplyOperator(task_id="apply", plan_path=plan_path, sha256=plan.output["sha256"])
        plan >> apply >> AAMDeleteOperator(task_id="delete", kind="traits", codes=["t1"])

    assert run(build).state == "success"
    assert ("file", f"{tmp_path}/plan.json") in datasets(complete("plan"), "outputs")
    applied = complete("apply")
    assert ("file", f"{tmp_path}/plan.json") in datasets(applied, "inputs")
    (left,) = emulator.objects("traits")
    assert (AAM, f"traits/{left['sid']}") in datasets(applied, "outputs")
    gone = [each for (_, name), each in datasets(complete("delete"), "outputs").items() if name != "traits"]
    assert [each["facets"]["lifecycleStateChange"]["lifecycleStateChange"] for each in gone] == ["DROP"]


def test_export_says_list_and_file_of_each_kind(emulator, run, tmp_path):
    emulator.seed(segments=2)
    out = f"file://{tmp_path}/out"
    assert run(lambda: AAMExportOperator(task_id="export", destination=out, kinds=["segments"])).state == "success"
    event = complete("export")
    assert [*datasets(event, "inputs")] == [(AAM, "segments")]
    assert [*datasets(event, "outputs")] == [("file", f"{tmp_path}/out/segments.yaml")]


def test_members_say_source_files_and_the_data_source(emulator, run, tmp_path):
    source = emulator.add("data_sources", {"name": "CRM", "integrationCode": "crm"})["dataSourceId"]
    trait = {"name": "G", "integrationCode": "g", "traitType": "ON_BOARDED_TRAIT", "dataSourceId": source}
    emulator.add("traits", trait)
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps({"user": f"u{n}", "trait": "g"}) + "\n" for n in range(5)))
    assert (
        run(
            lambda: AAMPushTraitMembersOperator(
                task_id="members",
                source=f"file://{tmp_path}/rows.jsonl",
                data_source="crm",
                traits_are="integrationCode",
                destination=f"file://{tmp_path}/inbound",
            )
        ).state
        == "success"
    )
    event = complete("members")
    rows = datasets(event, "inputs")["file", f"{tmp_path}/rows.jsonl"]
    assert columns(rows) == {"user": None, "trait": None}
    inbound = datasets(event, "outputs")[AAM, f"data-sources/{source}/inbound"]
    assert inbound["outputFacets"]["outputStatistics"]["rowCount"] == 5
    folder = datasets(event, "outputs")["file", f"{tmp_path}/inbound"]
    for written in (inbound, folder):
        assert edges(written) == {
            "user": [(f"{tmp_path}/rows.jsonl", "user")],
            "traits": [(f"{tmp_path}/rows.jsonl", "trait")],
        }


def test_delivery_says_its_files_and_their_columns(emulator, run, tmp_path):
    delivered = [tmp_path / f"S3_1099_900_full_1700000000{number}000.sync" for number in range(2)]
    for number, path in enumerate(delivered):
        path.write_text(f"{number:038} 5,6\n")
    destination = f"file://{tmp_path}/day.parquet"
    given = {"source": [f"file://{path}" for path in delivered], "destination": destination}
    assert run(lambda: AAMReadDeliveryOperator(task_id="read", **given)).state == "success"
    event = complete("read")
    types = {"user": "string", "segments": "list<element: int64>", "removed": "list<element: int64>"}
    assert [{*columns(each)} for each in event["inputs"]] == [{*types}, {*types}]
    (written,) = event["outputs"]
    assert {name: kind.partition("<")[0] for name, kind in columns(written).items()} == {
        name: kind.partition("<")[0] for name, kind in types.items()
    }
    assert edges(written)["segments"] == [(str(path), "segments") for path in delivered]
    assert written["outputFacets"]["outputStatistics"]["rowCount"] == 2


def test_state_of_a_delivery_is_made_of_the_keys_of_its_lines(run, tmp_path):
    line = {"id": "u1", "in": [5, 6], "out": []}
    (tmp_path / "S3_1099_900_full_1767225600000.sync").write_text(f"{json.dumps(line)}\n")
    given = {
        "source": f"file://{tmp_path}/S3_*",
        "destination": f"file://{tmp_path}/state.parquet",
        "layout": {"user": "id", "segments": "in", "removed": "out"},
        "as_of": "2026-01-02",
    }
    assert run(lambda: AAMReadDeliveryOperator(task_id="read", **given)).state == "success"
    (written,) = complete("read")["outputs"]
    file = f"{tmp_path}/S3_1099_900_full_1767225600000.sync"
    assert edges(written) == {"user": [(file, "id")], "segments": [(file, "in"), (file, "out")]}


def test_account_that_cannot_be_named_fails_nothing(emulator, run, tmp_path):
    emulator.seed(segments=1)
    emulator.trouble("GET /v1/users/self", "status", status=403, times=9)
    destination = f"file://{tmp_path}/segments.csv"
    assert run(lambda: AAMPullSegmentsOperator(task_id="pull", destination=destination)).state == "success"
    event = complete("pull")
    assert (event["inputs"], [*datasets(event, "outputs")]) == ([], [("file", f"{tmp_path}/segments.csv")])
