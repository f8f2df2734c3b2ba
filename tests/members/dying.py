"""Pushes that are killed: a process that has everything loaded forks, and each child dies at a moment of its own.

Run as a program: ``dying.py FOLDER KILLS SEED`` prints a line of JSON per killed push, what was there before and after
the retry.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import sys
import time
from pathlib import Path

import duckdb  # noqa: F401
import isal.isal_zlib  # noqa: F401
import numpy as np  # noqa: F401
import pyarrow.compute
import pyarrow.parquet  # noqa: F401

from airflow_provider_aam.members.grammar.ids import CUSTOMER_ID
from airflow_provider_aam.members.making.partition import Rules
from airflow_provider_aam.members.making.sets import find_sets
from airflow_provider_aam.members.push import push_members
from airflow_provider_aam.members.reading.engine import Limits, open_engine
from airflow_provider_aam.members.reading.preflight import Sources
from airflow_provider_aam.members.reading.shape import Shape
from airflow_provider_aam.members.reading.source import find_files
from airflow_provider_aam.members.reading.traits import Traits
from airflow_provider_aam.members.target import Sizes, Target

YESTERDAY, TODAY = 1_700_000_000, 1_700_086_400


def push(folder: Path, source: Path, batch: int) -> None:
    target = Target(folder=folder / "out", batch=batch, sizes=Sizes(raw=12_000), max_removed_ratio=1)
    sources = Sources(source_id=478, target_id=None, id_format=CUSTOMER_ID)
    with open_engine(Limits(threads=1)) as engine:
        sets = find_sets(folder / "sets", batch)
        rules = Rules(shape=Shape(), traits=Traits())
        push_members(engine, find_files(source), rules, sources, target, sets=sets)


def child(folder: Path, source: Path, batch: int) -> int:
    """The process id of a push that goes on by itself."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        push(folder, source, batch)
        code = 0
    finally:
        os._exit(code)


def run(folder: Path, source: Path, batch: int) -> float:
    started = time.monotonic()
    assert os.waitpid(child(folder, source, batch), 0)[1] == 0
    return time.monotonic() - started


def seen(folder: Path) -> dict[str, str]:
    """The names that a person or AAM sees, each with the hash of what is in it."""
    found = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def rows(path: Path, pairs: list[tuple[int, int]]) -> Path:
    path.write_text("".join(json.dumps({"user": f"user-{user}", "trait": trait}) + "\n" for user, trait in pairs))
    return path


def main(folder: Path, kills: int, seed: int) -> None:
    chance = random.Random(seed)
    first = rows(folder / "yesterday.jsonl", [(user, 24) for user in range(1_000)])
    second = rows(folder / "today.jsonl", [(user, 24 + user % 3) for user in range(500, 3_000)])
    start = folder / "start"
    run(start, first, YESTERDAY)
    whole = folder / "whole"
    shutil.copytree(start, whole)
    longest = min(run(whole, second, TODAY) for _ in range(3))
    print(json.dumps({"start": seen(start), "whole": seen(whole)}), flush=True)
    for number in range(kills):
        attempt = folder / f"attempt-{number}"
        shutil.copytree(start, attempt)
        pid = child(attempt, second, TODAY)
        time.sleep(longest * (chance.random() if number % 3 else chance.uniform(0.7, 1.1)))  # files are there late
        os.kill(pid, signal.SIGKILL)
        died = os.WIFSIGNALED(os.waitpid(pid, 0)[1])
        before = seen(attempt)
        run(attempt, second, TODAY)
        print(json.dumps({"died": died, "before": before, "after": seen(attempt)}), flush=True)
        shutil.rmtree(attempt)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
