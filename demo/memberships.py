"""The part of `make demo` about who has a trait: files in AAM's inbound folder, its verdict, a population that grew."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from local_airflow import Airflow, wait_until

from airflow_provider_aam.api import AAMClient, AAMConfig
from airflow_provider_aam.emulator import Emulator

MEMBERS = "aam_push_trait_members"
USERS = 10_000


def variables(work: Path) -> dict[str, str]:
    """Where the DAG finds rows and puts files."""
    return {"AIRFLOW_VAR_AAM_MEMBERS": f"{work}/members/*.jsonl", "AIRFLOW_VAR_AAM_INBOUND": f"{work}/inbound"}


def run_memberships(airflow: Airflow, emulator: Emulator, work: Path) -> list[str]:
    """Send rows of users and a trait, let AAM take them in. Returns what is not as it should be."""
    trait = next(each for each in emulator.objects("traits") if each["integrationCode"] == "crm-0000")
    _write_rows(work / "members")
    emulator.watch(f"file://{work}/inbound")
    emulator.configure(inbound_every_s=0, inbound_report_after_s=0)
    before = _population(emulator, trait["sid"])
    print(f"\n{MEMBERS} sends {USERS:,} users with the trait “{trait['name']}”:")
    airflow.wait_for_dags({MEMBERS})
    airflow.unpause(MEMBERS)
    wait_until(lambda: bool(airflow.runs(MEMBERS)), f"the first run of {MEMBERS}")
    run = str(airflow.runs(MEMBERS)[0]["dag_run_id"])
    wait_until(lambda: airflow.state_of(MEMBERS, run, "push_members") in ("success", "failed"), "push_members")
    emulator.advance(2)  # AAM picks up twice a day, the emulator now: the sensor would look again in half an hour only
    if airflow.wait_for_run(MEMBERS, run) != "success":
        logs = (airflow.log(MEMBERS, run, task) for task in ("push_members", "wait_for_aam"))
        return [f"{MEMBERS} failed", *(line for log in logs for line in log)]
    receipt, verdict = (airflow.returned(MEMBERS, run, task) for task in ("push_members", "wait_for_aam"))
    after = _population(emulator, trait["sid"])
    marks = sorted(mark.name for mark in (work / "inbound").rglob("*.processed"))
    _tell(receipt, marks, verdict, before, after)
    problems = [] if after == before + USERS else [f"the population should have grown by {USERS}: {before} → {after}"]
    return problems if len(marks) == 1 else [*problems, f"AAM should have marked one file as picked up: {marks}"]


def _tell(receipt: dict[str, Any], marks: list[str], verdict: dict[str, Any], before: int, after: int) -> None:
    (file,), (judged,) = receipt["files"], verdict["files"]
    print(f"  pushed       {receipt['rows']:,} rows, {receipt['users']:,} users, {receipt['rejected']} rejected")
    print(f"  uploaded     {file['uri'].rpartition('/')[2]}, {file['bytes']:,} bytes")
    print(f"  picked up    {', '.join(marks)}")
    print(f"  AAM says     {judged['state']}: {judged['stored']:,} of {judged['received']:,} records stored")
    print(f"  population   {before:,} → {after:,}", flush=True)


def _write_rows(folder: Path) -> None:
    folder.mkdir()
    rows = ({"user": f"customer-{number:05}", "trait": "crm-0000"} for number in range(USERS))
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


def _population(emulator: Emulator, sid: int) -> int:
    given = emulator.connection("oauth_server_to_server")
    config = AAMConfig.from_connection(**{name: given[name] for name in ("login", "password", "host", "extra")})
    with AAMClient.from_config(config) as client:
        return int(client.traits.get(sid, includeMetrics=True)["uniques7Day"])
