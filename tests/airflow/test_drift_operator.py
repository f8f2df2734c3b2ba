"""The drift operator: what differs, what is said about it, and that nothing is written."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from events import extras_of_events
from keep import Keep
from operator_checks import arguments_of, failure_of

from airflow_provider_aam.compat import Asset
from airflow_provider_aam.operators.drift import AAMDriftOperator

ROW = {
    "name": "One",
    "integrationCode": "one",
    "traitType": "ON_BOARDED_TRAIT",
    "dataSource": "web",
    "folder": "/",
    "ttl": 30,
}
SOURCE = {"traits": [ROW]}
WITHIN = {"prune": True, "prune_scope": {"dataSource": "web"}}


@pytest.fixture(autouse=True)
def web(emulator, monkeypatch) -> int:
    monkeypatch.setenv("AIRFLOW_CONN_AAM_DEFAULT", emulator.connection_json("oauth_server_to_server", max_attempts=1))
    return int(emulator.add("data_sources", {"name": "Web", "integrationCode": "web"})["dataSourceId"])


def add(emulator: Any, source: int, **more: Any) -> None:
    known = {name: value for name, value in ROW.items() if name not in ("dataSource", "folder")}
    emulator.add("traits", {**known, "dataSourceId": source, "folderId": 0, **more})


def drift(**arguments: Any) -> AAMDriftOperator:
    return AAMDriftOperator(task_id="drift", **{"source": SOURCE, **arguments})


def test_fail_lists_the_differences(emulator, web):
    add(emulator, web, ttl=90)
    add(emulator, web, name="Other", integrationCode="other")
    said = failure_of(drift(source={"traits": [ROW, {**ROW, "name": "Two", "integrationCode": "two"}]}, **WITHIN))
    assert "differs from source rows: 1 missing, 1 changed, 1 extra. A push" in said
    assert "~ trait web/one “One”: ttl: 90 → 30" in said
    assert "- trait web/other “Other”" in said
    assert "+ trait web/two “Two”" in said
    assert [each["method"] for each in emulator.requests if each["path"].startswith("/v1/")] == ["GET"] * (
        sum(each["path"].startswith("/v1/") for each in emulator.requests)
    )


def test_what_is_used_elsewhere_is_drift_as_well(emulator, web):
    add(emulator, web)
    add(emulator, web, name="Other", integrationCode="other")
    (other,) = (each["sid"] for each in emulator.objects("traits") if each["name"] == "Other")
    segment = {"name": "By hand", "dataSourceId": web, "folderId": 0, "segmentRule": f"{other}T"}
    emulator.add("segments", segment)
    assert "- trait web/other “Other”" in failure_of(drift(**WITHIN))


@pytest.mark.parametrize("on_drift", ["fail", "warn"])
def test_without_drift_the_task_succeeds(emulator, run, web, on_drift, tmp_path):
    add(emulator, web)

    def build() -> None:
        Keep(task_id="keep", value=drift(on_drift=on_drift).output, path=str(tmp_path / "found.json"))

    assert run(build).state == "success"
    found = json.loads((tmp_path / "found.json").read_text())
    assert (found["drift"], found["differences"], found["counts_by_kind"]) == (False, [], {})


def test_fail_fails_the_task_at_once(run):
    assert run(lambda: drift(retries=1)).state == "failed"


def test_warn_is_one_warning(emulator, web, caplog, capfd):
    add(emulator, web, ttl=90)
    drift(on_drift="warn").execute({})
    said = caplog.text + "".join(capfd.readouterr())  # Airflow 2.11 by the one, 3.3 by the other
    assert "A push would change:\n  ~ trait web/one “One”: ttl: 90 → 30" in said


def test_warn_returns_the_differences(emulator, run, tmp_path, web):
    for number in range(30):
        add(emulator, web, name=f"More {number}", integrationCode=f"more{number}")
    add(emulator, web, ttl=90)

    def build() -> None:
        task = drift(on_drift="warn", plan_path=str(tmp_path / "plan.json"), **WITHIN)
        Keep(task_id="keep", value=task.output, path=str(tmp_path / "found.json"))

    assert run(build).state == "success"
    found = json.loads((tmp_path / "found.json").read_text())
    assert found["drift"] is True
    assert found["counts_by_kind"] == {"trait": {"create": 0, "update": 1, "delete": 30}}
    assert len(found["differences"]) == 20
    assert found["plan_uri"] == f"file://{tmp_path}/plan.json"
    assert len(json.loads((tmp_path / "plan.json").read_text())["changes"]) == 31


def test_event_tells_of_drift_and_of_nothing_else(emulator, run, web, tmp_path):
    asset = Asset("aam://drift/web")
    assert run(lambda: drift(on_drift="warn", outlets=[asset], plan_path=f"{tmp_path}/plan.json")).state == "success"
    (extra,) = extras_of_events(asset.uri)
    assert (extra["drift"], extra["create"], extra["uri"]) == (True, 1, f"file://{tmp_path}/plan.json")
    assert extra["sha256"] == hashlib.sha256((tmp_path / "plan.json").read_bytes()).hexdigest()
    add(emulator, web)
    assert run(lambda: drift(on_drift="warn", outlets=[asset], plan_path=f"{tmp_path}/plan.json")).state == "success"
    assert len(extras_of_events(asset.uri)) == 1


@pytest.mark.parametrize("on_drift", ["fail", "warn"])
def test_event_without_drift_is_for_those_who_ask(emulator, run, web, on_drift):
    add(emulator, web)
    asset = Asset(f"aam://drift/checked/{on_drift}")
    assert run(lambda: drift(on_drift=on_drift, outlets=[asset], emit_when_unchanged=True)).state == "success"
    assert [extra["drift"] for extra in extras_of_events(asset.uri)] == [False]


def test_arguments_that_cannot_be_are_named_in_one_error():
    said = failure_of(drift(on_drift="cry", kind="cats", match_on="code", prune_scope={"folder": "/"}))
    assert all(f"{name} is " in said for name in ("on_drift", "kind", "match_on", "prune_scope"))


def test_every_argument_is_a_template_or_deliberately_not():
    assert arguments_of(AAMDriftOperator) == {*AAMDriftOperator.template_fields, "prune", "emit_when_unchanged"}
