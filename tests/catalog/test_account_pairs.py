"""For any two accounts A and B: the plan from A to B, applied to A, gives B; and from B to B there is nothing to do."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings

from airflow_provider_aam.catalog.applying.push import push
from airflow_provider_aam.catalog.exporting.export import export_catalog
from airflow_provider_aam.catalog.plan.plan import Plan
from airflow_provider_aam.catalog.planning.planner import build_plan
from catalog.accounts import Account, complete, described, options, rows, seed
from catalog.random_accounts import pairs


def plan(client: Any, directory: Path) -> Plan:
    catalog = rows(directory)
    return build_plan(client, catalog, options(catalog), source="B", now=datetime.now(UTC))


def exported(client: Any, directory: Path) -> dict[str, str]:
    export_catalog(client, directory)
    return {file.name: file.read_text(encoding="utf-8") for file in directory.iterdir()}


def without_ids(files: dict[str, str]) -> dict[str, str]:
    return {name: re.sub(r"  # \d+$", "", text, flags=re.MULTILINE) for name, text in files.items()}


@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(pair=pairs())
def test_plan_makes_a_into_b_and_finds_nothing_to_do_in_b(
    pair: tuple[Account, Account], emulator: Any, client: Any, tmp_path_factory: Any
) -> None:
    a, b = pair
    directory = tmp_path_factory.mktemp("accounts")
    seed(emulator, b)
    wanted, files = described(emulator), exported(client, directory / "b")
    assert exported(client, directory / "again") == files
    assert plan(client, directory / "b").changes == ()

    seed(emulator, a)
    catalog = complete(rows(directory / "b"))
    push(client, catalog, options(catalog), source="B", outcome_path=directory / "outcomes.jsonl")
    assert described(emulator) == wanted
    assert without_ids(exported(client, directory / "a")) == without_ids(files)
    assert plan(client, directory / "b").changes == ()
