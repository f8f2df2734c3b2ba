"""What every test gets: an Airflow home of its own, and the emulator with an empty account."""

from __future__ import annotations

import atexit
import os
import re
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fakes import FakeTime
from hypothesis import settings

from airflow_provider_aam.api import AAMClient, AAMConfig
from airflow_provider_aam.api.shared import forget_shared
from airflow_provider_aam.emulator import Emulator, running_emulator

# The same examples each time, so that a change fails by what it changes; with `--hypothesis-profile any` others.
# However long they take: a slow machine is no failure.
settings.register_profile("any", deadline=None)
settings.register_profile("same", deadline=None, derandomize=True)
settings.load_profile("same")

# Airflow reads these at its first import. Each process of pytest-xdist comes through here, so each has its own home.
_HOME = Path(tempfile.mkdtemp(prefix="aam-tests-"))
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)
# The contract tests may be told the id of a Connection; what it stands for is about to go.
_contract = os.environ.get("AAM_CONTRACT_CONNECTION", "")
if _contract and not _contract.lstrip().startswith("{"):
    os.environ["AAM_CONTRACT_CONNECTION"] = os.environ.get(f"AIRFLOW_CONN_{_contract.upper()}", _contract)
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
def airflow_db() -> None:
    """Airflow's database. Nothing of it is needed when the tests are over, so no commit waits for the disk."""
    from airflow.utils.db import initdb
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    event.listen(Engine, "connect", _do_not_wait_for_the_disk)
    initdb()


def _do_not_wait_for_the_disk(connection: Any, _: object) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous=OFF")


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
def _nothing_shared_with_earlier_tests() -> Iterator[None]:
    forget_shared()
    yield
    forget_shared()
    _forget_masked_secrets()


def _forget_masked_secrets() -> None:
    """Airflow 3 compiles all secrets of a process anew with each that is added: every test would be slower."""
    for name in ("airflow._shared.secrets_masker", "airflow.sdk._shared.secrets_masker"):
        if masker := sys.modules.get(name):
            masker.reset_secrets_masker()


@pytest.fixture(autouse=True)
def _asks_what_it_is_marked_with(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test with ``@pytest.mark.endpoint(…)`` must have asked for each of those: the mark cannot go stale.

    Of a parametrised test each case must have asked for one of them.
    """
    wanted = [address for mark in request.node.iter_markers("endpoint") for address in mark.args]
    emulator: Emulator | None = request.getfixturevalue("emulator") if wanted else None
    yield
    if emulator is None:
        return
    asked = [f"{each['method']} {re.sub('/{2,}', '/', each['path']).rstrip('/')}" for each in emulator.requests]
    forms = {each: re.sub(r"\\{\w+\\}", "[^/]+", re.escape(each.replace(" /", " /v1/", 1))) for each in wanted}
    missed = [address for address, form in forms.items() if not any(re.fullmatch(form, each) for each in asked)]
    enough = len(missed) < len(wanted) if hasattr(request.node, "callspec") else not missed
    assert enough, f"{', '.join(missed)} was not asked for, but {asked}"


@pytest.fixture
def fake_time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def connect(emulator: Emulator, fake_time: FakeTime) -> Iterator[Callable[..., AAMClient]]:
    """Builds clients of the emulator that wait for nothing; keyword arguments go to the Connection's extra."""
    clients: list[AAMClient] = []

    def build(**extra: Any) -> AAMClient:
        c = emulator.connection("oauth_server_to_server", **extra)
        config = AAMConfig.from_connection(login=c["login"], password=c["password"], host=c["host"], extra=c["extra"])
        clients.append(AAMClient.from_config(config, sleep=fake_time.sleep, monotonic=fake_time.monotonic))
        return clients[-1]

    yield build
    for client in clients:
        client.close()
