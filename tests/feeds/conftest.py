"""A client of the emulator."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from airflow_provider_aam.api import AAMClient


@pytest.fixture
def client(connect: Callable[..., AAMClient]) -> AAMClient:
    return connect(max_attempts=1)
