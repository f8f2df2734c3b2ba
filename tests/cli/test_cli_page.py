"""The samples of docs/cli.md are what the commands print."""

from __future__ import annotations

import re
from pathlib import Path

from airflow_provider_aam.emulator.console_files import write_console_files

PAGE = (Path(__file__).parents[2] / "docs" / "cli.md").read_text()
ADDRESS = "http://127.0.0.1:8765"


def sample(command: str) -> list[str]:
    """The sample's parts between its …, each as one line."""
    found = re.search(rf"^\$ airflow-aam {re.escape(command)}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert found, command
    return [part for text in found.group(1).split("\n…") if (part := one_line(text))]


def one_line(text: str) -> str:
    return " ".join(text.split())


def test_sample_of_the_doctor(emulator, airflow_aam, monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_AAM_DEFAULT", emulator.connection_json("oauth_server_to_server"))
    emulator.configure(product_profile=False)
    printed = one_line(airflow_aam("doctor").stdout).replace(emulator.url, ADDRESS)
    assert [part for part in sample("doctor") if part not in printed] == []


def test_sample_of_the_connection(emulator, airflow_aam, monkeypatch, tmp_path):
    write_console_files(emulator.credentials, emulator.url, tmp_path)
    monkeypatch.chdir(tmp_path)
    command = "connection server-to-server-credentials.json"
    done = airflow_aam(*command.split())
    assert [one_line(done.stderr + done.stdout)] == sample(command)


def test_every_command_is_on_the_page():
    from airflow_provider_aam.cli import app

    names = {each.name for each in app.registered_commands}
    assert names - set(re.findall(r"^\| \[`([a-z-]+)`\]", PAGE, re.MULTILINE)) == set()
