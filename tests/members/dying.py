"""Pushes that are killed: a process that has everything loaded forks, and each child dies at a moment of its own.

Moments are counted in files that it opens, renames or removes, so that they are the same on slow machines.

Run as a program: ``dying.py FOLDER KILLS SEED`` prints a line of JSON with what is there before a push and after it,
then one per killed push: what was there before and after the retry. With a fourth word, ``shares``, shares of
``FOLDER/rows.jsonl`` are pushed: those in ``FOLDER/shares.json``, whose plan is in ``FOLDER/start/shares``.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import multiprocessing as mp
import os
import random
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO

import duckdb  # noqa: F401
import isal.isal_zlib  # noqa: F401
import numpy as np  # noqa: F401
import pyarrow.compute
import pyarrow.parquet  # noqa: F401

from airflow_provider_aam.files.engine import Limits
from airflow_provider_aam.members.grammar.ids import CUSTOMER_ID
from airflow_provider_aam.members.job import Order, Words
from airflow_provider_aam.members.making.partition import Rules
from airflow_provider_aam.members.making.sets import find_sets
from airflow_provider_aam.members.push import push_members
from airflow_provider_aam.members.reading.engine import open_engine
from airflow_provider_aam.members.reading.preflight import Sources
from airflow_provider_aam.members.reading.shape import Shape
from airflow_provider_aam.members.reading.source import find_files
from airflow_provider_aam.members.reading.traits import Traits
from airflow_provider_aam.members.sharing.join import Gate, join_shares
from airflow_provider_aam.members.sharing.shares import Share, send_share
from airflow_provider_aam.members.target import Sizes, Target

TOUCHES = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.scandir", "shutil.move", "shutil.copyfile"}
YESTERDAY, TODAY = 1_700_000_000, 1_700_086_400


def push(folder: Path, source: Path, batch: int) -> None:
    target = Target(folder=folder / "out", batch=batch, sizes=Sizes(raw=12_000), max_removed_ratio=1)
    sources = Sources(source_id=478, target_id=None, id_format=CUSTOMER_ID)
    with open_engine(Limits(threads=1)) as engine:
        sets = find_sets(folder / "sets", batch)
        rules = Rules(shape=Shape(), traits=Traits())
        push_members(engine, find_files(source), rules, sources, target, sets=sets)


def push_in_shares(folder: Path, source: Path, shares: list[dict]) -> None:
    """What the mapped tasks and the last one do, from the plan that is there."""
    order = shared_order(folder / "shares", source)
    receipts = [send_share(order, Share.from_xcom(share)) for share in shares]
    join_shares(receipts, Gate(folder=folder / "out"), open_local)


def open_local(uri: str) -> IO[bytes]:
    return Path(uri.removeprefix("file://")).open("rb")


def shared_order(folder: Path, source: Path) -> Order:
    target = Target(folder=folder, batch=TODAY, sizes=Sizes(raw=12_000))
    words = Words(checked=False)
    return Order(
        source=[source], shape=Shape(), words=words, data_source="crm", target=target, limits=Limits(threads=1)
    )


def child(work: Callable[[], None], touched: Callable[[], None] | None = None) -> int:
    """The process id of a push that goes on by itself; it calls ``touched`` whenever it touches a file."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        if touched is not None:
            sys.addaudithook(lambda event, _: touched() if event in TOUCHES else None)
        work()
        code = 0
    finally:
        os._exit(code)


def run(work: Callable[[], None]) -> int:
    """To its end; how many times it touches a file."""
    count, told = itertools.count(), mp.Value("q", 0)

    def touched() -> None:
        told.value = next(count)

    assert os.waitpid(child(work, touched), 0)[1] == 0
    return int(told.value)


def die_at(moment: int) -> Callable[[], None]:
    left = itertools.count(moment, -1)

    def touched() -> None:
        if next(left) == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    return touched


def seen(folder: Path) -> dict[str, str]:
    """The names that a person or AAM sees, each with the hash of what is in it."""
    found = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def rows(path: Path, pairs: list[tuple[int, int]]) -> Path:
    path.write_text("".join(json.dumps({"user": f"user-{user}", "trait": trait}) + "\n" for user, trait in pairs))
    return path


def main(folder: Path, kills: int, seed: int) -> None:
    first = rows(folder / "yesterday.jsonl", [(user, 24) for user in range(1_000)])
    second = rows(folder / "today.jsonl", [(user, 24 + user % 3) for user in range(500, 3_000)])
    run(lambda: push(folder / "start", first, YESTERDAY))
    kill(folder, kills, seed, lambda attempt: push(attempt, second, TODAY))


def main_of_shares(folder: Path, kills: int, seed: int) -> None:
    shares = json.loads((folder / "shares.json").read_text())
    kill(folder, kills, seed, lambda attempt: push_in_shares(attempt, folder / "rows.jsonl", shares))


def kill(folder: Path, kills: int, seed: int, work: Callable[[Path], None]) -> None:
    chance = random.Random(seed)
    start, whole = folder / "start", folder / "whole"
    shutil.copytree(start, whole)
    moments = min(run(lambda: work(whole)) for _ in range(2))
    print(json.dumps({"start": seen(start), "whole": seen(whole)}), flush=True)
    for number in range(kills):
        attempt = folder / f"attempt-{number}"
        shutil.copytree(start, attempt)
        late = number % 3 == 0  # when files are there
        pid = child(lambda attempt=attempt: work(attempt), die_at(int(moments * chance.uniform(0.7 * late, 1))))
        died = os.WIFSIGNALED(os.waitpid(pid, 0)[1])
        before = seen(attempt)
        run(lambda attempt=attempt: work(attempt))
        print(json.dumps({"died": died, "before": before, "after": seen(attempt)}), flush=True)
        shutil.rmtree(attempt)


if __name__ == "__main__":
    start = main_of_shares if sys.argv[4:] == ["shares"] else main
    start(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
