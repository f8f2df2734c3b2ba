"""The part of `make demo` that keeps an account in git: plan, approval over Airflow's REST API, apply, drift."""

from __future__ import annotations

import time
from typing import Any

from local_airflow import Airflow, wait_until

from airflow_provider_aam.emulator import Emulator

READING_S = 8
"""Nobody answers at once. Airflow 3.3 fails a task that is answered before its scheduler has noted that it waits."""

APPROVAL, DRIFT = "aam_plan_approve_apply", "aam_drift"


def run_approval(airflow: Airflow, emulator: Emulator) -> list[str]:
    """Approve the plan of dags/catalog, then look for drift. Returns what is not as it should be."""
    airflow.wait_for_dags({APPROVAL, DRIFT})
    airflow.unpause(APPROVAL)
    asked = _asked(airflow)
    time.sleep(READING_S)
    run = str(asked["task_instance"]["dag_run_id"])
    before = _writes(emulator)
    print(f"\n{APPROVAL} waits for a person: {asked['subject']} ({' or '.join(asked['options'])})")
    print("\n".join(f"  │ {line}" for line in str(asked["body"]).splitlines()))
    answered = airflow.answer(asked, "Approve")
    print(f"  {answered['responded_by']['name']} answered {', '.join(answered['chosen_options'])} over the REST API.")
    state = airflow.wait_for_run(APPROVAL, run)
    if state != "success":
        return [f"{APPROVAL} ended as {state}", *airflow.log(APPROVAL, run, "apply")]
    outcomes = airflow.returned(APPROVAL, run, "apply")["outcomes"]
    said = ", ".join(f"{count} {status}" for status, count in outcomes.items() if count)
    print(f"  applied: {said}", flush=True)
    problems = [] if before == 0 else [f"{before} requests changed something before the plan was approved"]
    if outcomes["created"] != airflow.returned(APPROVAL, run, "plan")["counts"]["create"]:
        problems.append(f"the approved plan should have been carried out in full: {outcomes}")
    return [*problems, *_run_drift(airflow, emulator)]


def _run_drift(airflow: Airflow, emulator: Emulator) -> list[str]:
    sibling = next(each for each in emulator.objects("traits") if each["integrationCode"] == "cart")
    kept = {name: sibling[name] for name in ("dataSourceId", "folderId", "traitType", "traitRule")}
    emulator.add("traits", {**kept, "name": "Made in a hurry", "integrationCode": "hurry"})
    print(f"\nSomeone creates a trait in the AAM UI; {DRIFT} looks:")
    airflow.unpause(DRIFT)
    wait_until(lambda: bool(airflow.runs(DRIFT)), f"the first run of {DRIFT}")
    run = str(airflow.runs(DRIFT)[0]["dag_run_id"])
    if airflow.wait_for_run(DRIFT, run) != "success":
        return [f"{DRIFT} failed", *airflow.log(DRIFT, run, "drift")]
    found = airflow.returned(DRIFT, run, "drift")
    print("\n".join(f"  {line}" for line in found["differences"]), flush=True)
    expected = {"create": 0, "update": 0, "delete": 1}
    counts = {name: found["counts"][name] for name in expected}
    return [] if counts == expected else [f"{DRIFT} should have found one difference: {found}"]


def _asked(airflow: Airflow) -> dict[str, Any]:
    found: list[dict[str, Any]] = []

    def is_asked() -> bool:
        asked = airflow.waiting_for_person(APPROVAL)
        found.extend([asked] if asked and asked["task_instance"]["state"] == "awaiting_input" else [])
        return bool(found)

    wait_until(is_asked, f"{APPROVAL} to ask")
    return found[0]


def _writes(emulator: Emulator) -> int:
    return sum(each["method"] != "GET" and each["path"].startswith("/v1/") for each in emulator.requests)
