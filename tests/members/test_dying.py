"""A push that dies at any moment leaves whole files only, and its retry leaves exactly one set."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from airflow_provider_aam.members.sharing.shares import plan_shares
from tests.members.dying import rows, shared_order

PROGRAM = Path(__file__).with_name("dying.py")
pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("AAM_KILLS", "50"))


def killed(tmp_path: Path, *words: str) -> tuple[dict, list[dict]]:
    """What was seen of a push that nobody kills, and of those that were killed."""
    command = [sys.executable, str(PROGRAM), str(tmp_path), str(KILLS), "7", *words]
    scratch = tmp_path / "tmp"
    scratch.mkdir()
    environment = {**os.environ, "TMPDIR": str(scratch)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=900, env=environment)
    assert done.returncode == 0, done.stderr
    assert [*scratch.iterdir()] == [], "each retry has removed what the killed one left"
    reference, *attempts = map(json.loads, done.stdout.splitlines())
    assert len(attempts) == KILLS
    assert sum(attempt["died"] for attempt in attempts) > KILLS * 0.9
    assert any(attempt["before"].keys() > reference["start"].keys() for attempt in attempts)
    return reference["whole"], attempts


def test_killed_push_leaves_whole_files_and_its_retry_one_set(tmp_path):
    whole, attempts = killed(tmp_path)
    unfinished = "sets/members-1700086400.unfinished.parquet"
    for attempt in attempts:
        broken = {name for name, digest in attempt["before"].items() if whole.get(name) != digest} - {unfinished}
        assert broken == set()
        assert attempt["after"] == whole


def test_killed_shares_leave_whole_files_and_their_retry_one_set(emulator, connect, tmp_path):
    emulator.add("data_sources", {"name": "CRM", "integrationCode": "crm"})
    source = rows(tmp_path / "rows.jsonl", [(user, 24 + user % 3) for user in range(3_000)])
    planned = plan_shares(connect(), shared_order(tmp_path / "start/shares", source), 3)
    (tmp_path / "shares.json").write_text(json.dumps(planned.as_xcom()))
    whole, attempts = killed(tmp_path, "shares")
    assert sum(name.startswith("out/") for name in whole) > 3
    for attempt in attempts:
        assert {name for name, digest in attempt["before"].items() if whole.get(name) != digest} == set()
        assert attempt["after"] == whole
