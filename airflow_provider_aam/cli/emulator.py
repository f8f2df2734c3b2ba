"""`airflow-aam emulator`: the emulator in the foreground."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path
    from types import FrameType

    from airflow_provider_aam.emulator.control import Seed


def serve(port: int, write_credentials: Path | None = None, seed: Seed = "account", *, quiet: bool = False) -> None:
    """Serve until Ctrl-C or SIGTERM; with a directory, write there what Adobe's console would have given.

    Call it in the main thread. `quiet` prints the address only.
    """
    from airflow_provider_aam.emulator.server import running_emulator

    stop = threading.Event()

    def on_signal(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        stop.set()

    before = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with running_emulator(port, seed) as emulator:
            _announce(emulator.url, seed, quiet=quiet)
            if write_credentials is not None:
                _write(emulator.url, write_credentials, quiet=quiet)
            elif not quiet:
                _print_connections(emulator.url)
            stop.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _announce(url: str, seed: str, *, quiet: bool) -> None:
    print(f"Adobe IMS and Audience Manager, emulated ({seed}): {url}", flush=True)
    if not quiet:
        print(f"API documentation: {url}/docs", flush=True)


def _write(url: str, directory: Path, *, quiet: bool) -> None:
    from airflow_provider_aam.emulator.console_files import CONNECTIONS_FILE, write_console_files
    from airflow_provider_aam.emulator.control import EmulatorControl

    paths = write_console_files(EmulatorControl(url).credentials, url, directory)
    if not quiet:
        for path in paths:
            print(f"wrote {path}", flush=True)
        _print_connections(url)
        print(f"or: . {directory / CONNECTIONS_FILE}", flush=True)


def _print_connections(url: str) -> None:
    from airflow_provider_aam.emulator.console_files import connection_line
    from airflow_provider_aam.emulator.control import EmulatorControl
    from airflow_provider_aam.emulator.credentials import AUTHS

    credentials = EmulatorControl(url).credentials
    print("Airflow Connection, one of:", flush=True)
    for auth in AUTHS:
        print(connection_line(credentials, url, auth), flush=True)
