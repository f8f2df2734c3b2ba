"""The store goes away at any request of a push and stays away; the retry, when it is back, leaves exactly one set."""

from __future__ import annotations

import hashlib
import json
import os
import random
from typing import Any

from s3_server import S3

from airflow_provider_aam.api.errors import AAMError
from airflow_provider_aam.files.engine import Limits
from airflow_provider_aam.hooks.paths import open_path
from airflow_provider_aam.members.grammar.ids import CUSTOMER_ID
from airflow_provider_aam.members.making.partition import Rules
from airflow_provider_aam.members.making.sets import find_sets
from airflow_provider_aam.members.push import push_members
from airflow_provider_aam.members.reading.engine import open_engine
from airflow_provider_aam.members.reading.preflight import Sources
from airflow_provider_aam.members.reading.shape import Shape
from airflow_provider_aam.members.reading.source import find_files
from airflow_provider_aam.members.reading.traits import Traits
from airflow_provider_aam.members.receipt import MembersReceipt
from airflow_provider_aam.members.target import Sizes, Target

DEATHS = int(os.environ.get("AAM_DEATHS", "4"))
YESTERDAY, TODAY = 1_700_000_000, 1_700_086_400


def push(batch: int) -> MembersReceipt:
    target = Target(
        folder=open_path("s3://lake/in", "lake", what="x"), batch=batch, sizes=Sizes(raw=4_000), max_removed_ratio=1
    )
    sources = Sources(source_id=478, target_id=None, id_format=CUSTOMER_ID)
    with open_engine(Limits(threads=1)) as engine:
        sets = find_sets(open_path("s3://lake/sets", "lake", what="x"), batch)
        files = find_files(open_path(f"s3://lake/rows/{batch}.jsonl", "lake", what="x"))
        rules = Rules(shape=Shape(), traits=Traits())
        return push_members(engine, files, rules, sources, target, sets=sets)


def forget() -> None:
    """What s3fs remembers of a bucket's contents belongs to a process that has ended."""
    open_path("s3://lake/in", "lake", what="x").fs.invalidate_cache()


def start(s3: S3) -> None:
    s3.reset()
    for batch, users in ((YESTERDAY, range(300)), (TODAY, range(100, 900))):
        rows = [json.dumps({"user": f"user-{user}", "trait": 24}) + "\n" for user in users]
        s3.put(f"rows/{batch}.jsonl", "".join(rows).encode())
    forget()
    push(YESTERDAY)
    s3.asked.clear()


def seen(s3: S3) -> dict[str, str]:
    keys = s3.keys()
    return {key: hashlib.sha256(s3.content(key)).hexdigest() for key in keys}


def test_store_that_dies_leaves_whole_objects_and_the_retry_one_set(s3: S3, monkeypatch: Any) -> None:
    monkeypatch.setattr("s3fs.core.S3FileSystem.retries", 1)
    start(s3)
    push(TODAY)
    requests, whole = len(s3.asked), seen(s3)
    unfinished = f"sets/members-{TODAY}.unfinished.parquet"
    failed = 0
    for point in random.Random(7).choices(range(2 * requests), k=DEATHS):
        start(s3)
        s3.trouble(".*", "reset" if point % 2 else "reset_after", skip=point // 2)
        try:
            push(TODAY)
        except AAMError:
            raise  # what is wrong with the arguments or the source is for people, and nothing is
        except Exception:  # noqa: BLE001  of whichever library lost its server
            failed += 1
        s3.troubles.clear()
        assert {key for key, digest in seen(s3).items() if whole.get(key) != digest} <= {unfinished}
        forget()
        push(TODAY)
        assert seen(s3) == whole
        assert s3.unfinished() == []
    assert failed >= DEATHS / 2
