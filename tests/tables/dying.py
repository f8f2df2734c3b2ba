"""Syncs that are killed: a process that has everything loaded forks, and each child dies at a random moment.

Run as a program: ``dying.py URL KILLS SEED`` prints a line of JSON, how many killed syncs left the table as it was
before, as it should be afterwards, and otherwise. Some find no table, some one without half of its columns.
"""

from __future__ import annotations

import json
import math
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from airflow_provider_aam.api.resources import Type
from airflow_provider_aam.tables.sync import sync_rows
from airflow_provider_aam.tables.wanted import DELETED, UPDATED, Wanted

START = datetime(2026, 1, 1, tzinfo=UTC)
ROWS = 2500
TYPES = {"sid": Type.INTEGER, "name": Type.TEXT, "ttl": Type.INTEGER, "status": Type.TEXT, "rule": Type.TEXT}
AT_ONCE = 200
Row = dict[str, Any]
Table = dict[int, Row]


def list_of(number: int) -> Table:
    """AAM at some time: each has rows that others have not, and a third of the others differ."""
    chance = random.Random(number)
    kept = sorted(chance.sample(range(ROWS), ROWS * 3 // 4))
    changed = number * 1000 + 1
    return {
        sid: {"sid": sid, "name": f"name {sid}", "ttl": changed if sid % 3 == 0 else 1, "status": "ACTIVE", "rule": "r"}
        for sid in kept
    }


def sync(url: str, number: int, *, fields: int) -> None:
    columns = dict([*TYPES.items()][:fields])
    rows = [*list_of(number).values()]

    def batches() -> Iterator[list[list[Any]]]:
        for start in range(0, len(rows), AT_ONCE):
            yield [[row[name] for row in rows[start : start + AT_ONCE]] for name in columns]

    engine = sa.create_engine(url)
    wanted = Wanted.of("t", what="segments", key=["sid"], types=columns)
    sync_rows(engine, wanted, batches(), now=START + timedelta(days=number), allow_empty=False)
    engine.dispose()


def expected(before: Table | None, number: int, *, fields: int) -> Table:
    """What a sync makes of a table, said once more."""
    now, listed = START + timedelta(days=number), list_of(number)
    after: Table = {}
    for sid in {*(before or {}), *listed}:
        old = (before or {}).get(sid)
        ours = {name: listed[sid][name] for name in [*TYPES][:fields]} if sid in listed else {}
        blank = dict.fromkeys([*[*TYPES][:fields], *(next(iter(before.values())) if before else ())])
        row: Row = {**blank, UPDATED: None, DELETED: None, **(old or {}), **ours}
        gone = sid not in listed
        if old is None or (gone and not old[DELETED]) or (ours and ({**old, **ours} != old or old[DELETED])):
            row |= {UPDATED: now, DELETED: now if gone else None}
        after[sid] = row
    return after


def look(engine: sa.engine.Engine) -> Table | None:
    with engine.connect() as connection:
        if not sa.inspect(connection).has_table("t"):
            return None
        table = sa.Table("t", sa.MetaData(), autoload_with=connection)
        rows = [dict(row) for row in connection.execute(sa.select(table)).mappings()]
    for row in rows:
        row |= {name: row[name] and row[name].replace(tzinfo=UTC) for name in (UPDATED, DELETED)}
    return {row["sid"]: row for row in rows}


def wait_for_server(engine: sa.engine.Engine) -> None:
    """Until PostgreSQL has noticed that its client is gone."""
    others = sa.text(
        "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    )
    while engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            if not connection.scalar(others):
                return
        time.sleep(0.005)


def start(url: str, number: int, *, fields: int) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        sync(url, number, fields=fields)
        code = 0
    finally:
        os._exit(code)


def ended(pid: int, until: float) -> int:
    """The status of a process that is killed at ``until``, if it is still there."""
    while not (found := os.waitpid(pid, os.WNOHANG))[0]:
        if time.perf_counter() >= until:
            os.kill(pid, signal.SIGKILL)
            return os.waitpid(pid, 0)[1]
        time.sleep(0.001)
    return found[1]


def main(url: str, kills: int, seed: int) -> None:
    chance = random.Random(seed)
    engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
    ends: Counter[str] = Counter()
    takes_s, before, number, done = 0.0, None, 0, 0
    while done < kills:
        number += 1
        fields = 3 if before is None else chance.choice((3, len(TYPES)))
        begun = time.perf_counter()
        pid = start(url, number, fields=fields)
        status = ended(pid, begun + chance.uniform(0, 1.2 * takes_s) if takes_s else math.inf)
        if not os.WIFSIGNALED(status):
            takes_s = time.perf_counter() - begun
        seen = [look(engine)]
        wait_for_server(engine)
        seen.append(look(engine))
        after = expected(before, number, fields=fields)
        if os.WIFSIGNALED(status):
            done += 1
            ends["old" if seen[1] == before else "new" if seen[1] == after else "wrong"] += 1
        else:
            ends["not killed"] += 1
            assert (os.WEXITSTATUS(status), seen[1] == after) == (0, True), status
        ends["seen wrong"] += seen[0] not in (before, after)
        before = seen[1]
        if before and chance.random() < 0.1:
            with engine.connect() as connection, connection.begin():
                connection.execute(sa.text("DROP TABLE t"))
            before = None
    print(json.dumps({"old": 0, "new": 0, **ends}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
