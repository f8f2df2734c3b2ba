"""Mapped tasks on the workers of a CeleryExecutor make the set of memberships that one task makes."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from local_airflow import REPOSITORY, Airflow

from tests.members.reading import read_back

pytest.importorskip("celery", reason="make test-celery has Airflow's provider for Celery")

ONE_TASK, MAPPED = "aam_push_trait_members", "aam_push_trait_members_mapped"
SENSOR = "deferrable=True"
USERS, TRAITS, ROWS = 2_000, 20, 20_000


def test_mapped_tasks_give_the_users_and_traits_of_one_task(emulator, tmp_path):
    from tests.celery_executor.cluster import running_cluster

    expected = fill(emulator, tmp_path / "rows.jsonl")
    emulator.configure(inbound_every_s=0, inbound_report_after_s=0)
    dags, inbound = tmp_path / "dags", tmp_path / "inbound"
    dags.mkdir()
    emulator.watch(f"file://{inbound}")
    for dag in (ONE_TASK, MAPPED):
        text = (REPOSITORY / "dags" / f"{dag}.py").read_text()
        assert SENSOR in text
        (dags / f"{dag}.py").write_text(text.replace(SENSOR, f"{SENSOR}, poke_interval=2"))  # half an hour as it is
    variables = {
        "AIRFLOW_CONN_AAM_DEFAULT": emulator.connection_json("oauth_server_to_server"),
        "AIRFLOW_VAR_AAM_MEMBERS": str(tmp_path / "*.jsonl"),
        "AIRFLOW_VAR_AAM_INBOUND": str(inbound),
        "AIRFLOW_VAR_AAM_SHARES": str(tmp_path / "shares"),
    }
    with running_cluster(dags, variables) as airflow:
        airflow.wait_for_dags({ONE_TASK, MAPPED})
        receipts = {}
        for dag, task in ((ONE_TASK, "push_members"), (MAPPED, "join")):
            receipts[dag] = finish(airflow, dag, task)
            for marker in inbound.rglob("*.processed"):
                marker.unlink()
            (inbound / "date=2026-01-02").rename(tmp_path / dag)
    found = {dag: sorted(read_back(tmp_path / dag)) for dag in (ONE_TASK, MAPPED)}
    assert found[MAPPED] == found[ONE_TASK] == sorted(expected)
    assert [len(receipts[dag]["files"]) for dag in (ONE_TASK, MAPPED)] == [1, 4]
    for count in ("batch", "users", "rows", "items", "duplicates", "rejected"):
        assert receipts[MAPPED][count] == receipts[ONE_TASK][count], count
    assert receipts[MAPPED]["rows"] == ROWS


def fill(emulator, source: Path) -> set[tuple[str, str]]:
    """Rows in random order, some of them twice; returns what AAM should get of them."""
    owner = emulator.add("data_sources", {"name": "CRM", "integrationCode": "crm"})["dataSourceId"]
    traits = [
        {"name": f"t{n}", "integrationCode": f"t{n}", "traitType": "ON_BOARDED_TRAIT", "dataSourceId": owner}
        for n in range(TRAITS)
    ]
    sids = {trait["integrationCode"]: trait["sid"] for trait in emulator.add("traits", traits)}
    chance = random.Random(10)
    rows = [(f"user-{chance.randrange(USERS)}", f"t{chance.randrange(TRAITS)}") for _ in range(ROWS)]
    source.write_text("".join(json.dumps({"user": user, "trait": trait}) + "\n" for user, trait in rows))
    return {(user, f"d_sid={sids[trait]}") for user, trait in rows}


def finish(airflow: Airflow, dag: str, task: str) -> dict:
    """The receipt of a run of the second of January."""
    body = {"logical_date": "2026-01-02T00:00:00Z"}
    run = airflow.request("POST", f"dags/{dag}/dagRuns", json=body)["dag_run_id"]
    assert airflow.wait_for_run(dag, run) == "success", airflow.request(
        "GET", f"dags/{dag}/dagRuns/{run}/taskInstances"
    )
    return airflow.returned(dag, run, task)
