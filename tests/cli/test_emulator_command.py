"""`airflow-aam emulator`, run as a user runs it."""

from __future__ import annotations

import json
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

from airflow_provider_aam.api import AAMClient, AAMConfig
from airflow_provider_aam.emulator import EmulatorControl

COMMAND = str(Path(sys.executable).with_name("airflow-aam"))


def test_an_unknown_seed_is_refused_with_the_known_ones() -> None:
    done = subprocess.run([COMMAND, "emulator", "--seed", "full"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "account" in done.stderr


def test_a_busy_port_is_one_message_that_names_it(emulator) -> None:
    port = emulator.url.rpartition(":")[2]
    done = subprocess.run([COMMAND, "emulator", "--port", port], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"port {port} cannot be listened on (Address already in use)" in done.stderr
    assert "--port" in done.stderr
    assert "Traceback" not in done.stderr


def test_credentials_that_cannot_be_written_are_one_message(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    command = [COMMAND, "emulator", "--port", "0", "--write-credentials", str(tmp_path / "file")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert f"cannot be written to {tmp_path / 'file'} (File exists)" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_the_extra_it_says_what_to_install() -> None:
    code = "import sys; sys.modules['fastapi'] = None; from airflow_provider_aam.cli import app; app(['emulator'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "the emulator needs fastapi: pip install 'airflow-provider-aam[emulator]'" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_emulator_writes_connections_that_work_and_stops_when_told(tmp_path: Path) -> None:
    command = [COMMAND, "emulator", "--port", "0", "--write-credentials", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        printed = []
        for line in process.stdout:
            printed.append(line)
            if line.startswith("or: "):
                break
        try:
            exports = re.findall(r"^(?:# )?export AIRFLOW_CONN_AAM_DEFAULT=.*$", _env_file(tmp_path), re.MULTILINE)
            assert len(exports) == 3
            assert [_partner_id(line) for line in exports] == [1099, 1099, 1099]
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
    assert {"jwt-credentials.json", "private.key", "server-to-server-credentials.json"} <= {
        path.name for path in tmp_path.iterdir()
    }


def test_inbound_files_are_taken_at_once(tmp_path: Path) -> None:
    command = [COMMAND, "emulator", "--port", "0", "--inbound", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        control = EmulatorControl(process.stdout.readline().split()[-1])
        try:
            source = next(row for row in control.objects("data_sources") if row["integrationCode"] == "crm")
            file = tmp_path / f"ftp_dpm_{source['dataSourceId']}_1767312000.sync"
            file.write_text("u1\tic=crm-0000\n")
            until = time.monotonic() + 60
            while not any(row["dataFileName"] == file.name for row in control.objects("inbound_history")):
                assert time.monotonic() < until
                time.sleep(0.1)
        finally:
            process.send_signal(signal.SIGTERM)
    assert sorted(path.name for path in tmp_path.iterdir()) == [file.name, f"{file.name}.processed"]


def test_inbound_folder_that_cannot_be_is_one_message() -> None:
    command = [COMMAND, "emulator", "--port", "0", "--inbound", "nowhere://bucket"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--inbound nowhere://bucket cannot be read: ValueError: Protocol not known: nowhere" in done.stderr
    assert "Traceback" not in done.stderr


def _env_file(directory: Path) -> str:
    return (directory / "airflow-connections.env").read_text()


def _partner_id(line: str) -> int:
    """Sign in with the Connection of an export line and ask AAM who we are."""
    value = shlex.split(line.removeprefix("# "))[1].partition("=")[2]
    given = json.loads(value)
    config = AAMConfig.from_connection(
        login=given["login"], password=given["password"], host=given["host"], extra=given["extra"]
    )
    with AAMClient.from_config(config) as client:
        return int(client.users.self()["pid"])
