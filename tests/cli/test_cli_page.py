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
    assert [part for part in sample("doctor") if part not in printed] == [], printed


def test_sample_of_the_connection(emulator, airflow_aam, monkeypatch, tmp_path):
    write_console_files(emulator.credentials, emulator.url, tmp_path)
    monkeypatch.chdir(tmp_path)
    command = "connection server-to-server-credentials.json"
    done = airflow_aam(*command.split())
    assert [one_line(done.stderr + done.stdout)] == sample(command)


def steady(printed: str, url: str) -> str:
    """As on the page: its address, its time, its hash."""
    printed = re.sub(r"[0-9a-f]{64}", "b6590ad5…", printed.replace(url.partition("//")[2], ADDRESS.partition("//")[2]))
    return one_line(re.sub(r" made 20\S+", " made 2026-11-23T09:00:00+00:00", printed))


def test_samples_of_plan_apply_export_and_impact(emulator, airflow_aam, monkeypatch, tmp_path):
    monkeypatch.setenv("AIRFLOW_CONN_AAM_DEFAULT", emulator.connection_json("oauth_server_to_server"))
    monkeypatch.chdir(tmp_path)
    catalog = re.search(r"^```yaml\n(dataSources:\n.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert catalog
    (tmp_path / "aam").mkdir()
    (tmp_path / "aam" / "catalog.yaml").write_text(catalog.group(1))
    commands = {
        "plan aam --out plan.json": 1,
        "apply plan.json --yes": 0,
        "export out": 0,
        "impact pricing-visit": 1,
        "impact pricing-visit --catalog aam": 1,
    }
    for command, code in commands.items():
        done = airflow_aam(*command.split())
        assert (done.exit_code, [steady(done.stderr + done.stdout, emulator.url)]) == (code, sample(command))
    assert airflow_aam("plan", "out").exit_code == 0


def test_sample_of_validate(airflow_aam, monkeypatch, tmp_path):
    lines = [
        "traits:",
        "  - name: Compared plans",
        "    traitType: RULE_BASED",
        "    dataSource: web",
        "    folder: Web",
        '    traitRule: c_page == "plans"',
        "    ttl: a month",
    ]
    (tmp_path / "aam").mkdir()
    (tmp_path / "aam" / "traits.yaml").write_text("\n".join(lines))
    monkeypatch.chdir(tmp_path)
    done = airflow_aam("validate", "aam/traits.yaml")
    assert (done.exit_code, [one_line(done.stdout)]) == (1, sample("validate aam/traits.yaml"))


def test_every_command_is_on_the_page():
    from airflow_provider_aam.cli import app

    names = {each.name for each in app.registered_commands}
    for group in app.registered_groups:
        names |= {f"{group.name} {each.name}" for each in group.typer_instance.registered_commands}
    assert names - set(re.findall(r"^\| \[`([a-z -]+)`\]", PAGE, re.MULTILINE)) == set()
