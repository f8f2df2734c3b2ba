"""The test of a user's own DAG in docs/emulator.md, run as the page says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from airflow_provider_aam.compat import AIRFLOW_V_3_0_PLUS

pytestmark = pytest.mark.slow

REPOSITORY = Path(__file__).parents[2]


@pytest.mark.skipif(not AIRFLOW_V_3_0_PLUS, reason="the example is for Airflow 3")
def test_the_example_of_a_dag_test_passes_in_a_folder_of_its_own(tmp_path: Path) -> None:
    page = (REPOSITORY / "docs/emulator.md").read_text()
    example = re.search(r"^```python\n(# tests/test_dags\.py.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert example is not None
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/test_dags.py").write_text(example.group(1))
    (tmp_path / "dags").mkdir()
    shutil.copy(REPOSITORY / "dags/aam_pull_segments.py", tmp_path / "dags")
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "PYTEST", "COV"))},
        "AIRFLOW_HOME": str(tmp_path / "home"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW_VAR_AAM_EXPORT": str(tmp_path / "export"),
    }
    command = [sys.executable, "-m", "pytest", "-q", "tests/test_dags.py"]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    assert len(list((tmp_path / "export").rglob("*.jsonl.gz"))) == 1
