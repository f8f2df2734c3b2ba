"""A client of the emulator that waits for nothing, and the shortest way to pull with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from airflow_provider_aam.api import AAMClient
from airflow_provider_aam.pull.job import pull_resource
from airflow_provider_aam.pull.receipt import Receipt


@pytest.fixture
def client(connect: Callable[..., AAMClient]) -> AAMClient:
    return connect()


@pytest.fixture
def pull(client: AAMClient) -> Callable[..., Receipt]:
    """``pull(path, resource="segments", **options)``."""

    def run(destination: Any, resource: str = "segments", **options: Any) -> Receipt:
        return pull_resource(client.collection(resource), destination, **options)

    return run
