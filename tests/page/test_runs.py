"""Notes of tasks as the page shows them, made of what the jobs really return."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from airflow_provider_aam.feeds.read_receipt import FileRead, ReadReceipt
from airflow_provider_aam.files.notes import KINDS, Note, Task
from airflow_provider_aam.members.idsync_job import IdSyncReceipt
from airflow_provider_aam.members.judging.verdict import FileVerdict, State, Verdict
from airflow_provider_aam.members.receipt import MembersReceipt, SentFile
from airflow_provider_aam.stream.receipt import StreamReceipt
from airflow_provider_aam.tables.receipt import Receipt
from airflow_provider_aam.ui.runs import show_note

NOW = datetime(2026, 11, 29, 2, tzinfo=UTC)
SENT: dict[str, Any] = {
    "batch": 1_795_000_000,
    "files": [SentFile(uri="s3://b/f.gz", bytes=1, raw_bytes=2, lines=3, sha256="0" * 64)],
    "users": 1_000,
    "rows": 2_010,
    "items": 2_000,
    "duplicates": 7,
    "rejected": 3,
    "rejects_uri": None,
    "data_source": 3001,
    "target_data_source": None,
    "mode": "sync",
    "started_at": NOW,
    "finished_at": NOW,
}


def shown(kind: Any, result: dict[str, Any], error: str | None = None) -> dict[str, Any]:
    task = Task(dag_id="d", run_id="r", task_id="t")
    return show_note("name", Note(kind=kind, at=NOW, seconds=1.25, task=task, result=result, error=error))


def parts(note: dict[str, Any]) -> dict[str, int]:
    return {part["label"]: part["count"] for part in note["parts"]}


def test_memberships_say_what_became_of_the_rows():
    note = shown("members", MembersReceipt(**SENT).as_xcom())
    assert note["headline"] == "2,000 memberships of 1,000 users in 1 file"
    assert parts(note) == {"sent": 2_000, "duplicates": 7, "rejected": 3}


def test_id_sync_is_told_from_memberships():
    receipt = IdSyncReceipt(**SENT, family="adobe_id", data_sources=[3001])
    assert shown("members", receipt.as_xcom())["headline"] == "ID sync: 2,000 rows in 1 file"


def test_inbound_files_say_why_records_were_not_stored():
    files = (
        FileVerdict(name="a", state=State.PROCESSED, received=10, stored=8, errors={"no_matching_aam_id": 2}),
        FileVerdict(name="b", state=State.PARTIAL, received=9, stored=4, errors={"format_errors": 5}),
        FileVerdict(name="c", state=State.WAITING),
    )
    verdict = Verdict(
        batch=7, data_source=3001, files=files, soft_deadline=NOW, hard_deadline=NOW, asked_at=NOW
    ).as_json()
    note = shown("inbound", verdict, error="AAM did not take 1 of 3 inbound files")
    assert note["headline"] == "Batch 7: 1 processed, 1 partial, 1 waiting"
    assert parts(note) == {"stored": 12, "Format Errors": 5, "No Matching AAM ID": 2}
    assert note["failed"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("result", [{}, {"files": 3, "outcomes": [], "counts": "x", "rows": None, "batch": {}}])
def test_results_of_other_shapes_do_not_break_the_page(kind, result):
    assert shown(kind, result)["parts"] == []


def test_approval_is_said():
    note = shown("push", {"outcomes": {"created": 2}, "approved_by": "ada\n(7)"})
    assert note["headline"] == "2 created; approved by ada\\n(7)"


def test_dry_run_is_said():
    outcomes = {"created": 0, "rejected": 0}
    assert shown("push", {"dry_run": True, "outcomes": outcomes})["headline"] == "Dry run: nothing written"


def test_stream_says_how_it_was_sent_and_what_became_of_the_rows():
    sent: dict[str, Any] = {
        "rows": 1_000,
        "sent": 990,
        "skipped": 7,
        "rejected": 3,
        "codes": {"OPTED_OUT": 7, "EMPTY": 3},
        "rejects_uri": "s3://b/rejects.jsonl",
        "requests": 2,
        "bytes": 1,
        "started_at": NOW,
        "finished_at": NOW,
    }
    note = shown("stream", StreamReceipt(stream_id="77", domain_alias=None, **sent).as_xcom())
    assert note["headline"] == "Stream 77: 1,000 rows in 2 requests"
    assert parts(note) == {"sent": 990, "skipped": 7, "rejected": 3}
    dcs = shown("stream", StreamReceipt(stream_id=None, domain_alias="acme", **sent).as_xcom())
    assert dcs["headline"] == "DCS of acme: 1,000 rows in 2 requests"


def test_reading_says_how_many_rows_of_how_many_files():
    receipt = ReadReceipt(
        uri="s3://b/day.parquet",
        format="parquet",
        rows=20,
        bytes=1,
        sha256="0" * 64,
        rejected=1,
        rejects_uri=None,
        files=[
            FileRead(uri="s3://b/1", lines=11, rows=10, rejected=1),
            FileRead(uri="s3://b/2", lines=10, rows=10, rejected=0),
        ],
        started_at=NOW,
        finished_at=NOW,
    )
    note = shown("read", receipt.as_xcom())
    assert (note["headline"], note["uri"]) == ("20 rows of 2 files", "s3://b/day.parquet")
    assert parts(note) == {"rows": 20, "rejected": 1}


def test_table_says_what_was_written_to_it():
    counts = {"inserted": 5, "updated": 0, "unchanged": 90, "deleted": 2, "restored": 1}
    receipt = Receipt(
        table="aam.segments", rows=96, **counts, columns_added=[], requests=3, started_at=NOW, finished_at=NOW
    )
    note = shown("sync", receipt.as_xcom())
    assert note["headline"] == "Table aam.segments: 96 rows"
    assert parts(note) == {"inserted": 5, "restored": 1, "unchanged": 90, "deleted": 2}


@pytest.mark.parametrize("kind", ["stream", "read", "sync"])
def test_task_that_failed_is_not_said_to_have_done_nothing(kind):
    note = shown(kind, {}, error="AAM said no.")
    assert note["failed"]
    assert "0" not in note["headline"]
    assert note["parts"] == []
