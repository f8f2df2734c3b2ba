"""The export operator as a task."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
import yaml
from events import extras_of_events
from keep import Keep
from operator_checks import arguments_of

from airflow_provider_aam.compat import Asset
from airflow_provider_aam.operators.export import AAMExportOperator
from airflow_provider_aam.operators.push import AAMPlanOperator


@pytest.fixture(autouse=True)
def _account(emulator, monkeypatch) -> None:
    emulator.reset("account")
    monkeypatch.setenv("AIRFLOW_CONN_AAM_DEFAULT", emulator.connection_json("oauth_server_to_server", max_attempts=1))


def export(**arguments: Any) -> AAMExportOperator:
    return AAMExportOperator(task_id="export", **arguments)


def test_account_is_exported_and_planning_it_changes_nothing(emulator, run, tmp_path):
    asset = Asset("aam://export/account")

    def build() -> None:
        exported = export(destination=f"file://{tmp_path}/account", outlets=[asset])
        plan = AAMPlanOperator(task_id="plan", source=f"{tmp_path}/account", plan_path=f"{tmp_path}/plan.json")
        Keep(task_id="receipt", value=exported.output, path=f"{tmp_path}/receipt.json") >> plan
        Keep(task_id="planned", value=plan.output, path=f"{tmp_path}/planned.json")

    assert run(build).state == "success"
    receipt = json.loads((tmp_path / "receipt.json").read_text())
    assert receipt["objects"]["traits"] == len(emulator.objects("traits"))
    assert sorted(receipt["files"]) == sorted(path.name for path in (tmp_path / "account").iterdir())
    assert json.loads((tmp_path / "planned.json").read_text())["has_changes"] is False
    (extra,) = extras_of_events(asset.uri)
    assert (extra["sha256"], extra["bytes"]) == (receipt["sha256"], receipt["bytes"])


def test_only_an_export_that_says_something_new_raises_an_event(emulator, run, tmp_path):
    asset, every = Asset("aam://export/news"), Asset("aam://export/every")

    def exported(**arguments: Any) -> list[bool]:
        given = {"destination": f"{tmp_path}/a", "kinds": ["traits", "segments"], **arguments}
        assert run(lambda: export(**given)).state == "success"
        return [extra["changed"] for each in (asset, every) for extra in extras_of_events(each.uri)]

    assert exported(outlets=[asset]) == [True]
    assert exported(outlets=[asset]) == [True]
    assert exported(outlets=[every], emit_when_unchanged=True) == [True, False]
    known = emulator.objects("segments")[0]
    emulator.add("segments", {"name": "New", **{name: known[name] for name in ("dataSourceId", "segmentRule")}})
    assert exported(outlets=[asset]) == [True, True, False]


def test_only_the_kinds_that_are_named_are_exported(run, tmp_path):
    assert run(lambda: export(destination=f"{tmp_path}/{{{{ 'a' }}}}", kinds=["segments"])).state == "success"
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["segments.yaml"]
    assert len(yaml.safe_load((tmp_path / "a/segments.yaml").read_text())["segments"]) == 200


@pytest.mark.parametrize("arguments", [{"kinds": ["cats"]}, {"kinds": []}, {"destination": "no_such_scheme://x"}])
def test_bad_input_fails_at_once_and_writes_nothing(run, tmp_path, arguments):
    (tmp_path / "account").mkdir()
    given = {"destination": f"{tmp_path}/account", **arguments}
    dag_run = run(lambda: export(**given, retries=1, retry_delay=timedelta(0)))
    assert dag_run.state == "failed"
    assert [each.try_number for each in dag_run.get_task_instances()] == [1]
    assert [*(tmp_path / "account").iterdir()] == []


def test_every_argument_is_a_template_or_deliberately_not():
    assert arguments_of(AAMExportOperator) == {*AAMExportOperator.template_fields, "emit_when_unchanged"}
