"""The delete operator as a task."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from events import extras_of_events
from keep import Keep
from operator_checks import arguments_of, failure_of

from airflow_provider_aam.compat import Asset
from airflow_provider_aam.operators.delete import AAMDeleteOperator

NOT_TEMPLATED = {"unmap", "max_deletes", "max_failed", "dry_run", "max_concurrency"}
RETRIES = {"retries": 1, "retry_delay": timedelta(0)}


@pytest.fixture(autouse=True)
def sids(emulator, monkeypatch) -> list[int]:
    """The ids of three traits, a, b and c."""
    monkeypatch.setenv("AIRFLOW_CONN_AAM_DEFAULT", emulator.connection_json("oauth_server_to_server", max_attempts=1))
    source = emulator.add("data_sources", {"name": "Web", "integrationCode": "web"})["dataSourceId"]
    common = {"traitType": "ON_BOARDED_TRAIT", "folderId": 0, "dataSourceId": source}
    rows = [{"name": code.upper(), "integrationCode": code, **common} for code in "abc"]
    return [int(each["sid"]) for each in emulator.add("traits", rows)]


def delete(**arguments: Any) -> AAMDeleteOperator:
    return AAMDeleteOperator(task_id="delete", **{"kind": "traits", **arguments})


def codes(emulator: Any) -> str:
    return "".join(sorted(trait["integrationCode"] for trait in emulator.objects("traits")))


def test_ids_are_deleted_and_what_is_gone_is_counted(emulator, run, sids, tmp_path):
    asset = Asset("aam://delete/traits")

    def build() -> None:
        task = delete(ids=[sids[0], str(sids[1]), 77], outcome_path=f"{tmp_path}/ends.jsonl", outlets=[asset])
        Keep(task_id="keep", value=task.output, path=f"{tmp_path}/receipt.json")

    assert run(build).state == "success"
    assert codes(emulator) == "c"
    receipt = json.loads((tmp_path / "receipt.json").read_text())
    assert (receipt["outcomes"]["deleted"], receipt["gone"]) == (2, 1)
    ends = [json.loads(line) for line in (tmp_path / "ends.jsonl").read_text().splitlines()]
    assert sorted(end["id"] for end in ends) == sids[:2]
    assert [extra["deleted"] for extra in extras_of_events(asset.uri)] == [2]


def test_a_second_run_deletes_nothing(emulator, run, sids):
    for _ in range(2):
        assert run(lambda: delete(ids=sids[:1])).state == "success"
    assert emulator.count("DELETE /v1/traits/{sid}") == 1


def test_codes_of_a_data_source_are_templates(emulator, run):
    assert run(lambda: delete(codes=["{{ 'a' }}", "b"], data_source="{{ 'web' }}")).state == "success"
    assert codes(emulator) == "c"


@pytest.mark.parametrize("suffix", ["csv", "yaml"])
def test_ids_of_a_file_are_deleted(emulator, run, sids, tmp_path, suffix):
    text = f"sid,name\n{sids[0]},A\n" if suffix == "csv" else f"traits:\n- sid: {sids[0]}\n"
    (tmp_path / f"gone.{suffix}").write_text(text)
    assert run(lambda: delete(source=f"{tmp_path}/gone.{suffix}")).state == "success"
    assert codes(emulator) == "bc"


def test_ids_may_come_from_another_task(emulator, run, sids):
    from airflow.providers.common.compat.sdk import task

    def build() -> None:
        @task
        def stale() -> list[int]:
            return sids[1:]

        delete(ids=stale())

    assert run(build).state == "success"
    assert codes(emulator) == "a"


def test_dry_run_deletes_nothing(emulator, run, sids):
    assert run(lambda: delete(ids=sids, dry_run=True)).state == "success"
    assert codes(emulator) == "abc"


def test_more_than_max_deletes_are_refused(emulator, sids):
    assert "it would delete 3 objects, but max_deletes is 2" in failure_of(delete(ids=sids, max_deletes=2))
    assert codes(emulator) == "abc"


def test_what_is_used_is_refused_whole(emulator, sids):
    rule = {"segmentRule": f"{sids[0]}T", "folderId": 0, "name": "Needs a"}
    emulator.add("segments", rule)
    assert "“Needs a”" in failure_of(delete(ids=sids))
    assert codes(emulator) == "abc"


def test_refused_deletes_fail_the_task_after_the_others(emulator, run, sids):
    emulator.trouble("DELETE /v1/traits/{sid}", "status", status=403)
    dag_run = run(lambda: delete(ids=sids, **RETRIES))
    assert (dag_run.state, len(codes(emulator))) == ("failed", 1)


def test_unmap_deletes_the_mappings_of_segments_first(emulator, run):
    (segment,) = emulator.add("segments", [{"name": "S", "folderId": 0, "segmentRule": "1T"}])
    place = emulator.add("destinations", {"name": "D", "destinationType": "S2S"})["destinationId"]
    mapping = {"destinationId": place, "sid": segment["sid"], "startDate": "2026-01-01", "traitAlias": "x"}
    emulator.add("mappings", mapping)
    assert "mapping D" in failure_of(delete(kind="segments", ids=[segment["sid"]]))
    assert len(emulator.objects("mappings")) == 1
    assert run(lambda: delete(kind="segments", ids=[segment["sid"]], unmap=True)).state == "success"
    assert (emulator.objects("segments"), emulator.objects("mappings")) == ([], [])


BAD = {
    "kind": ({"kind": "cats", "ids": [1]}, "kind is 'cats'"),
    "trait types": ({"kind": "traitTypes", "ids": [1]}, "kind is 'traitTypes'"),
    "nothing named": ({}, "exactly one of ids, codes and source is needed; given: none"),
    "named twice": ({"ids": [1], "codes": ["a"]}, "given: ids, codes"),
    "ids as text": ({"ids": "1,2"}, "ids is '1,2'; expected a list"),
    "codes of mappings": ({"kind": "mappings", "codes": ["a"]}, "mappings have no codes"),
    "data source of ids": ({"ids": [1], "data_source": "web"}, "data_source goes with codes"),
    "unmap traits": ({"ids": [1], "unmap": True}, "unmap is for segments, destinations"),
    "max_deletes": ({"ids": [1], "max_deletes": -1}, "max_deletes is -1"),
    "no id": ({"ids": ["x"]}, "'x' is not a sid"),
}


@pytest.mark.parametrize(("arguments", "said"), BAD.values(), ids=BAD)
def test_bad_input_is_refused_before_anything_is_asked(emulator, arguments, said):
    assert said in failure_of(delete(**arguments))
    assert emulator.requests == []


def test_every_bad_argument_is_named_at_once():
    said = failure_of(delete(kind="cats", max_deletes=-1, max_failed=-1, max_concurrency=0))
    assert all(name in said for name in ("kind", "max_deletes", "max_failed", "max_concurrency", "exactly one"))


def test_every_argument_is_a_template_or_deliberately_not():
    assert arguments_of(AAMDeleteOperator) == {*AAMDeleteOperator.template_fields, *NOT_TEMPLATED}
