"""`airflow-aam emulator`: the emulator in the foreground."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING

from airflow_provider_aam.api.errors import AAMArgumentError, AAMConfigError, AAMDestinationError
from airflow_provider_aam.api.visible import one_line

if TYPE_CHECKING:
    from pathlib import Path
    from types import FrameType

    from airflow_provider_aam.emulator.control import EmulatorControl, Seed

_LIBRARIES = {"fastapi", "fastapi_offline", "uvicorn"}


def serve(
    port: int,
    write_credentials: Path | None = None,
    seed: Seed = "account",
    *,
    inbound: str | None = None,
    quiet: bool = False,
) -> None:
    """Serve until Ctrl-C or SIGTERM; with a directory, write there what Adobe's console would have given.

    Call it in the main thread. `inbound` is a folder or URI to take inbound files from, without AAM's hours of delay.
    `quiet` prints the address only. Raises ``AAMArgumentError`` when the port cannot be listened on or `inbound` be
    read, ``AAMConfigError`` when a library is missing, ``AAMDestinationError`` when the files cannot be written.
    """
    from airflow_provider_aam.emulator.server import PortUnavailable, running_emulator

    stop = threading.Event()

    def on_signal(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        stop.set()

    before = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with running_emulator(port, seed) as emulator:
            if inbound is not None:
                _watch(emulator, inbound)
            _announce(emulator.url, seed, quiet=quiet)
            if write_credentials is not None:
                _write(emulator.url, write_credentials, quiet=quiet)
            elif not quiet:
                _print_connections(emulator.url)
            stop.wait()
    except ImportError as absent:
        name = next((e.name for e in (absent, absent.__cause__) if isinstance(e, ImportError) and e.name), None)
        if name not in _LIBRARIES:
            raise
        problem = f"the emulator needs {name}: pip install 'airflow-provider-aam[emulator]'"
        raise AAMConfigError.from_problems("This installation", [problem]) from absent
    except PortUnavailable as refused:
        problem = (
            f"port {port} cannot be listened on ({refused.strerror}): stop what runs there, or give another --port "
            "(0 takes a free one)"
        )
        raise AAMArgumentError.from_problems("The command line", [problem]) from refused
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _watch(emulator: EmulatorControl, inbound: str) -> None:
    emulator.configure(inbound_every_s=0, inbound_report_after_s=0)
    try:
        emulator.watch(inbound)
    except ValueError as unreadable:
        problem = f"--inbound {one_line(inbound)} cannot be read: {one_line(str(unreadable))}"
        raise AAMArgumentError.from_problems("The command line", [problem]) from unreadable


def _announce(url: str, seed: str, *, quiet: bool) -> None:
    print(f"Adobe IMS and Audience Manager, emulated ({seed}): {url}", flush=True)
    if not quiet:
        print(f"API documentation: {url}/docs", flush=True)


def _write(url: str, directory: Path, *, quiet: bool) -> None:
    from airflow_provider_aam.emulator.console_files import CONNECTIONS_FILE, write_console_files
    from airflow_provider_aam.emulator.control import EmulatorControl

    credentials = EmulatorControl(url).credentials
    try:
        paths = write_console_files(credentials, url, directory)
    except OSError as refused:
        reason = refused.strerror or type(refused).__name__
        raise AAMDestinationError(
            f"The credential's files cannot be written to {directory} ({reason}): give another --write-credentials."
        ) from refused
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
