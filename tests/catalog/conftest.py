"""A client of the emulator that waits for nothing, an account with one data source, and the shortest way to push."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from airflow_provider_aam.api import AAMClient
from airflow_provider_aam.catalog.kinds import TRAITS
from airflow_provider_aam.catalog.planner import PlanOptions
from airflow_provider_aam.catalog.push import PushReceipt
from airflow_provider_aam.catalog.push import push as push_rows
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
