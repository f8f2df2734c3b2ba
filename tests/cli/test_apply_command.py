"""`airflow-aam apply`: exactly the saved plan, once, and only when somebody agrees."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cli.catalogs import SOURCE, trait, write
from cli.test_plan_command import asked_to_write

COMMAND = str(Path(sys.executable).with_name("airflow-aam"))


@pytest.fixture
def saved(emulator, airflow_aam, monkeypatch, tmp_path):
    """A saved plan that creates a data source and two traits."""
    monkeypatch.setenv("AIRFLOW_CONN_AAM_DEFAULT", emulator.connection_json("oauth_server_to_server"))
    write(tmp_path / "aam.json", {"dataSources": [SOURCE], "traits": [trait(1), trait(2)]})
    assert airflow_aam("plan", tmp_path / "aam.json", "--out", tmp_path / "plan.json").exit_code == 1
    return tmp_path / "plan.json"


def names(emulator):
    return sorted(each["name"] for each in emulator.objects("traits"))


def test_plan_is_carried_out_once(emulator, airflow_aam, saved):
    done = airflow_aam("apply", saved, "--yes")
    assert (done.exit_code, done.stdout) == (0, f"Applied {saved}: 3 created.\n")
    assert names(emulator) == ["Trait 1", "Trait 2"]
    written = len(asked_to_write(emulator))
    again = airflow_aam("apply", saved, "--yes")
    assert (again.exit_code, again.stdout) == (0, f"Applied {saved}: 3 unchanged.\n")
    assert len(asked_to_write(emulator)) == written


def test_what_the_files_say_by_now_does_not_matter(emulator, airflow_aam, saved, tmp_path):
    write(tmp_path / "aam.json", {"traits": [trait(3)]})
    assert airflow_aam("apply", saved, "--yes").exit_code == 0
    assert names(emulator) == ["Trait 1", "Trait 2"]


def test_account_that_moved_is_left_alone(emulator, airflow_aam, saved):
    source = emulator.add("data_sources", SOURCE)["dataSourceId"]
    theirs = {name: value for name, value in trait(1, name="Theirs").items() if name not in ("dataSource", "folder")}
    emulator.add("traits", {**theirs, "dataSourceId": source, "folderId": 0})
    done = airflow_aam("apply", saved, "--yes")
    assert (done.exit_code, done.stdout) == (4, "")
    assert "Trait 1" in done.stderr
    assert asked_to_write(emulator) == []


def test_only_the_approved_file_is_applied(emulator, airflow_aam, saved, tmp_path):
    approved = json.loads(airflow_aam("plan", tmp_path / "aam.json", "--out", saved, "--json").stdout)["saved"]
    content = saved.read_bytes()
    saved.write_bytes(content.replace(b"Trait 2", b"Trait 3"))
    refused = airflow_aam("apply", saved, "--yes", "--sha256", approved["sha256"])
    assert refused.exit_code == 4
    assert "is not the approved one" in refused.stderr
    assert names(emulator) == []
    saved.write_bytes(content)
    assert airflow_aam("apply", saved, "--yes", "--sha256", approved["sha256"].upper()).exit_code == 0
    assert names(emulator) == ["Trait 1", "Trait 2"]


def test_without_a_terminal_it_wants_yes(emulator, airflow_aam, saved):
    done = airflow_aam("apply", saved)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "add --yes" in done.stderr
    assert re.search(r"^Plan for AAM account \d+ \(127.0.0.1:\d+\), from .*: 3 to create,", done.stderr, re.MULTILINE)
    assert re.search(r"^\+ trait web/t1 “Trait 1”: traitType ", done.stderr, re.MULTILINE)
    assert asked_to_write(emulator) == []


def test_plan_without_changes_needs_no_yes(airflow_aam, saved, tmp_path):
    assert airflow_aam("apply", saved, "--yes").exit_code == 0
    assert airflow_aam("plan", tmp_path / "aam.json", "--out", saved).exit_code == 0
    done = airflow_aam("apply", saved)
    assert (done.exit_code, done.stdout) == (0, f"Applied {saved}: 3 unchanged.\n")


def test_file_that_is_no_plan_is_named(airflow_aam, saved, tmp_path):
    done = airflow_aam("apply", tmp_path / "aam.json", "--yes")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith(f"{tmp_path / 'aam.json'}: not a plan file")


def test_row_that_fails_ends_with_5_and_stands_in_the_outcomes(emulator, airflow_aam, saved, tmp_path):
    refusal = {"status": 400, "body": {"code": "INVALID", "message": "not today"}}
    emulator.trouble("POST /v1/traits", "status", times=None, skip=1, **refusal)
    outcomes = tmp_path / "outcomes.jsonl"
    done = airflow_aam("apply", saved, "--yes", "--outcomes", outcomes, "--max-concurrency", 1, "--json")
    assert (done.exit_code, json.loads(done.stdout)["error"]["kind"]) == (5, "AAMPushFailed")
    assert "not today" in done.stderr
    ends = [json.loads(line)["status"] for line in outcomes.read_text().splitlines()]
    assert ends == ["created", "created", "rejected"]
    tolerant = airflow_aam("apply", saved, "--yes", "--max-failed", 1, "--json")
    document = json.loads(tolerant.stdout)
    assert (tolerant.exit_code, document["outcomes"]["rejected"], document["outcome_uri"]) == (0, 1, None)


def answer(saved: Path, text: str) -> tuple[int, str]:
    """Run the command on a terminal and type ``text`` when it asks. The exit code, and what the terminal showed."""
    ours, theirs = os.openpty()
    shown = b""
    try:
        with subprocess.Popen([COMMAND, "apply", saved], stdin=theirs, stdout=theirs, stderr=theirs) as process:
            os.close(theirs)
            answered = False
            while chunk := _read(ours):
                shown += chunk
                if b"[y/N]" in shown and not answered:
                    os.write(ours, text.encode() + b"\n")
                    answered = True
        return process.returncode, shown.decode()
    finally:
        os.close(ours)


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # Linux says so when the other side has closed
        return b""


def test_on_a_terminal_it_asks_and_shows_how_far_it_is(emulator, saved):
    code, shown = answer(saved, "n")
    assert (code, names(emulator)) == (4, [])
    assert "3 to create" in shown
    code, shown = answer(saved, "y")
    assert (code, names(emulator)) == (0, ["Trait 1", "Trait 2"])
    assert "3/3" in shown
    assert "3 created" in shown


def test_on_a_terminal_a_failure_names_no_outcome_file_that_is_not_there(emulator, saved):
    emulator.trouble(
        "POST /v1/traits", "status", times=None, status=400, body={"code": "INVALID", "message": "not today"}
    )
    code, shown = answer(saved, "y")
    assert code == 5
    assert "not today" in shown
    assert "Outcome of every row" not in shown


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_an_interrupted_apply_says_what_was_done_and_is_finished_by_a_second(emulator, airflow_aam, saved, number):
    emulator.trouble("POST /v1/traits", "delay", times=None, seconds=3)
    command = [COMMAND, "apply", saved, "--yes", "--max-concurrency", "1", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        for _ in range(600):
            if emulator.count("POST /v1/traits"):
                break
            time.sleep(0.1)
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    said = f"Interrupted. Done so far: 2 created. To finish, run airflow-aam apply {saved} again"
    assert said in err
    assert "Traceback" not in err
    assert json.loads(out)["error"]["message"].startswith(said)
    assert len(names(emulator)) == 1
    emulator.clear_trouble()
    done = airflow_aam("apply", saved, "--yes")
    assert (done.exit_code, done.stdout) == (0, f"Applied {saved}: 1 created, 2 unchanged.\n")


@pytest.mark.slow
def test_interrupted_before_it_writes_nothing_was_changed(emulator, saved):
    emulator.clear_stats()
    emulator.trouble("GET /v1/*", "delay", times=None, seconds=3)
    with subprocess.Popen([COMMAND, "apply", saved, "--yes"], stderr=subprocess.PIPE, text=True) as process:
        for _ in range(600):
            if any(request["method"] == "GET" for request in emulator.requests):
                break
            time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Interrupted. No change in AAM was under way." in err
    assert asked_to_write(emulator) == []
