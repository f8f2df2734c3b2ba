"""A set of memberships that several tasks make by way of one bucket, and put into another."""

from __future__ import annotations

import gzip
import io
import json
import re
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from airflow_provider_aam.compat import AirflowFailException
from airflow_provider_aam.operators.members import (
    AAMJoinTraitMembersOperator,
    AAMPlanTraitMembersOperator,
    AAMPushIdSyncOperator,
    AAMPushTraitMembersShareOperator,
)

DAY = datetime(2026, 1, 2, tzinfo=UTC)
INBOUND, SHARES = "partner/date=2026-01-02", "shares/manual__2026-01-02T00:00:00+00:00"
TROUBLED = "SlowDown|slow_down|reduce your request rate|Could not connect|Connection"
MEMBERS = {
    "source": "s3://lake/rows/*.parquet",
    "source_conn_id": "lake",
    "data_source": "crm",
    "destination": f"s3://lake/{SHARES}",
    "destination_conn_id": "lake",
    "batch_time": DAY,
}


def plan(**arguments: Any) -> list[dict[str, Any]]:
    task = AAMPlanTraitMembersOperator(task_id="plan", shares=3, **MEMBERS, **arguments)
    return task.execute({"dag_run": None})


def send(share: dict[str, Any], **arguments: Any) -> dict[str, Any]:
    task = AAMPushTraitMembersShareOperator(task_id="push", share=share, **MEMBERS, **arguments)
    return json.loads(json.dumps(task.execute({"dag_run": None})))


def join(receipts: list[dict[str, Any]]) -> dict[str, Any]:
    task = AAMJoinTraitMembersOperator(
        task_id="join",
        receipts=receipts,
        receipts_conn_id="lake",
        destination=f"s3://lake/{INBOUND}",
        destination_conn_id="lake",
        rejects_path="s3://lake/rejects.jsonl",
    )
    return task.execute({})


@pytest.fixture
def users(s3, account) -> list[str]:
    names = [f"u{number:02}" for number in range(60)]
    put_rows(s3, names, account["gold"])
    return names


def put_rows(s3, users: list[str], sid: int) -> None:
    file = io.BytesIO()
    pq.write_table(pa.table({"user": users, "trait": pa.array([sid] * len(users), pa.int64())}), file)
    s3.put("rows/1.parquet", file.getvalue())


def test_shares_meet_in_the_folder_of_the_last_task(s3, account, users):
    receipt = join([send(share) for share in plan()])
    keys = s3.keys(INBOUND)
    assert sorted(file["uri"] for file in receipt["files"]) == sorted(f"s3://lake/{key}" for key in keys)
    assert len(keys) == 3
    lines = [line for key in keys for line in gzip.decompress(s3.content(key)).decode().splitlines()]
    assert sorted(lines) == [f"{user}\td_sid={account['gold']}" for user in users]


def test_only_the_last_task_gives_aam_rights(s3, account, users):
    join([send(share) for share in plan()])
    rights = {
        route.split("?")[0]: headers.get("x-amz-acl") for route, headers in s3.asked if route.startswith("PUT /lake/")
    }
    inbound = {acl for route, acl in rights.items() if INBOUND in route}
    assert inbound == {"bucket-owner-full-control"}
    assert {acl for route, acl in rights.items() if "/shares/" in route} == {None}


def test_upload_options_of_the_shares(s3, account, users):
    options = {"put_options": {"ServerSideEncryption": "AES256"}}
    join([send(share, **options) for share in plan(**options)])
    for key in s3.keys(SHARES):
        if not key.endswith("rejects.jsonl"):
            assert s3.get(key).headers["x-amz-server-side-encryption"] == "AES256", key


def test_a_source_that_is_replaced_by_one_of_the_same_size_is_noticed(s3, account, users):
    shares = plan()
    put_rows(s3, [user.replace("u", "v") for user in users], account["gold"])
    with pytest.raises(AirflowFailException, match="The source has changed since the plan was made"):
        send(shares[0])


def test_a_share_that_was_changed_is_named(s3, account, users):
    receipts = [send(share) for share in plan()]
    s3.put(receipts[1]["files"][0]["uri"].removeprefix("s3://lake/"), gzip.compress(b"u1\td_sid=7\n"))
    with pytest.raises(AirflowFailException, match=r"1-of-3.*sha256: expected"):
        join(receipts)
    assert s3.keys(INBOUND) == []


@pytest.mark.parametrize("kind", ["slow_down", "reset"])
def test_trouble_while_shares_are_read_is_worth_a_retry(s3, account, users, kind):
    shares = plan()
    s3.trouble(rf"GET /lake/{re.escape(SHARES)}.*plan.json", kind)
    with pytest.raises(Exception, match=TROUBLED) as failed:
        send(shares[0])
    assert not isinstance(failed.value, AirflowFailException)
    s3.troubles.clear()
    receipts = [send(share) for share in shares]
    s3.trouble(rf"GET /lake/{re.escape(SHARES)}.*gz", kind)
    with pytest.raises(Exception, match=TROUBLED) as failed:
        join(receipts)
    assert not isinstance(failed.value, AirflowFailException)
    assert s3.keys(INBOUND) == []
    s3.troubles.clear()
    assert join(receipts)["users"] == len(users)


def test_ids_of_a_bucket_become_a_file_in_a_bucket(s3, account):
    phone = "97987bca-ae59-4c7d-94ba-ee4f19ab8c21"
    s3.put("ids/1.csv", f"gaid,crm_id\n{phone},0012\n".encode())
    task = AAMPushIdSyncOperator(
        task_id="push",
        source="s3://lake/ids/*.csv",
        source_conn_id="lake",
        ids={"gaid": 20914, "crm_id": "crm"},
        destination=f"s3://lake/{INBOUND}",
        destination_conn_id="lake",
        batch_time=DAY,
    )
    (file,) = task.execute({"dag_run": None})["files"]
    (key,) = s3.keys(INBOUND)
    assert file["uri"] == f"s3://lake/{key}"
    assert key.rpartition("/")[2] == f"adobe_id_20914_{account['source']}_{int(DAY.timestamp())}.sync.gz"
    assert gzip.decompress(s3.content(key)).decode() == f"{phone}\t0012\n"
