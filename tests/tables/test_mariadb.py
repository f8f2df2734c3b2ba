"""Syncs into MariaDB, which stands for MySQL as well: what is different there."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pendulum
import pytest
import sqlalchemy as sa

from airflow_provider_aam.api.resources import Type
from airflow_provider_aam.tables.sync import sync_rows
from airflow_provider_aam.tables.wanted import Given, Wanted

pytestmark = pytest.mark.slow
DAY = pendulum.datetime(2026, 1, 1)
TYPES = {
    "sid": Type.INTEGER,
    "name": Type.TEXT,
    "accuracy": Type.NUMBER,
    "on": Type.BOOLEAN,
    "createTime": Type.INSTANT,
    "_other": Type.JSON,
}


@pytest.fixture(scope="module")
def mariadb() -> Iterator[sa.engine.Engine]:
    if importlib.util.find_spec("pymysql") is None:
        pytest.skip("make test-sql has the driver of MariaDB")
    if (program := shutil.which("mariadbd", path="/usr/sbin:/usr/bin")) is None:
        pytest.skip("MariaDB is not installed: apt-get install mariadb-server-core")
    from local_airflow import free_port, wait_until

    folder = Path(tempfile.mkdtemp(prefix="aam-mariadb-"))
    port = free_port()
    command = [program, "--no-defaults", "--user=root", "--skip-grant-tables", f"--datadir={folder}", f"--port={port}"]
    command += ["--bind-address=127.0.0.1", "--skip-networking=0", f"--socket={folder}/socket"]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
    engine = sa.create_engine(f"mysql+pymysql://root@127.0.0.1:{port}/?charset=utf8mb4")
    try:
        wait_until(lambda: answers(engine), f"MariaDB; see {folder}/log", timeout_s=60)
        with engine.connect() as connection:
            connection.execute(sa.text("CREATE DATABASE aam"))
        yield sa.create_engine(engine.url.set(database="aam"))
    finally:
        engine.dispose()
        server.terminate()
        server.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def answers(engine: sa.engine.Engine) -> bool:
    try:
        engine.connect().close()
    except sa.exc.OperationalError:
        return False
    return True


def sync(engine: sa.engine.Engine, wanted: Wanted, rows: list[list[Any]], day: int) -> dict[str, int]:
    batch = [list(column) for column in zip(*rows, strict=True)]
    synced = sync_rows(engine, wanted, [batch], now=DAY + timedelta(days=day), allow_empty=False)
    return {name: count for name, count in vars(synced.counts).items() if count}


def test_rows_of_a_list(mariadb):
    wanted = Wanted.of("t", what="segments", key=["sid"], types=TYPES)
    first = [1, "a\\ü🐘", 0.5, True, 1_700_000_000_123, '{"a":1}']
    second, third = [2, "", None, False, None, None], [3, "x", 1.0, None, 5, None]
    assert sync(mariadb, wanted, [first, second, third], 1) == {"inserted": 3}
    assert sync(mariadb, wanted, [first, second, third], 2) == {}
    assert sync(mariadb, wanted, [[1, "A\\ü🐘", *first[2:]], second], 3) == {"updated": 1, "deleted": 1}
    assert sync(mariadb, wanted, [first, third], 4) == {"updated": 1, "deleted": 1, "restored": 1}
    with mariadb.connect() as connection:
        rows = connection.execute(sa.text("SELECT * FROM t ORDER BY sid")).all()
    moment, stamp = (each.naive() for each in (pendulum.from_timestamp(1_700_000_000.123), DAY.add(days=4)))
    assert tuple(rows[0]) == (1, "a\\ü🐘", 0.5, 1, moment, '{"a":1}', stamp, None)
    assert [row.aam_deleted_at for row in rows] == [None, stamp, None]


def test_memberships(mariadb):
    def wanted(given: Given) -> Wanted:
        types = {"user_id": Type.TEXT, "segment_id": Type.INTEGER}
        return Wanted.of("m", what="memberships", key=types, types=types, given=given)

    pairs = [["ann", 1], ["Ann", 1], ["ann", 2], ["ann", 1]]
    assert sync(mariadb, wanted(Given.SET), pairs, 1) == {"inserted": 3}
    assert sync(mariadb, wanted(Given.SET), [["ann", 2], ["cyd", 1]], 2) == {"inserted": 1, "deleted": 2}
    changes = [["Ann", 1, False], ["cyd", 1, True]]
    assert sync(mariadb, wanted(Given.CHANGES), changes, 3) == {"restored": 1, "deleted": 1}
