"""`airflow-aam plan`: what would change, and an exit code that tells drift from trouble."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from airflow_provider_aam.catalog.plan.plan import Plan
from cli.catalogs import SOURCE, trait, write

COMMAND = str(Path(sys.executable).with_name("airflow-aam"))


@pytest.fixture
def path(emulator, monkeypatch, tmp_path):
    """A catalog file; the account has its data source and the first of its two traits."""
    monkeypatch.setenv("AIRFLOW_CONN_AAM_DEFAULT", emulator.connection_json("oauth_server_to_server"))
    source = emulator.add("data_sources", SOURCE)["dataSourceId"]
    held = {name: value for name, value in trait(1).items() if name not in ("dataSource", "folder")}
    emulator.add("traits", {**held, "dataSourceId": source, "folderId": 0})
    return write(tmp_path / "aam.json", {"dataSources": [SOURCE], "traits": [trait(1), trait(2)]})


def asked_to_write(emulator):
    return [each for each in emulator.requests if each["method"] != "GET" and "/ims" not in each["path"]]


def test_changes_are_shown_and_not_made(emulator, airflow_aam, path):
    done = airflow_aam("plan", path)
    assert done.exit_code == 1
    assert done.stdout.splitlines()[0].endswith("1 to create, 0 to update, 0 to delete, 2 unchanged.")
    assert [line[:14] for line in done.stdout.splitlines()[1:]] == ["+ trait web/t2"]
    assert "Plan for" not in done.stderr
    assert asked_to_write(emulator) == []


def test_account_that_is_as_the_files_say_ends_with_0(airflow_aam, tmp_path, path):
    write(path, {"dataSources": [SOURCE], "traits": [trait(1)]})
    assert airflow_aam("plan", path).exit_code == 0


def test_several_paths_are_one_catalog(airflow_aam, tmp_path, path):
    other = write(tmp_path / "more" / "traits.json", {"traits": [trait(3)]})
    document = json.loads(airflow_aam("plan", path, other.parent, "--json").stdout)
    assert document["source"] == f"{path}, {other.parent}"
    assert document["counts_by_kind"] == {"trait": {"create": 2, "update": 0, "delete": 0}}


def test_plan_for_programs_is_what_is_saved(emulator, airflow_aam, path, tmp_path):
    out = tmp_path / "new" / "plan.json"
    document = json.loads(airflow_aam("plan", path, "--out", out, "--json").stdout)
    content = out.read_bytes()
    saved = Plan.from_json(content)
    assert document["saved"] == {"path": str(out), "sha256": hashlib.sha256(content).hexdigest()}
    assert document["changes"] == json.loads(content)["changes"]
    assert document["counts"] == saved.counts()
    assert saved.account == document["account"] == {"base_url": emulator.url, "pid": 1099}


def test_wrong_file_ends_with_2_and_its_findings(emulator, airflow_aam, path, tmp_path):
    write(path, {"traits": [trait(1, ttl=-1), trait(2, folder="x")]})
    done = airflow_aam("plan", path, "--out", tmp_path / "plan.json", "--json")
    error = json.loads(done.stdout)["error"]
    assert (done.exit_code, error["kind"], len(error["findings"])) == (2, "AAMSourceError", 2)
    assert not (tmp_path / "plan.json").exists()
    assert {each["method"] for each in emulator.requests if each["path"].startswith("/v1/")} == {"GET"}


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (("--prune-scope", "kinds=traits", "--max-deletes", "0"), 4, "max_deletes is 0"),
        (("--prune-scope", "kinds=traits", "--max-changes-ratio", "0"), 4, "max_changes_ratio is 0"),
        (("--match-on", "nothing"), 2, "match_on is 'nothing'"),
        (("--no-create-folders",), 2, "/New"),
        (("--prune-scope", "kinds=traids"), 2, "'traids'; known are dataSources"),
        (("--prune-scope", "web", "--prune-scope", "folder="), 2, "2 problems"),
        (("--prune-scope", "folder=/a", "--prune-scope", "folder=/b"), 2, "folder=… is given twice"),
        (("--prune-scope", "kinds=trait-types"), 2, "cannot delete traitTypes"),
        (("--kind", "traids"), 2, "'traids'; known are dataSources"),
        (("--max-changes-ratio", "2"), 2, "max-changes-ratio"),
        (("--conn-id", "aam_typo"), 2, "There is no Connection 'aam_typo'. Create one of type 'aam'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_what_stops_a_plan_is_told_by_code_and_message(airflow_aam, airflow_db, path, options, code, said):
    write(path, {"traits": [trait(2, folder="/New")]})
    done = airflow_aam("plan", path, *options)
    assert (done.exit_code, done.stdout) == (code, "")
    assert said in done.stderr


@pytest.mark.parametrize("broken", ["{broken s3cr3t", "[1]"])
def test_extra_that_is_no_json_is_one_message(monkeypatch, path, broken):
    connection = json.dumps({"conn_type": "aam", "login": "id", "password": "s3cr3t", "extra": broken})
    monkeypatch.setenv("AIRFLOW_CONN_AAM_DEFAULT", connection)
    done = subprocess.run([COMMAND, "plan", str(path)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Connection 'aam_default' has 1 problem" in done.stderr
    assert not re.search("Traceback|s3cr3t", done.stderr)


def test_unreadable_file_does_not_hide_what_is_wrong_with_others(emulator, airflow_aam, tmp_path):
    write(tmp_path / "aam" / "a.json", {"traits": [trait(1, ttl=-1)]})
    write(tmp_path / "aam" / "b.json", {"traits": [trait(2, integrationCode=None, name=None)]})
    (tmp_path / "aam" / "c.yaml").symlink_to(tmp_path / "nowhere.yaml")
    (tmp_path / "aam" / "d.yaml").write_text("traits: [\n")
    done = airflow_aam("plan", tmp_path / "aam", "--match-on", "integrationCode", "--json")
    error = json.loads(done.stdout)["error"]
    assert (done.exit_code, error["kind"]) == (2, "AAMSourceError")
    said = [re.sub(r":\d+", "", text.removeprefix(f"{tmp_path}/aam/"))[:44] for text in error["findings"]]
    assert said == [
        "a.json: ttl: -1 is too small, 0 at least",
        "b.json: integrationCode is missing; match_on",
        "c.yaml: cannot be read: No such file or dire",
        "d.yaml: is not YAML: while parsing a flow no",
    ]
    assert emulator.requests == []


@pytest.mark.parametrize(("name", "text"), [("traits.csv", "name,ttl\n"), ("traits.jsonl", ""), ("a.yaml", "x-a: 1\n")])
def test_files_that_describe_nothing_change_nothing_and_it_is_said(airflow_aam, path, tmp_path, name, text):
    (tmp_path / name).write_text(text)
    done = airflow_aam("plan", tmp_path / name)
    assert done.exit_code == 0
    assert done.stdout.endswith(": 0 to create, 0 to update, 0 to delete, 0 unchanged.\n")
    assert f"note: {tmp_path / name} describes no objects" in done.stderr


def test_empty_table_is_refused(airflow_aam, path, tmp_path):
    (tmp_path / "traits.csv").write_text(" \n")
    done = airflow_aam("plan", tmp_path / "traits.csv")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "traits.csv:1: is empty; expected a header row with column names" in done.stderr


def test_messages_of_the_engine_fit_the_command_line(airflow_aam, path):
    for options in (
        ("--prune-scope", "kinds=trait-types"),
        ("--prune-scope", "folder=/", "--prune-scope", "kinds=models"),
    ):
        said = airflow_aam("plan", path, *options).stderr
        assert "The prune scope cannot be used: " in said
        assert "prune=True" not in said
    assert "--prune-scope data-source=web" in " ".join(airflow_aam("plan", "--help").stdout.split())


def test_pruning_is_bounded(airflow_aam, path):
    write(path, {"traits": [trait(2)]})
    done = airflow_aam("plan", path, "--prune-scope", "data-source=web", "--prune-scope", "kinds=traits", "--json")
    changes = [(each["action"], each["label"][:6]) for each in json.loads(done.stdout)["changes"]]
    assert changes == [("create", "web/t2"), ("delete", "web/t1")]


def test_refusal_of_adobe_ends_with_3(emulator, airflow_aam, path):
    emulator.configure(product_profile=False)
    done = airflow_aam("plan", path)
    assert (done.exit_code, done.stdout) == (3, "")
    assert "product profile" in done.stderr
