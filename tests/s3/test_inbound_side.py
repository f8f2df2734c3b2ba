"""From rows to a population, on S3: the task uploads, AAM's inbound side picks up, history and figures follow."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from airflow_provider_aam.operators.members import AAMPushTraitMembersOperator

DAY = datetime(2026, 1, 2, tzinfo=UTC)
HALF_DAY = 43_200
FOLDER = "partner/date=2026-01-02"


@pytest.fixture(autouse=True)
def _watched(emulator, s3):
    emulator.watch("s3://lake/partner", endpoint_url=s3.url, key="adobe", secret="adobe")


def push(s3, *rows: tuple[str, int], **arguments: Any) -> dict[str, Any]:
    s3.put("rows.jsonl", "".join(json.dumps({"user": user, "trait": sid}) + "\n" for user, sid in rows).encode())
    task = AAMPushTraitMembersOperator(
        task_id="push",
        source="s3://lake/rows.jsonl",
        source_conn_id="lake",
        data_source="crm",
        destination=f"s3://lake/{FOLDER}",
        destination_conn_id="lake",
        batch_time=DAY,
        **arguments,
    )
    return task.execute({"dag_run": None})


def history_of(client, source):
    return client.data_sources.inbound_history(source, start=DAY, end=DAY + timedelta(days=36_500))


def test_memberships_grow_populations(emulator, connect, s3, account):
    client, gold = connect(), account["gold"]

    def population() -> int:
        return client.traits.get(gold, includeMetrics=True)["uniques7Day"]

    before = population()
    receipt = push(s3, ("u1", gold), ("u2", gold), ("u3", account["silver"]))
    (name,) = [file["uri"].rpartition("/")[2] for file in receipt["files"]]
    assert s3.keys(FOLDER) == [f"{FOLDER}/{name}"]
    emulator.advance(HALF_DAY)
    assert s3.keys(FOLDER) == [f"{FOLDER}/{name}", f"{FOLDER}/{name}.processed"]
    assert population() == before
    emulator.advance(HALF_DAY)
    (file,) = history_of(client, account["source"])
    assert (file.name, file.received, file.stored, file.percent_success) == (name, 3, 3, 100)
    assert population() == before + 2


def test_overwrite_of_a_bucket_takes_what_is_not_named(emulator, connect, s3, account):
    client, gold, silver = connect(), account["gold"], account["silver"]

    def population(sid: int) -> int:
        return client.traits.get(sid, includeMetrics=True)["uniques7Day"]

    before = [population(gold), population(silver)]
    for rows, mode in (([("u1", gold), ("u2", gold)], "sync"), ([("u1", silver)], "overwrite")):
        push(s3, *rows, mode=mode)
        emulator.advance(HALF_DAY)
        emulator.advance(HALF_DAY)
    assert [population(gold) - before[0], population(silver) - before[1]] == [1, 1]


def test_bucket_that_cannot_be_listed_for_a_while_delays_the_pick_up(emulator, s3, account):
    emulator.configure(inbound_every_s=0, inbound_report_after_s=0)
    s3.trouble(r"GET /lake.*list-type", "forbidden", times=2)
    push(s3, ("u1", account["gold"]))
    until = time.monotonic() + 60
    while not any(key.endswith(".processed") for key in s3.keys(FOLDER)):
        assert time.monotonic() < until
        time.sleep(0.1)
    assert s3.troubles[0].times == 0


def test_bucket_that_cannot_be_reached_is_told(emulator):
    with pytest.raises(ValueError, match=r"Could not connect .*127\.0\.0\.1:9/lake"):
        emulator.watch("s3://lake/partner", endpoint_url="http://127.0.0.1:9", key="adobe", secret="adobe")


def test_file_that_aam_cannot_use_is_removed_from_the_bucket(emulator, s3, account):
    s3.put(f"{FOLDER}/ftp_dpm_{account['source']}_1767312000.sync.zip", b"PK")
    emulator.advance(HALF_DAY)
    assert s3.keys(FOLDER) == []
