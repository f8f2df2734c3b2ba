"""A process that syncs a table is killed at random moments: the table is always the old state or the new one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tables import dying

KILLS = 32


@pytest.mark.slow
def test_killed_sync_leaves_the_old_state_or_the_new_one(engine):
    url = engine.url.render_as_string(hide_password=False)
    command = [sys.executable, dying.__file__, url, str(KILLS), "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2])
    assert done.returncode == 0, done.stderr
    ends = json.loads(done.stdout.splitlines()[-1])
    assert (ends["old"] + ends["new"], ends["seen wrong"]) == (KILLS, 0), ends
    assert ends["old"] >= KILLS // 4
