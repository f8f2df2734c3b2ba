"""A client of the emulator that waits for nothing, an account with one data source, and the shortest way to push."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from airflow_provider_aam.api import AAMClient
from airflow_provider_aam.catalog.applying.push import push as push_rows
from airflow_provider_aam.catalog.applying.receipt import PushReceipt
from airflow_provider_aam.catalog.kinds import KINDS, TRAITS
from airflow_provider_aam.catalog.plan.plan import Plan
from airflow_provider_aam.catalog.planning.options import PlanOptions
from airflow_provider_aam.catalog.planning.planner import build_plan
from airflow_provider_aam.emulator import Emulator
from catalog.support import rows_of


@pytest.fixture
def web(emulator: Emulator) -> int:
    """The id of the data source that rows name by default."""
    return emulator.add("data_sources", {"name": "Web site", "integrationCode": "web"})["dataSourceId"]


@pytest.fixture
def client(connect: Callable[..., AAMClient]) -> AAMClient:
    return connect()


@pytest.fixture
def push(client: AAMClient, web: int) -> Callable[..., PushReceipt]:
    """``push(rows, plan_path=…, …)``; what PlanOptions knows goes there."""

    def run(items: Any, *, with_client: AAMClient = client, **options: Any) -> PushReceipt:
        planned = {name: options.pop(name) for name in [*options] if name in PlanOptions.__dataclass_fields__}
        options.setdefault("source", "traits.yaml")
        planned.setdefault("match_on", "integrationCode")
        return push_rows(with_client, {TRAITS: rows_of(items)}, PlanOptions(**planned), **options)

    return run


@pytest.fixture
def push_all(client: AAMClient) -> Callable[..., PushReceipt]:
    """``push_all({"segments": rows, …}, prune_scope=…)``: a catalog of several kinds, matched naturally."""

    def run(catalog: Mapping[str, Any], *, with_client: AAMClient = client, **options: Any) -> PushReceipt:
        planned = {name: options.pop(name) for name in [*options] if name in PlanOptions.__dataclass_fields__}
        options.setdefault("source", "account.yaml")
        rows = {KINDS[key]: rows_of(items) for key, items in catalog.items()}
        return push_rows(with_client, rows, PlanOptions(**planned), **options)

    return run


@pytest.fixture
def plan_all(client: AAMClient) -> Callable[..., Plan]:
    """The plan of ``push_all``."""

    def build(catalog: Mapping[str, Any], *, with_client: AAMClient = client, **options: Any) -> Plan:
        rows = {KINDS[key]: rows_of(items) for key, items in catalog.items()}
        now = datetime(2026, 1, 2, tzinfo=UTC)
        return build_plan(with_client, rows, PlanOptions(**options), source="account.yaml", now=now)

    return build
