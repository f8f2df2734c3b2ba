"""`make ui`: Airflow with the emulator and the Connection in place, until Ctrl-C."""

from __future__ import annotations

import json
import signal
import threading

from local_airflow import REPOSITORY, Airflow, free_port, running_airflow

from airflow_provider_aam.emulator import Emulator, running_emulator

WORK = REPOSITORY / ".ui"
PORT = 8080
EMULATOR_PORT = 8765
RUNNING = ("aam_pull_segments", "aam_plan_approve_apply", "aam_refresh_page")


def main() -> None:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with running_emulator(port=free_port(EMULATOR_PORT), seed="account") as emulator:
        variables = {"AIRFLOW_VAR_AAM_EXPORT": str(WORK / "export")}
        port = free_port(PORT)
        if port != PORT:
            print(f"Port {PORT} is in use; Airflow takes {port}.")
        print("Airflow starts (20 to 40 s) …", flush=True)
        with running_airflow(WORK, variables, port=port) as airflow:
            _prepare(airflow, emulator)
            print(f"Airflow:   {airflow.url}   user admin, password {airflow.password}")
            print(f"Emulator:  {emulator.url}")
            known = emulator.credentials
            print(f"By hand:   client id {known.client_id}, client secret {known.client_secret}")
            print(f"Exports:   {WORK / 'export'}")
            print("Three DAGs run. Click this first:")
            print("  1. Browse > Required Actions: read the plan of aam_plan_approve_apply and approve it.")
            print("  2. Dags > aam_pull_segments > its run > pull_segments > Logs: see what was pulled.")
            print("  3. Admin > Connections > aam_default: edit it, or press Test (it authenticates with a JWT).")
            print("  4. Browse > Audience Manager: the account, its segments and traits, and what the tasks did.")
            print("Ctrl-C stops everything.", flush=True)
            stop.wait()
            print("\nStopping …", flush=True)


def _prepare(airflow: Airflow, emulator: Emulator) -> None:
    """Store the Connection where the Airflow UI can edit it, and start the DAGs."""
    connection = json.loads(emulator.connection_json("jwt"))
    body = {"connection_id": "aam_default", **connection, "extra": json.dumps(connection["extra"])}
    airflow.request("POST", "connections", json=body)
    airflow.wait_for_dags(set(RUNNING))
    for dag in RUNNING:
        airflow.unpause(dag)  # its schedule starts a run at once


if __name__ == "__main__":
    main()
