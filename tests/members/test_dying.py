"""A push that dies at any moment leaves whole files only, and its retry leaves exactly one set."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

PROGRAM = Path(__file__).with_name("dying.py")
KILLS = int(os.environ.get("AAM_KILLS", "50"))


def test_killed_push_leaves_whole_files_and_its_retry_one_set(tmp_path):
    command = [sys.executable, str(PROGRAM), str(tmp_path), str(KILLS), "7"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=900)
    assert done.returncode == 0, done.stderr
    reference, *attempts = map(json.loads, done.stdout.splitlines())
    whole = reference["whole"]
    unfinished = "sets/members-1700086400.unfinished.parquet"
    assert len(attempts) == KILLS
    for attempt in attempts:
        broken = {name for name, digest in attempt["before"].items() if whole.get(name) != digest} - {unfinished}
        assert broken == set()
        assert attempt["after"] == whole
    assert sum(attempt["died"] for attempt in attempts) > KILLS / 2
    assert any(attempt["before"].keys() > reference["start"].keys() for attempt in attempts)
