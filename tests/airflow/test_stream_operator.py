"""Streaming as a task of a DAG in a real Airflow: what AAM has afterwards, the receipt, and one clear failure."""

from __future__ import annotations

import json

import pytest
from keep import Keep
from operator_checks import arguments_of, failure_of

from airflow_provider_aam.compat import Asset
from airflow_provider_aam.operators.stream import AAMStreamTraitsOperator


@pytest.fixture(autouse=True)
def _connection(emulator, monkeypatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_AAM_DEFAULT", emulator.connection_json("oauth_server_to_server", max_attempts=1))


@pytest.fixture
def gold(emulator) -> int:
    source = emulator.add("data_sources", {"name": "CRM", "integrationCode": "crm"})["dataSourceId"]
    trait = {"name": "gold", "dataSourceId": source, "traitType": "ON_BOARDED_TRAIT"}
    return int(emulator.add("traits", trait)["sid"])


def rows_in(tmp_path, *rows) -> str:
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return str(path)


def test_task_streams_rows_and_returns_the_receipt(emulator, gold, run, tmp_path):
    source = rows_in(tmp_path, {"user": "u1", "trait": gold}, {"user": "u2", "trait": gold}, {"user": "a:b"})

    def build() -> None:
        stream = AAMStreamTraitsOperator(
            task_id="stream",
            stream_id="{{ dag.dag_id }}",
            source=source,
            data_source="crm",
            rejects_path=f"{tmp_path}/rejects-{{{{ ti.task_id }}}}.jsonl",
            max_rejected=1,
            outlets=[Asset("aam://account/members")],
        )
        Keep(task_id="keep", value=stream.output, path=str(tmp_path / "receipt.json"))

    assert run(build).state == "success"
    receipt = json.loads((tmp_path / "receipt.json").read_text())
    assert (receipt["rows"], receipt["sent"], receipt["rejected"], receipt["codes"]) == (3, 2, 1, {"EMPTY": 1})
    assert receipt["rejects_uri"] == f"file://{tmp_path}/rejects-stream.jsonl"
    (rejected,) = map(json.loads, (tmp_path / "rejects-stream.jsonl").read_text().splitlines())
    assert rejected["row"] == {"user": "a:b"}
    assert [each["identities"][0]["value"] for each in emulator.streamed] == ["u1", "u2"]
    (request,) = [each for each in emulator.requests if each["path"].startswith("/stream")]
    assert request["path"] == f"/stream/{receipt['stream_id']}"


def test_rejected_rows_fail_the_task_for_good(gold):
    rows = [{"user": "a:b", "trait": gold}, {"user": "u1", "trait": gold}]
    task = AAMStreamTraitsOperator(task_id="stream", stream_id="s", source=rows, data_source="crm")
    said = "1 of 2 rows rejected (max_rejected=0). AAM keeps the 1 that it accepted. "
    said += "Set rejects_path to get every rejected row.\n"
    assert failure_of(task, run_id="r") == f"{said}  - `source` list, row 1: 300: Invalid customer ID"


def test_arguments_that_cannot_be_are_told_at_once(emulator):
    task = AAMStreamTraitsOperator(
        task_id="stream", stream_id="s", source=[], operation="overwrite", max_rejected=-1, max_concurrency=0
    )
    said = failure_of(task)
    for problem in ("either data_source or namespace", "needs target_data_source", "max_rejected", "max_concurrency"):
        assert problem in said
    assert emulator.count() == 0
    wrong = AAMStreamTraitsOperator(task_id="stream", stream_id="s", source=[], operation="add", namespace="crm")
    assert "operation is 'add'; expected 'append' or 'overwrite' or 'delete'" in failure_of(wrong)


def test_every_argument_that_may_differ_from_run_to_run_is_templated():
    given = {"transport", "expect_uuid", "operation", "max_rejected", "max_concurrency"}
    assert arguments_of(AAMStreamTraitsOperator) - {*AAMStreamTraitsOperator.template_fields} == given


def test_task_sends_rows_to_the_dcs(emulator, gold, run, tmp_path):
    def build() -> None:
        stream = AAMStreamTraitsOperator(
            task_id="stream",
            transport="dcs",
            domain_alias="{{ 'ac' + 'me' }}",
            region="{{ 7 }}",
            max_concurrency=2,
            source=rows_in(tmp_path, {"user": "u1", "trait": gold}, {"user": "u2", "trait": gold}),
            data_source="crm",
        )
        Keep(task_id="keep", value=stream.output, path=str(tmp_path / "receipt.json"))

    assert run(build).state == "success"
    receipt = json.loads((tmp_path / "receipt.json").read_text())
    assert (receipt["domain_alias"], receipt["stream_id"], receipt["sent"], receipt["requests"]) == ("acme", None, 2, 2)
    assert {each["d_cid"][0].partition("\x01")[2] for each in emulator.streamed if each["done"]} == {"u1", "u2"}


def test_arguments_of_the_other_transport_are_told_at_once(emulator):
    dcs = AAMStreamTraitsOperator(
        task_id="stream", transport="dcs", stream_id="s", source=[], operation="delete", data_source="crm"
    )
    stream = AAMStreamTraitsOperator(task_id="stream", domain_alias="acme", region=7, source=[])
    assert failure_of(dcs).splitlines() == [
        "task stream has 3 problems:",
        "  - transport 'dcs' needs domain_alias",
        "  - stream_id is for transport 'stream' alone",
        "  - operation 'delete' is for transport 'stream' alone: the DCS only appends",
    ]
    assert failure_of(stream).splitlines() == [
        "task stream has 4 problems:",
        "  - transport 'stream' needs stream_id",
        "  - domain_alias is for transport 'dcs' alone",
        "  - region is for transport 'dcs' alone",
        "  - give either data_source or namespace",
    ]
    neither = AAMStreamTraitsOperator(task_id="stream", transport="s3", source=[], data_source="crm")
    assert "transport is 's3'; expected 'stream' or 'dcs'" in failure_of(neither)
    assert emulator.count() == 0
