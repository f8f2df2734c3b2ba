"""What every test gets: an Airflow home of its own, and the emulator with an empty account."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from airflow_provider_aam.api.token import forget_tokens
from airflow_provider_aam.emulator import Emulator, running_emulator

# Airflow reads these at its first import. Each process of pytest-xdist comes through here, so each has its own home.
_HOME = Path(tempfile.mkdtemp(prefix="aam-tests-"))
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)
for _name in [name for name in os.environ if name.startswith("AIRFLOW_")]:
    del os.environ[_name]
os.environ |= {
    "AIRFLOW_HOME": str(_HOME),
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__CORE__DAGS_FOLDER": str(_HOME / "dags"),
    "NO_PROXY": "127.0.0.1,localhost",
}
(_HOME / "dags").mkdir()


@pytest.fixture(scope="session")
def emulator_server() -> Iterator[Emulator]:
    with running_emulator() as emulator:
        yield emulator


@pytest.fixture
def emulator(emulator_server: Emulator) -> Emulator:
    """IMS and AAM on this machine; nothing in the account, nothing counted, nothing going wrong."""
    emulator_server.reset("empty")
    return emulator_server


@pytest.fixture(autouse=True)
def _no_tokens_of_earlier_tests() -> Iterator[None]:
    forget_tokens()
    yield
    forget_tokens()
