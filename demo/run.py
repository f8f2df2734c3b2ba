"""`make demo`: DAGs of dags/, run by a real Airflow against the emulator of Adobe IMS and AAM."""

from __future__ import annotations

import sys
import time
from typing import Any

from approval import run_approval
from local_airflow import REPOSITORY, Airflow, running_airflow, wait_until
from memberships import run_memberships, variables

from airflow_provider_aam.emulator import Emulator, running_emulator

WORK = REPOSITORY / ".demo"
EXPORT = WORK / "export"
PULL, PUSH, AFTER = "aam_pull_segments", "aam_push_traits", "aam_pull_traits_after_push"


def main() -> int:
    started = time.monotonic()
    with running_emulator(seed="account") as emulator:
        say(f"Adobe IMS and Audience Manager, emulated, at {emulator.url}; Airflow starts (20 to 40 s) …")
        settings = {
            "AIRFLOW_CONN_AAM_DEFAULT": emulator.connection_json("jwt"),
            "AIRFLOW_VAR_AAM_EXPORT": str(EXPORT),
            **variables(WORK),
        }
        with running_airflow(WORK, settings) as airflow:
            say(f"Airflow runs at {airflow.url}.")
            problems = [
                *run_dags(airflow, emulator),
                *run_approval(airflow, emulator),
                *run_memberships(airflow, emulator, WORK),
            ]
    say("")
    say(f"Done in {time.monotonic() - started:.0f} s." if not problems else "The demo failed:")
    for problem in problems:
        say(f"  {problem}")
    return 1 if problems else 0


def run_dags(airflow: Airflow, emulator: Emulator) -> list[str]:
    airflow.wait_for_dags({PULL, PUSH, AFTER})
    for dag in (PULL, PUSH, AFTER):
        airflow.unpause(dag)
    pull = finish(airflow, PULL, airflow.trigger(PULL), "pull_segments")
    airflow.trigger(PUSH)
    first = finish(airflow, PUSH, first_run(airflow, PUSH), "push_traits")
    after = finish(airflow, AFTER, first_run(airflow, AFTER), "pull_traits")
    exchanges = emulator.count("POST /ims/exchange/jwt")
    emulator.clear_stats()
    second = finish(airflow, PUSH, airflow.trigger(PUSH), "push_traits")
    writes = [r["route"] for r in emulator.requests if r["method"] != "GET" and r["path"].startswith("/v1/")]
    summarise(airflow, emulator, pull, first, after, second)
    say(f"  Adobe IMS exchanged a JWT for a token {exchanges} times: once for each task's process.")
    return check(emulator, pull, first, after, second, writes)


def finish(airflow: Airflow, dag: str, run: str, task: str) -> dict[str, Any]:
    """What the task of a finished run returned, with `run`; its log when it failed."""
    state = airflow.wait_for_run(dag, run)
    say(f"  {dag}: {state} ({run.partition('__')[0].replace('_', ' ')})")
    if state != "success":
        raise SystemExit("\n".join([f"{dag} failed. The task's log:", *airflow.log(dag, run, task)]))
    return {"run": run, **airflow.returned(dag, run, task)}


def first_run(airflow: Airflow, dag: str) -> str:
    """The run that came first, once all have ended: unpausing may have started a scheduled run as well."""

    def all_ended() -> bool:
        states = [run["state"] for run in airflow.runs(dag)]
        return bool(states) and all(state in ("success", "failed") for state in states)

    wait_until(all_ended, f"the runs of {dag}")
    return str(min(airflow.runs(dag), key=lambda run: run["start_date"])["dag_run_id"])


def summarise(
    airflow: Airflow,
    emulator: Emulator,
    pull: dict[str, Any],
    first: dict[str, Any],
    after: dict[str, Any],
    second: dict[str, Any],
) -> None:
    say("")
    say("The plan, as the task log shows it:")
    lines = airflow.log(PUSH, first["run"], "push_traits")
    start = next(i for i, line in enumerate(lines) if line.startswith("Plan for "))
    for line in lines[start : start + 1 + sum(first["plan"][k] for k in ("create", "update"))]:
        say(f"  {line}")
    say("")
    say("What happened:")
    say(f"  pull segments      {pull['rows']:>6,} rows  {pull['bytes']:>9,} bytes  {pull['uri']}")
    say(f"  push traits        {counts(first['outcomes'])}")
    say(f"  pull after push    {after['rows']:>6,} rows  {after['bytes']:>9,} bytes  {after['uri']}")
    say(f"  push once more     {counts(second['outcomes'])}")
    say(f"  AAM now holds {len(emulator.objects('traits'))} traits and {len(emulator.objects('segments'))} segments.")


def check(
    emulator: Emulator,
    pull: dict[str, Any],
    first: dict[str, Any],
    after: dict[str, Any],
    second: dict[str, Any],
    writes: list[str],
) -> list[str]:
    """What differs from what the README promises."""
    problems = []
    if pull["rows"] != len(emulator.objects("segments")):
        problems.append(f"{pull['rows']} segments were pulled, AAM holds {len(emulator.objects('segments'))}")
    if after["rows"] != len(emulator.objects("traits")):
        problems.append(f"{after['rows']} traits were pulled, AAM holds {len(emulator.objects('traits'))}")
    if first["plan"]["create"] != 6 or first["outcomes"]["created"] != 6:
        problems.append(f"the first push should have created 3 folders and 3 traits: {first['plan']}")
    if writes or second["outcomes"]["unchanged"] != 3:
        problems.append(f"the second push should have changed nothing: {second['outcomes']}, {writes}")
    return problems


def counts(outcomes: dict[str, int]) -> str:
    return ", ".join(f"{count} {status}" for status, count in outcomes.items() if count)


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
