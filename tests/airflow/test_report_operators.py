"""The operators of reports and checks as tasks of a DAG in a real Airflow."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from keep import Keep
from operator_checks import arguments_of

from airflow_provider_aam.compat import AIRFLOW_V_3_0_PLUS, Asset, BaseOperator
from airflow_provider_aam.operators.reports import AAMPopulationCheckOperator, AAMTrendReportOperator

NOT_TEMPLATED = {
    AAMTrendReportOperator: set(),
    # numbers, and a switch that the text 'False' would switch on
    AAMPopulationCheckOperator: {"minimum", "maximum", "max_drop", "max_rise", "update_baseline"},
}
RETRIES = {"retries": 1, "retry_delay": timedelta(0)}
DAY = {"logical_date" if AIRFLOW_V_3_0_PLUS else "execution_date": datetime(2026, 1, 2, tzinfo=UTC)}


class Ids(BaseOperator):
    """Returns ids."""

    def __init__(self, *, ids: list[int], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.ids = ids

    def execute(self, context: Any) -> list[int]:  # noqa: ARG002
        return self.ids


@pytest.fixture(autouse=True)
def _connection(emulator, monkeypatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_AAM_DEFAULT", emulator.connection_json("oauth_server_to_server", max_attempts=1))


@pytest.fixture
def traits(emulator) -> list[int]:
    """Three traits of 10, 20 and 30 visitors, with the codes t10, t20 and t30."""
    rows = [emulator.add("traits", {"name": f"Trait {size}", "integrationCode": f"t{size}"}) for size in (10, 20, 30)]
    for row, size in zip(rows, (10, 20, 30), strict=True):
        emulator.set_metrics(row["sid"], {"uniques30Day": size})
    return [row["sid"] for row in rows]


def task_of(dag_run: Any, task_id: str) -> Any:
    (found,) = [instance for instance in dag_run.get_task_instances() if instance.task_id == task_id]
    return found


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def keep(value: Any, path: Path, **arguments: Any) -> None:
    Keep(task_id="keep", value=value, path=str(path), **arguments)


# --- trend ------------------------------------------------------------------------------------------------------------


def test_trend_of_another_task_s_ids_is_written(traits, run, tmp_path):
    def build() -> None:
        report = AAMTrendReportOperator(
            task_id="trend",
            kind="{{ 'traits' }}",
            sids=Ids(task_id="ids", ids=traits[:2]).output,
            start="{{ '2026-01-01' }}",
            end="{{ '2026-01-03' }}",
            interval="{{ '7D' }}",
            destination=f"{tmp_path}/{{{{ 'part' }}}}",
            file_format="{{ 'jsonl' }}",
            aam_conn_id="{{ 'aam_default' }}",
        )
        keep(report.output, tmp_path / "receipt.json")

    assert run(build).state == "success"
    rows = lines_of(tmp_path / "part")
    assert [(row["sid"], row["date"]) for row in rows] == [
        (sid, date) for sid in traits[:2] for date in ("2026-01-01", "2026-01-02")
    ]
    receipt = json.loads((tmp_path / "receipt.json").read_text())
    assert (receipt["rows"], receipt["sids"], receipt["interval"]) == (4, 2, "7D")


@pytest.mark.parametrize("templated", [False, True], ids=["default", "templates"])
def test_trend_is_of_the_day_before_the_run(traits, run, tmp_path, templated):
    def build() -> None:
        given = {"start": "{{ macros.ds_add(ds, -1) }}", "end": "{{ ds }}"} if templated else {}
        AAMTrendReportOperator(task_id="trend", kind="traits", filters={}, destination=f"{tmp_path}/a.jsonl", **given)

    assert run(build, **DAY).state == "success"
    assert {row["date"] for row in lines_of(tmp_path / "a.jsonl")} == {"2026-01-01"}


@pytest.mark.skipif(not AIRFLOW_V_3_0_PLUS, reason="Airflow 2 gives every run a data interval")
def test_trend_of_a_run_without_interval_is_of_yesterday(traits, run, tmp_path):
    build = lambda: AAMTrendReportOperator(  # noqa: E731
        task_id="trend", kind="traits", filters={}, destination=f"{tmp_path}/a.jsonl"
    )
    before = datetime.now(UTC).date()
    assert run(build, logical_date=None).state == "success"
    dates = {row["date"] for row in lines_of(tmp_path / "a.jsonl")}
    assert dates <= {str(before - timedelta(1)), str(before)}
    assert len(dates) == 1


def test_trend_notes_what_it_wrote_in_its_assets(traits, run, tmp_path):
    from test_pull_operators import extras_of_events

    asset = Asset(f"file://{tmp_path}/a.csv")

    def build() -> None:
        AAMTrendReportOperator(
            task_id="trend", kind="traits", sids=traits, destination=f"{tmp_path}/a.csv", outlets=[asset]
        )

    assert run(build, **DAY).state == "success"
    (extra,) = extras_of_events(asset.uri)
    assert (extra["rows"], extra["bytes"]) == (3, (tmp_path / "a.csv").stat().st_size)


def test_bad_arguments_of_a_trend_fail_at_once_and_ask_nothing(emulator, run, tmp_path):
    build = lambda: AAMTrendReportOperator(  # noqa: E731
        task_id="trend", kind="traits", destination=f"{tmp_path}/a.csv", **RETRIES
    )
    dag_run = run(build)
    assert (dag_run.state, task_of(dag_run, "trend").try_number) == ("failed", 1)
    assert emulator.count() == 0


# --- check ------------------------------------------------------------------------------------------------------------


def check(**arguments: Any) -> AAMPopulationCheckOperator:
    return AAMPopulationCheckOperator(task_id="check", kind="traits", **arguments)


def test_check_passes_and_remembers(traits, run, tmp_path):
    def build() -> None:
        task = check(
            codes=["{{ 't10' }}", "t20"],
            bounds={"t10": {"minimum": 5}},
            max_drop=0.1,
            baseline=f"{tmp_path}/{{{{ ds }}}}/baseline.json",
            report_path=f"{tmp_path}/{{{{ ds }}}}/all.jsonl",
        )
        keep(task.output, tmp_path / "receipt.json")

    assert run(build, **DAY).state == "success"
    receipt = json.loads((tmp_path / "receipt.json").read_text())
    assert (receipt["passed"], receipt["checked"], receipt["baseline"]) == (True, 2, "created")
    assert len(json.loads((tmp_path / "2026-01-02/baseline.json").read_text())["populations"]) == 2
    assert {row["integrationCode"] for row in lines_of(tmp_path / "2026-01-02/all.jsonl")} == {"t10", "t20"}


def test_failed_check_fails_at_once_and_leaves_its_receipt(emulator, traits, run, tmp_path):
    def build() -> None:
        task = check(sids=traits, minimum=15, **RETRIES)
        keep(task.output, tmp_path / "receipt.json", trigger_rule="all_done")

    dag_run = run(build)
    assert (task_of(dag_run, "check").state, task_of(dag_run, "check").try_number) == ("failed", 1)
    receipt = json.loads((tmp_path / "receipt.json").read_text())
    assert (receipt["passed"], receipt["offending"]) == (False, 1)
    assert [row["integrationCode"] for row in receipt["offenders"]] == ["t10"]


def test_warning_check_goes_on(traits, run, tmp_path):
    def build() -> None:
        task = check(search="Trait", minimum=15, on_failure="{{ 'warn' }}", baseline=f"{tmp_path}/baseline.json")
        keep(task.output, tmp_path / "receipt.json")

    assert run(build).state == "success"
    receipt = json.loads((tmp_path / "receipt.json").read_text())
    assert (receipt["passed"], receipt["offending"], receipt["baseline"]) == (False, 1, None)
    assert not (tmp_path / "baseline.json").exists()


def test_mapped_checks_judge_one_selection_each(traits, run, tmp_path):
    def build() -> None:
        task = AAMPopulationCheckOperator.partial(task_id="check", kind="traits", minimum=15, on_failure="warn").expand(
            codes=[["t10"], ["t20", "t30"]]
        )
        keep(task.output, tmp_path / "receipts.json")

    assert run(build).state == "success"
    receipts = json.loads((tmp_path / "receipts.json").read_text())
    assert [(receipt["checked"], receipt["passed"]) for receipt in receipts] == [(1, False), (2, True)]


@pytest.mark.parametrize(
    "arguments",
    [
        {"sids": [1], "minimum": 1, "on_failure": "explode"},
        {"sids": [1]},
        {"minimum": 1},
        {"sids": [1], "max_drop": 0.1},
        {"sids": [1], "baseline": "none://x/a.json"},
        {"sids": [1], "minimum": 1, "report_path": "/tmp/a.xlsx"},
    ],
    ids=["on_failure", "no bounds", "no selection", "no baseline", "baseline", "report"],
)
def test_bad_arguments_of_a_check_fail_at_once_and_ask_nothing(emulator, run, arguments):
    dag_run = run(lambda: check(**arguments, **RETRIES))
    assert (dag_run.state, task_of(dag_run, "check").try_number) == ("failed", 1)
    assert emulator.count() == 0


# --- both -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("operator", [AAMTrendReportOperator, AAMPopulationCheckOperator])
def test_every_argument_is_a_template_or_deliberately_not(operator):
    arguments = arguments_of(operator)
    assert arguments == {*operator.template_fields, *NOT_TEMPLATED[operator]}
    given = {"destination": "x.csv"} if operator is AAMTrendReportOperator else {}
    task = operator(task_id="task", kind="traits", **given)
    assert all(hasattr(task, name) for name in arguments)
    assert set(operator.template_fields_renderers) <= set(operator.template_fields)
