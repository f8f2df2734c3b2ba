"""Inbound files as objects in a bucket: as large as they come, with the rights that AAM needs, complete or absent."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from airflow_provider_aam.compat import AirflowFailException
from airflow_provider_aam.operators.members import (
    AAMJoinTraitMembersOperator,
    AAMPlanTraitMembersOperator,
    AAMPushIdSyncOperator,
    AAMPushTraitMembersOperator,
    AAMPushTraitMembersShareOperator,
)

DAY = datetime(2026, 1, 2, tzinfo=UTC)
INBOUND = "partner/date=2026-01-02"
MULTIPART_BYTES = 16 * 2**20
FULL_CONTROL = "FULL_CONTROL"


def push(**arguments: Any) -> dict[str, Any]:
    task = AAMPushTraitMembersOperator(
        task_id="push",
        **{
            "source": "s3://lake/rows/*.parquet",
            "source_conn_id": "lake",
            "data_source": "crm",
            "destination": f"s3://lake/{INBOUND}",
            "destination_conn_id": "lake",
            "batch_time": DAY,
            **arguments,
        },
    )
    return task.execute({"dag_run": None})


def put_rows(s3, name: str, users: list[str], sid: int) -> None:
    file = io.BytesIO()
    pq.write_table(pa.table({"user": users, "trait": pa.array([sid] * len(users), pa.int64())}), file)
    s3.put(f"rows/{name}.parquet", file.getvalue())


@pytest.fixture
def rows(s3, account):
    put_rows(s3, "1", ["u1", "u2"], account["gold"])
    put_rows(s3, "2", ["u2", "u3"], account["silver"])


@pytest.fixture
def many_rows(s3, account):
    """As much as needs an upload in several requests."""
    put_rows(s3, "1", [str(uuid.UUID(int=n * 2**96 + n)) for n in range(400_000)], account["gold"])


def name_of(account: dict[str, Any], suffix: str = ".gz") -> str:
    return f"{INBOUND}/ftp_dpm_{account['source']}_{int(DAY.timestamp())}.sync{suffix}"


def test_rows_of_a_bucket_become_a_file_in_a_bucket(s3, account, rows):
    receipt = push()
    gold, silver = (f"d_sid={account[code]}" for code in ("gold", "silver"))
    content = s3.content(name_of(account))
    assert gzip.decompress(content).decode() == f"u1\t{gold}\nu2\t{gold},{silver}\nu3\t{silver}\n"
    (file,) = receipt["files"]
    assert file["uri"] == f"s3://lake/{name_of(account)}"
    assert (file["bytes"], file["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())


def test_sets_are_remembered_by_another_connection_than_the_rows_are_read_by(s3, account, rows, monkeypatch):
    other = {"conn_type": "aws", "login": "other", "password": "x", "extra": {"endpoint_url": s3.moto_url}}
    monkeypatch.setenv("AIRFLOW_CONN_OTHER", json.dumps(other))
    kept = {"previous": "s3://lake/kept", "previous_conn_id": "other"}
    push(**kept)
    receipt = push(**kept, batch_time=DAY + timedelta(days=1))
    assert (receipt["users"], receipt["items"]) == (0, 0)
    assert [route for route, _ in s3.asked if "kept" in route] == []


@pytest.mark.parametrize(
    ("suffix", "content"),
    [
        ("csv", "user,trait\nu1,{gold}\n"),
        ("csv.gz", "user,trait\nu1,{gold}\n"),
        ("jsonl", '{{"user": "u1", "trait": {gold}}}\n'),
        ("jsonl.gz", '{{"user": "u1", "trait": {gold}}}\n'),
    ],
)
def test_rows_in_each_format(s3, account, suffix, content):
    plain = content.format(gold=account["gold"]).encode()
    s3.put(f"rows/1.{suffix}", gzip.compress(plain) if suffix.endswith(".gz") else plain)
    push(source=f"s3://lake/rows/1.{suffix}")
    assert gzip.decompress(s3.content(name_of(account))).decode() == f"u1\td_sid={account['gold']}\n"


def test_set_that_was_sent_is_remembered_in_a_bucket(s3, account, rows):
    kept = {"previous": "s3://lake/kept", "previous_conn_id": "lake"}
    push(**kept)
    put_rows(s3, "2", ["u3"], account["silver"])
    receipt = push(**kept, batch_time=DAY + timedelta(days=1))
    assert (receipt["users"], receipt["items"]) == (1, 1)
    (later,) = [key for key in s3.keys(INBOUND) if key != name_of(account)]
    assert gzip.decompress(s3.content(later)).decode() == f"u2\td_unsid={account['silver']}\n"


def test_rows_that_cannot_be_read_are_called_what_they_were_called(s3, account):
    s3.put("rows/1.parquet", b"PAR1, and no more of it PAR1")
    with pytest.raises(OSError, match=r"source could not be read: .*s3://lake/rows/1\.parquet"):
        push()


def test_shares_of_several_tasks_meet_in_a_bucket(s3, account):
    for file in range(4):
        put_rows(s3, str(file), [f"u{file}-{user}" for user in range(50)], account["gold"])
    common = {
        "source": "s3://lake/rows/*.parquet",
        "source_conn_id": "lake",
        "data_source": "crm",
        "destination": "s3://lake/shares/run-1",
        "destination_conn_id": "lake",
        "batch_time": DAY,
    }
    plan = AAMPlanTraitMembersOperator(task_id="plan", shares=3, **common).execute({"dag_run": None})
    receipts = [
        AAMPushTraitMembersShareOperator(task_id="push", share=share, **common).execute({"dag_run": None})
        for share in plan
    ]
    joined = AAMJoinTraitMembersOperator(
        task_id="join",
        receipts=receipts,
        receipts_conn_id="lake",
        destination=f"s3://lake/{INBOUND}",
        destination_conn_id="lake",
    ).execute({"dag_run": None})
    lines = [line for key in s3.keys(INBOUND) for line in gzip.decompress(s3.content(key)).splitlines()]
    assert (joined["users"], len(lines), len(set(lines))) == (200, 200, 200)


def test_ids_of_the_same_person(emulator, s3, account):
    mail = hashlib.sha256(b"jo@example.com").hexdigest()
    other = emulator.add("data_sources", {"name": "Mail"})["dataSourceId"]
    s3.put("rows/ids.csv", f"crm,mail\nu1,{mail}\n".encode())
    receipt = AAMPushIdSyncOperator(
        task_id="push",
        source="s3://lake/rows/ids.csv",
        source_conn_id="lake",
        ids={"crm": "crm", "mail": other},
        family="c2c_id",
        destination=f"s3://lake/{INBOUND}",
        destination_conn_id="lake",
        batch_time=DAY,
    ).execute({"dag_run": None})
    (key,) = s3.keys(INBOUND)
    assert receipt["files"][0]["uri"] == f"s3://lake/{key}"
    assert gzip.decompress(s3.content(key)).decode() == f"u1\t{mail}\n"


def test_aam_owns_what_it_gets(s3, account, rows):
    push()
    (headers,) = [headers for route, headers in s3.asked if route.startswith(f"PUT /lake/{INBOUND}")]
    assert headers["x-amz-acl"] == "bucket-owner-full-control"


def test_arguments_of_the_upload_are_passed_through(s3, account, rows):
    push(put_options={"ACL": "private", "ServerSideEncryption": "aws:kms", "SSEKMSKeyId": "key-1"})
    (headers,) = [headers for route, headers in s3.asked if route.startswith(f"PUT /lake/{INBOUND}")]
    assert headers["x-amz-acl"] == "private"
    assert s3.get(name_of(account)).headers["x-amz-server-side-encryption"] == "aws:kms"
    assert s3.get(name_of(account)).headers["x-amz-server-side-encryption-aws-kms-key-id"] == "key-1"


def test_rejected_rows_are_an_object_too(s3, account):
    put_rows(s3, "1", ["u1", "a:b"], account["gold"])
    receipt = push(rejects_path="s3://lake/rejects/2026-01-02.jsonl", max_rejected=1)
    assert receipt["rejects_uri"] == "s3://lake/rejects/2026-01-02.jsonl"
    (reject,) = map(json.loads, s3.content("rejects/2026-01-02.jsonl").splitlines())
    assert (reject["user"], reject["code"]) == ("a:b", "BAD_ID")


def test_upload_in_several_requests(s3, account, many_rows):
    options = {"ACL": "bucket-owner-full-control", "ServerSideEncryption": "AES256"}
    (file,) = push(compression=None, put_options=options)["files"]
    assert file["bytes"] > MULTIPART_BYTES
    content = s3.content(name_of(account, ""))
    assert (len(content), hashlib.sha256(content).hexdigest()) == (file["bytes"], file["sha256"])
    assert s3.get(name_of(account, "")).headers["x-amz-server-side-encryption"] == "AES256"
    (begun,) = [headers for route, headers in s3.asked if route.startswith("POST") and "?uploads" in route]
    assert begun["x-amz-acl"] == "bucket-owner-full-control"
    assert s3.unfinished() == []


# --- an S3 in trouble ------------------------------------------------------------------------------------------------

PUT = rf"PUT /lake/{INBOUND}.*"
PART = rf"{PUT}partNumber=2"
TROUBLED = "SlowDown|Could not connect|upload does not exist"
COMPLETE = rf"POST /lake/{INBOUND}.*\?uploadId="


@pytest.mark.parametrize("kind", ["slow_down", "reset", "reset_after"])
def test_trouble_that_passes(s3, account, rows, kind):
    s3.trouble(PUT, kind, times=1)
    (file,) = push()["files"]
    assert hashlib.sha256(s3.content(name_of(account))).hexdigest() == file["sha256"]


@pytest.mark.parametrize(
    ("route", "kind"), [(PART, "slow_down"), (PART, "reset"), (PART, "reset_after"), (COMPLETE, "slow_down")]
)
def test_trouble_in_the_midst_of_a_large_upload(s3, account, many_rows, route, kind):
    s3.trouble(route, kind, times=1)
    (file,) = push(compression=None)["files"]
    assert hashlib.sha256(s3.content(name_of(account, ""))).hexdigest() == file["sha256"]
    assert s3.unfinished() == []


@pytest.mark.parametrize("kind", ["slow_down", "reset"])
def test_trouble_that_lasts_leaves_nothing_and_is_worth_a_retry(s3, account, many_rows, kind):
    s3.trouble(PART, kind)
    with pytest.raises(Exception, match=TROUBLED) as failed:
        push(compression=None)
    assert not isinstance(failed.value, AirflowFailException)
    assert s3.keys(INBOUND) == s3.unfinished() == []
    s3.troubles.clear()
    (file,) = push(compression=None)["files"]
    assert hashlib.sha256(s3.content(name_of(account, ""))).hexdigest() == file["sha256"]


def test_older_file_stays_complete_while_a_newer_one_cannot_be_put(s3, account, rows):
    push()
    before = s3.content(name_of(account))
    put_rows(s3, "3", ["u4"], account["gold"])
    s3.trouble(PUT, "reset")
    with pytest.raises(Exception, match=TROUBLED):
        push()
    assert s3.content(name_of(account)) == before


def test_large_upload_whose_end_is_not_heard_of_is_worth_a_retry(s3, account, many_rows):
    s3.trouble(COMPLETE, "reset_after")
    with pytest.raises(Exception, match=TROUBLED) as failed:
        push(compression=None)
    assert not isinstance(failed.value, AirflowFailException)
    whole = s3.content(name_of(account, ""))
    s3.troubles.clear()
    (file,) = push(compression=None)["files"]
    assert file["sha256"] == hashlib.sha256(whole).hexdigest()


def test_key_that_can_only_write(s3, account, rows):
    s3.trouble(r"(GET|HEAD) /lake(/?$|\?|/partner)", "forbidden")
    push(source="s3://lake/rows/1.parquet", source_conn_id="lake")
    assert s3.keys(INBOUND) == [name_of(account)]


def test_key_that_cannot_write(s3, account, rows):
    s3.trouble(PUT, "forbidden")
    with pytest.raises(AirflowFailException, match="cannot be written: PermissionError"):
        push()
    assert s3.keys(INBOUND) == []


def test_s3_that_cannot_be_reached_is_worth_a_retry(s3, account, rows, monkeypatch):
    down = {"endpoint_url": "http://127.0.0.1:9", "config_kwargs": {"retries": {"total_max_attempts": 2}}}
    connection = {"conn_type": "aws", "login": "key", "password": "secret", "extra": down}
    monkeypatch.setenv("AIRFLOW_CONN_DOWN", json.dumps(connection))
    with pytest.raises(Exception, match=r"127\.0\.0\.1:9") as failed:
        push(destination_conn_id="down")
    assert not isinstance(failed.value, AirflowFailException)
