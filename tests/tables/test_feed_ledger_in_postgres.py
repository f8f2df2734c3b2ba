"""The ledger of a feed in PostgreSQL: a table that several tasks create at once, and numbers that one of them gets."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from importlib.util import find_spec
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa

from airflow_provider_aam.feeds.ledger import Claim, FeedFile
from airflow_provider_aam.hooks.ledgers import ledger_of

pytestmark = pytest.mark.slow

RACERS, ROUNDS = 4, 10
PLACE = ("feeds.aam_feed_ledger", "ledger")


@pytest.fixture(autouse=True)
def _connection(postgres, monkeypatch):
    try:
        find_spec("airflow.providers.postgres.hooks.postgres")
    except ModuleNotFoundError:
        pytest.skip("make test-sql has Airflow's provider for PostgreSQL")
    url = urlsplit(postgres)
    place = {"host": url.hostname, "port": url.port, "login": url.username, "schema": url.path[1:]}
    monkeypatch.setenv("AIRFLOW_CONN_LEDGER", json.dumps({"conn_type": "postgres", **place}))
    engine = sa.create_engine(postgres.replace("postgresql:", "postgresql+psycopg2:"))
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE SCHEMA feeds"))
    yield
    with engine.begin() as connection:
        connection.execute(sa.text("DROP SCHEMA feeds CASCADE"))
    engine.dispose()


def claim(owner: str) -> Claim:
    now = datetime.now(UTC)
    return Claim(
        owner=owner, claimed_at=now, files=(FeedFile(uri="s3://b/é.gz", bytes=7, etag=None, hour=now),), infos=()
    )


def test_of_tasks_that_race_each_number_is_one_s():
    gate = threading.Barrier(RACERS, timeout=120)

    def race(racer: int) -> list[int]:
        got = []
        for number in range(1, ROUNDS + 1):
            gate.wait()
            if ledger_of(*PLACE).append(number, claim(f"racer {racer}")):
                got.append(number)
        return got

    with ThreadPoolExecutor(RACERS) as racers:
        won = [*racers.map(race, range(RACERS))]
    assert sorted(number for numbers in won for number in numbers) == [*range(1, ROUNDS + 1)]
    owners = {number: each.owner for number, each in ledger_of(*PLACE).claims().items()}
    assert owners == {number: f"racer {racer}" for racer, numbers in enumerate(won) for number in numbers}


def test_claims_come_back_and_are_forgotten():
    ledger, first = ledger_of(*PLACE), claim("one")
    assert ledger.append(1, first)
    assert ledger.append(2, claim("two"))
    assert ledger.claims()[1] == first
    ledger.forget({1})
    assert [*ledger_of(*PLACE).claims()] == [2]
