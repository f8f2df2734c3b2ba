"""The pull operators as tasks of a DAG in a real Airflow."""

from __future__ import annotations

import importlib
import inspect
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fsspec.implementations.memory import MemoryFileSystem
from keep import Keep
from operator_checks import arguments_of

from airflow_provider_aam.compat import AIRFLOW_V_3_0_PLUS, Asset, ObjectStoragePath
from airflow_provider_aam.operators.pull import AAMPullOperator, AAMPullSegmentsOperator, AAMPullTraitsOperator

LIST = "GET /v1/segments"
NOT_TEMPLATED = {
    "include_metrics": "a switch: the text 'False' would switch it on",
    "page_size": "a number",
    "max_concurrency": "a number",
    "escape_formulas": "a switch",
}


@pytest.fixture(autouse=True)
def _connection(emulator, monkeypatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_AAM_DEFAULT", emulator.connection_json("oauth_server_to_server", max_attempts=1))


def task_of(dag_run: Any, task_id: str = "pull") -> Any:
    (found,) = [instance for instance in dag_run.get_task_instances() if instance.task_id == task_id]
    return found


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.mark.parametrize(
    ("operator", "arguments", "collection"),
    [
        (AAMPullSegmentsOperator, {}, "segments"),
        (AAMPullTraitsOperator, {}, "traits"),
        (AAMPullOperator, {"resource": "data_sources"}, "data_sources"),
    ],
    ids=["segments", "traits", "any resource"],
)
def test_task_writes_the_file_and_returns_the_receipt(emulator, run, tmp_path, operator, arguments, collection):
    emulator.seed(segments=25, traits=15, data_sources=5)

    def build() -> None:
        pull = operator(task_id="pull", destination=f"file://{tmp_path}/a.jsonl", **arguments)
        Keep(task_id="keep", value=pull.output, path=str(tmp_path / "receipt.json"))

    assert run(build).state == "success"
    assert len(lines_of(tmp_path / "a.jsonl")) == len(emulator.objects(collection))
    receipt = json.loads((tmp_path / "receipt.json").read_text())
    assert list(receipt) == [
        *("resource", "uri", "format", "rows", "bytes", "sha256", "total", "requests", "started_at", "finished_at")
    ]
    assert receipt["resource"] == collection
    assert receipt["uri"] == f"file://{tmp_path}/a.jsonl"
    assert receipt["rows"] == receipt["total"] == len(emulator.objects(collection))


def test_arguments_are_templates(emulator, run, tmp_path):
    emulator.seed(segments=5)
    emulator.advance(3600)
    emulator.add("segments", {"name": "brandnew"})
    (new,) = [row for row in emulator.objects("segments") if row["name"] == "brandnew"]
    since = datetime.fromtimestamp(new["updateTime"] / 1000, UTC)

    def build() -> None:
        AAMPullOperator(
            task_id="pull",
            resource="{{ 'segments' }}",
            destination=f"{tmp_path}/{{{{ ds }}}}/part",
            file_format="{{ 'jsonl' }}",
            filters={"search": "{{ 'brand' ~ 'new' }}"},
            fields=["{{ 'name' }}"],
            updated_since=f"{{{{ '{since.isoformat()}' }}}}",
            aam_conn_id="{{ 'aam_default' }}",
        )

    date = "logical_date" if AIRFLOW_V_3_0_PLUS else "execution_date"
    assert run(build, **{date: datetime(2026, 1, 2, tzinfo=UTC)}).state == "success"
    assert lines_of(tmp_path / "2026-01-02" / "part") == [{"name": "brandnew"}]


def test_updated_since_of_a_first_run_pulls_all(emulator, run, tmp_path):
    emulator.seed(segments=5)

    def build() -> None:
        AAMPullSegmentsOperator(
            task_id="pull",
            destination=f"{tmp_path}/a.jsonl",
            updated_since="{{ prev_data_interval_start_success }}",
        )

    assert run(build).state == "success"
    assert len(lines_of(tmp_path / "a.jsonl")) == 5


def test_mapped_tasks_pull_one_file_each(emulator, run, tmp_path):
    emulator.seed(segments=12, segment_folders=3)
    folders = sorted({row["folderId"] for row in emulator.objects("segments")})
    assert len(folders) > 1
    jobs = [
        {"filters": {"folderId": folder}, "destination": f"{tmp_path}/{folder}.jsonl", "fields": ["sid", "folderId"]}
        for folder in folders
    ]

    def build() -> None:
        pull = AAMPullSegmentsOperator.partial(task_id="pull", page_size=5).expand_kwargs(jobs)
        Keep(task_id="keep", value=pull.output, path=str(tmp_path / "receipts.json"))

    assert run(build).state == "success"
    for folder in folders:
        assert {row["folderId"] for row in lines_of(tmp_path / f"{folder}.jsonl")} == {folder}
    receipts = json.loads((tmp_path / "receipts.json").read_text())
    assert sum(receipt["rows"] for receipt in receipts) == 12


def test_destination_is_opened_with_its_connection(emulator, run, tmp_path, monkeypatch):
    monkeypatch.setattr(MemoryFileSystem, "store", {})
    store = importlib.import_module("airflow.sdk.io.store" if AIRFLOW_V_3_0_PLUS else "airflow.io.store")
    store.attach("memory", conn_id="lake", fs=MemoryFileSystem())
    emulator.seed(segments=5)

    def build() -> None:
        pull = AAMPullSegmentsOperator(
            task_id="pull", destination="memory://bucket/a.jsonl", destination_conn_id="{{ 'lake' }}"
        )
        Keep(task_id="keep", value=pull.output, path=str(tmp_path / "receipt.json"))

    assert run(build).state == "success"
    assert MemoryFileSystem().cat_file("/bucket/a.jsonl").count(b"\n") == 5
    receipt = json.loads((tmp_path / "receipt.json").read_text())
    assert ObjectStoragePath(receipt["uri"], conn_id="lake").read_bytes().count(b"\n") == 5


def test_destination_may_be_a_path_object(emulator, run, tmp_path):
    emulator.seed(segments=2)
    build = lambda: AAMPullSegmentsOperator(task_id="pull", destination=tmp_path / "a.jsonl")  # noqa: E731
    assert run(build).state == "success"
    assert len(lines_of(tmp_path / "a.jsonl")) == 2


def test_asset_event_carries_what_was_written(emulator, run, tmp_path):
    emulator.seed(segments=5)
    asset = Asset(f"file://{tmp_path}/a.jsonl")

    def build() -> None:
        AAMPullSegmentsOperator(task_id="pull", destination=f"{tmp_path}/a.jsonl", outlets=[asset])

    assert run(build).state == "success"
    (extra,) = extras_of_events(asset.uri)
    assert {name: extra[name] for name in ("rows", "uri")} == {"rows": 5, "uri": f"file://{tmp_path}/a.jsonl"}
    assert extra["bytes"] == (tmp_path / "a.jsonl").stat().st_size
    assert len(extra["sha256"]) == 64


def extras_of_events(uri: str) -> list[dict[str, Any]]:
    from airflow.utils.session import create_session
    from sqlalchemy import select

    if AIRFLOW_V_3_0_PLUS:
        from airflow.models.asset import AssetEvent as Event
        from airflow.models.asset import AssetModel as Model

        query = select(Event.extra).join(Model, Model.id == Event.asset_id).where(Model.uri == uri)
    else:
        from airflow.models.dataset import DatasetEvent as Event
        from airflow.models.dataset import DatasetModel as Model

        query = select(Event.extra).join(Model, Model.id == Event.dataset_id).where(Model.uri == uri)
    with create_session() as session:
        return list(session.scalars(query))


RETRIES = {"retries": 1, "retry_delay": timedelta(0)}


def test_incomplete_list_is_left_to_airflow_s_retry(emulator, run, tmp_path):
    emulator.seed(segments=25)
    emulator.trouble(LIST, "duplicate_row", times=3)

    def build() -> None:
        AAMPullSegmentsOperator(task_id="pull", destination=f"{tmp_path}/a.jsonl", **RETRIES)

    dag_run = run(build)
    assert (dag_run.state, task_of(dag_run).try_number) == ("success", 2)
    assert len(lines_of(tmp_path / "a.jsonl")) == 25
    assert emulator.count(LIST) == 4


@pytest.mark.parametrize(
    "arguments",
    [
        {"destination": "{tmp}/a.xlsx"},
        {"destination": "{tmp}/file/a.jsonl"},
        {"destination": "none://x/a.jsonl"},
        {"destination": "no_such://x/a.jsonl"},
        {"filters": {"folderid": 7}},
        {"resource": "segmens"},
    ],
    ids=["suffix", "below a file", "scheme", "impossible scheme", "filter", "resource"],
)
def test_bad_input_fails_at_once_and_asks_nothing(emulator, run, tmp_path, arguments):
    (tmp_path / "file").touch()
    arguments = {"resource": "segments", "destination": "{tmp}/a.jsonl", **arguments}
    arguments["destination"] = arguments["destination"].replace("{tmp}", str(tmp_path))
    dag_run = run(lambda: AAMPullOperator(task_id="pull", **arguments, **RETRIES))
    assert (dag_run.state, task_of(dag_run).try_number) == ("failed", 1)
    assert emulator.count() == 0
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_missing_permission_fails_at_once_and_keeps_the_older_file(emulator, run, tmp_path):
    (tmp_path / "a.jsonl").write_text("older")
    emulator.trouble(LIST, "status", times=None, status=403)
    dag_run = run(lambda: AAMPullSegmentsOperator(task_id="pull", destination=f"{tmp_path}/a.jsonl", **RETRIES))
    assert (dag_run.state, task_of(dag_run).try_number) == ("failed", 1)
    assert emulator.count(LIST) == 1
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a.jsonl": "older"}


def test_every_argument_is_a_template_or_deliberately_not():
    arguments = arguments_of(AAMPullOperator)
    assert arguments == {*AAMPullOperator.template_fields, *NOT_TEMPLATED}
    operator = AAMPullSegmentsOperator(task_id="pull", destination="x.jsonl")
    assert all(hasattr(operator, name) for name in arguments)
    assert set(AAMPullOperator.template_fields_renderers) <= set(AAMPullOperator.template_fields)


def test_editors_complete_every_argument_of_a_named_operator():
    general = inspect.signature(AAMPullOperator.__init__).parameters
    spelled = {name: each for name, each in general.items() if name != "resource"}
    for operator in (AAMPullSegmentsOperator, AAMPullTraitsOperator):
        assert dict(inspect.signature(operator.__init__).parameters) == spelled


def test_resource_of_a_named_operator_cannot_be_changed():
    with pytest.raises(TypeError, match="resource"):
        AAMPullSegmentsOperator(task_id="pull", destination="x.jsonl", resource="traits")


IMPORT = """
import sys, warnings
from airflow.providers.common.compat.sdk import DAG, BaseHook, BaseOperator, ObjectStoragePath
warnings.simplefilter("error")
before = set(sys.modules)
import airflow_provider_aam.operators.pull, airflow_provider_aam.operators.reports
print(*sorted({name.partition(".")[0] for name in set(sys.modules) - before}))
print(*sorted(name for name in set(sys.modules) - before if name.startswith("airflow_provider_aam")))
"""


def test_importing_operators_of_lists_and_reports_loads_no_library():
    done = subprocess.run([sys.executable, "-c", IMPORT], capture_output=True, text=True, check=True)
    top_level, ours = (line.split() for line in done.stdout.splitlines()[-2:])
    assert set(top_level).isdisjoint(
        {"pandas", "pyarrow", "fastapi", "duckdb", "aiohttp", "jwt", "msgspec", "requests"}
    )
    assert {"airflow_provider_aam.operators.pull", "airflow_provider_aam.operators.reports"} <= set(ours)
    jobs = ("airflow_provider_aam.pull", "airflow_provider_aam.reports")
    assert not [name for name in ours if name.startswith(jobs)]
