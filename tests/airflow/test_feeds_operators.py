"""Readers of what AAM delivered, as tasks: what they return, tell, and refuse."""

from __future__ import annotations

import importlib
import json
from typing import Any, ClassVar

import pytest
from fsspec.implementations.memory import MemoryFileSystem
from operator_checks import arguments_of, failure_of

from airflow_provider_aam.compat import AIRFLOW_V_3_0_PLUS
from airflow_provider_aam.operators.feeds import AAMReadDataFeedOperator, AAMReadDeliveryOperator

ITER = "s3_12_345_iter_1795960800000.sync"


@pytest.fixture
def build(tmp_path):
    (tmp_path / ITER).write_text("a|1 2|3\n")

    def make(**given: Any) -> AAMReadDeliveryOperator:
        about = {"source": str(tmp_path / ITER), "destination": str(tmp_path / "rows.jsonl")}
        layout = {"separator": "|", "list_separator": " "}
        return AAMReadDeliveryOperator(task_id="read", **{**about, "layout": layout, **given})

    return make


@pytest.mark.parametrize("operator", [AAMReadDeliveryOperator, AAMReadDataFeedOperator])
def test_every_argument_is_documented_and_templated_where_it_says_so(operator):
    doc = operator.__doc__ or ""
    assert {name for name in arguments_of(operator) if f":param {name}:" not in doc} == set()
    assert doc.count("(templated)") == len(operator.template_fields)


def test_receipt_is_json_and_names_the_files(build, tmp_path):
    receipt = json.loads(json.dumps(build().execute({})))
    assert json.loads((tmp_path / "rows.jsonl").read_text()) == {"user": "a", "segments": [1, 2], "removed": [3]}
    assert receipt["files"] == [{"uri": f"file://{tmp_path / ITER}", "lines": 1, "rows": 1, "rejected": 0}]
    assert receipt["uri"] == f"file://{tmp_path}/rows.jsonl"


def test_file_that_a_path_and_a_pattern_name_is_read_once(build, tmp_path):
    receipt = build(source=[str(tmp_path / ITER), f"{tmp_path}/*.sync"]).execute({})
    assert [file["uri"] for file in receipt["files"]] == [f"file://{tmp_path / ITER}"]


class Mine(MemoryFileSystem):  # type: ignore[misc]
    """A store that one Connection leads to."""

    store: ClassVar[dict[str, Any]] = {}


@pytest.mark.parametrize("files", [ITER, "*", ""], ids=["file", "pattern", "folder"])
def test_connection_in_the_uri_opens_what_it_names(build, files):
    store = Mine(skip_instance_cache=True)
    module = importlib.import_module("airflow.sdk.io.store" if AIRFLOW_V_3_0_PLUS else "airflow.io.store")
    module.attach("memory", conn_id="mine", fs=store)
    store.pipe_file(f"/bucket/out/{ITER}", b"a|1 2|3\n")
    assert build(source=f"memory://mine@bucket/out/{files}").execute({})["rows"] == 1


def test_lines_that_do_not_fit_fail_the_task_and_are_told(build, tmp_path):
    said = failure_of(build(layout=None, rejects_path=str(tmp_path / "rejects.jsonl")))
    assert "1 line rejected (max_rejected=0): a segment is not a number" in said
    assert json.loads((tmp_path / "rejects.jsonl").read_text())["text"] == "a|1 2|3"
    assert "it is not valid JSON: 1" in failure_of(build(layout={"user": "id", "segments": "in"}))
    assert not (tmp_path / "rows.jsonl").exists()


def test_impossible_arguments_are_refused(build):
    assert "max_rejected is -1; it must be 0 or more" in failure_of(build(max_rejected=-1))
    assert "layout has 1 problem" in failure_of(build(layout={"separator": "::"}))


def test_state_as_of_a_day(build, tmp_path):
    (tmp_path / ITER.replace("iter_17959", "full_17950")).write_text("a|1 3|\nb|9|\n")
    build(source=f"{tmp_path}/", as_of="2026-11-29").execute({})
    rows = [json.loads(line) for line in (tmp_path / "rows.jsonl").read_text().splitlines()]
    assert sorted(rows, key=str) == [{"user": "a", "segments": [1, 2]}, {"user": "b", "segments": [9]}]
    assert "as_of '' is not a date like 2026-01-31" in failure_of(build(source=f"{tmp_path}/", as_of=""))
    assert "as_of needs the folder of all deliveries" in failure_of(
        build(source={"state": "complete"}, as_of="2026-11-29")
    )
