"""The same tests in SQLite and, where it is installed, in PostgreSQL with both of its drivers."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from airflow_provider_aam.api import AAMClient
from airflow_provider_aam.tables.job import sync_resource
from airflow_provider_aam.tables.receipt import Receipt

sys.path.insert(0, str(Path(__file__).parents[2] / "demo"))  # local_airflow

DRIVERS = ("psycopg2", "psycopg")


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    from tests.postgres import find_program, running_postgres

    if find_program("initdb") is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    with running_postgres() as url:
        yield url


@pytest.fixture(params=["sqlite", *(pytest.param(driver, marks=pytest.mark.slow) for driver in DRIVERS)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.engine.Engine]:
    """A database without a table."""
    if request.param == "sqlite":
        made = sa.create_engine(f"sqlite:///{tmp_path}/a.db")
        yield made
        made.dispose()
        return
    if importlib.util.find_spec(request.param) is None:
        pytest.skip("make test-sql has the drivers of PostgreSQL")
    url = request.getfixturevalue("postgres")
    made = sa.create_engine(url.replace("postgresql:", f"postgresql+{request.param}:"))
    yield made
    with made.connect() as connection, connection.begin():
        connection.execute(sa.text("DROP SCHEMA public CASCADE"))
        connection.execute(sa.text("CREATE SCHEMA public"))
    made.dispose()


@pytest.fixture
def client(connect: Callable[..., AAMClient]) -> AAMClient:
    return connect()


@pytest.fixture
def sync(client: AAMClient, engine: sa.engine.Engine) -> Callable[..., Receipt]:
    """``sync(resource="segments", **options)`` into the table ``t``."""

    def run(resource: str = "segments", table: str = "t", **options: Any) -> Receipt:
        return sync_resource(client.collection(resource), engine, table, **options)

    return run
