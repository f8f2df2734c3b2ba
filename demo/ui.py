"""`make ui`: Airflow with the emulator and the Connection in place, until Ctrl-C."""

from __future__ import annotations

import signal
import threading

from local_airflow import REPOSITORY, running_airflow

from airflow_provider_aam.emulator import running_emulator

WORK = REPOSITORY / ".ui"
PORT = 8080
EMULATOR_PORT = 8765


def main() -> None:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with running_emulator(port=EMULATOR_PORT, seed="account") as emulator:
        variables = {
            "AIRFLOW_CONN_AAM_DEFAULT": emulator.connection_json("jwt"),
            "AIRFLOW_VAR_AAM_EXPORT": str(WORK / "export"),
        }
        print("Airflow starts (20 to 40 s) …", flush=True)
        with running_airflow(WORK, variables, port=PORT) as airflow:
            print(f"Airflow:   {airflow.url}   user admin, password {airflow.password}")
            print(f"Emulator:  {emulator.url}/docs")
            print(f"Exports:   {WORK / 'export'}")
            print("The Connection aam_default signs in to the emulator with a JWT. Unpause a DAG and trigger it.")
            print("Ctrl-C stops everything.", flush=True)
            stop.wait()
            print("\nStopping …", flush=True)


if __name__ == "__main__":
    main()
