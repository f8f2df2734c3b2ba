"""The DAGs of README and docs/hook.md, run as printed: in a scheduled run, and in one without a logical date."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from test_dags import load_dag

from airflow_provider_aam.compat import AIRFLOW_V_3_0_PLUS
from airflow_provider_aam.emulator import Emulator

REPOSITORY = Path(__file__).parents[2]
LOGICAL_DATE = "logical_date" if AIRFLOW_V_3_0_PLUS else "execution_date"
SCHEDULED = {LOGICAL_DATE: datetime(2026, 11, 23, tzinfo=UTC)}
# In Airflow 2 every run has a logical date.
DATELESS = {LOGICAL_DATE: None if AIRFLOW_V_3_0_PLUS else datetime(2026, 11, 24, tzinfo=UTC)}
pytestmark = pytest.mark.parametrize(
    ("run_of", "auth"),
    [
        pytest.param(SCHEDULED, "oauth_server_to_server", id="scheduled"),
        pytest.param(DATELESS, "jwt", id="without logical date"),
    ],
)


@pytest.fixture
def account(auth: str, emulator: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Emulator:
    emulator.reset("account")
    monkeypatch.setenv("AIRFLOW_CONN_AAM_DEFAULT", emulator.connection_json(auth))
    monkeypatch.setenv("AIRFLOW_VAR_AAM_EXPORT", str(tmp_path))
    return emulator


def printed(page: str, folder: Path) -> Any:
    """The first DAG of the page, with its files in `folder`."""
    code = re.search(r"^```python\n(.*?)^```", (REPOSITORY / page).read_text(), re.MULTILINE | re.DOTALL)
    assert code is not None
    file = folder / "printed.py"
    file.write_text(code.group(1).replace("/tmp/aam", str(folder / "out")))
    return load_dag(re.findall(r'DAG\("(\w+)"', code.group(1))[0], file)


def test_the_dag_of_the_readme_pushes_once_and_pulls_all(
    account: Emulator, run_dag: Callable[..., Any], tmp_path: Path, run_of: dict[str, Any]
) -> None:
    for _ in range(2):
        assert run_dag(printed("README.md", tmp_path), **run_of).state == "success"
    assert account.count("POST /v1/traits") == account.count("POST /v1/traits/") + 1 == 1
    (pulled,) = (tmp_path / "out").glob("segments-????-??-??.csv")
    with pulled.open(newline="") as file:
        assert len(list(csv.DictReader(file))) == len(account.objects("segments")) == 200
    day = run_of[LOGICAL_DATE] or datetime.now(UTC)
    assert pulled.name == f"segments-{day:%Y-%m-%d}.csv"


def test_the_dag_of_the_hook_page_counts_segments(
    account: Emulator, run_dag: Callable[..., Any], tmp_path: Path, run_of: dict[str, Any]
) -> None:
    assert run_dag(printed("docs/hook.md", tmp_path), **run_of).state == "success"
    assert account.count("GET /v1/segments") >= 1


@pytest.mark.parametrize("name", ["aam_pull_segments", "aam_check_populations"])
def test_dags_with_dates_in_their_paths(
    account: Emulator, run_dag: Callable[..., Any], tmp_path: Path, run_of: dict[str, Any], name: str
) -> None:
    assert run_dag(load_dag(name), **run_of).state == "success"
    assert all(re.search(r"/\d{4}-\d\d-\d\d\.", str(path)) for path in tmp_path.glob("segments/*"))
