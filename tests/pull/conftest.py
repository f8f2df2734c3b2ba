"""A client of the emulator that waits for nothing, and the shortest way to pull with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from airflow_provider_aam.api import AAMClient, AAMConfig
from airflow_provider_aam.emulator import Emulator
from airflow_provider_aam.pull.job import pull_resource
from airflow_provider_aam.pull.receipt import Receipt
from pull.support import FakeTime


@pytest.fixture
def fake_time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def connect(emulator: Emulator, fake_time: FakeTime) -> Iterator[Callable[..., AAMClient]]:
    """Builds clients; keyword arguments go to the Connection's extra."""
    clients: list[AAMClient] = []

    def build(**extra: Any) -> AAMClient:
        c = emulator.connection("oauth_server_to_server", **extra)
        config = AAMConfig.from_connection(login=c["login"], password=c["password"], host=c["host"], extra=c["extra"])
        clients.append(AAMClient.from_config(config, sleep=fake_time.sleep, monotonic=fake_time.monotonic))
        return clients[-1]

    yield build
    for client in clients:
        client.close()


@pytest.fixture
def client(connect: Callable[..., AAMClient]) -> AAMClient:
    return connect()


@pytest.fixture
def pull(client: AAMClient) -> Callable[..., Receipt]:
    """``pull(path, resource="segments", **options)``."""

    def run(destination: Any, resource: str = "segments", **options: Any) -> Receipt:
        return pull_resource(client.collection(resource), destination, **options)

    return run
