"""A client of the emulator, traits to look at, and the shortest way to check them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from airflow_provider_aam.api import AAMClient
from airflow_provider_aam.emulator import Emulator
from airflow_provider_aam.reports.check import CheckReceipt, check_populations
from airflow_provider_aam.reports.question import Question


@pytest.fixture
def client(connect: Callable[..., AAMClient]) -> AAMClient:
    return connect(max_attempts=1)


@pytest.fixture
def add_trait(emulator: Emulator) -> Callable[..., int]:
    """``add_trait("code", 1000, folderId=…)`` gives its sid; the number is its uniques of 30 days."""

    def add(code: str | None, uniques: int, **fields: Any) -> int:
        row = emulator.add("traits", {"name": f"Trait {code}", "integrationCode": code, **fields})
        emulator.set_metrics(row["sid"], {"uniques30Day": uniques})
        return int(row["sid"])

    return add


@pytest.fixture
def check(client: AAMClient) -> Callable[..., CheckReceipt]:
    """``check(minimum=5, sids=[…], baseline=path)``: everything of the question and of the job."""

    def run(*, baseline: Path | None = None, **given: Any) -> CheckReceipt:
        job = {name: given.pop(name) for name in ("update_baseline", "report") if name in given}
        question = Question.parse(**{"kind": "traits", **given}, has_baseline=baseline is not None)
        return check_populations(client, question, baseline=baseline, **job)

    return run


@pytest.fixture
def baseline(tmp_path: Path) -> Path:
    return tmp_path / "state/baseline.json"
