"""The pytest fixture `aam_emulator` for the DAG tests of this package's users."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_provider_aam.emulator.control import Emulator


@pytest.fixture(scope="session")
def aam_emulator_server() -> Iterator[Emulator]:
    """The emulator's process-wide server; tests use `aam_emulator`, which starts each of them afresh."""
    from airflow_provider_aam.emulator.server import running_emulator

    with running_emulator() as emulator:
        yield emulator


@pytest.fixture
def aam_emulator(aam_emulator_server: Emulator) -> Emulator:
    """An emulated AAM account with traits and segments in it, the same at the start of every test."""
    aam_emulator_server.reset("account")
    return aam_emulator_server
