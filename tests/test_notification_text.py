"""Receipts that need no task: what people are told of each."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from airflow_provider_aam.members.idsync_job import IdSyncReceipt
from airflow_provider_aam.members.judging.verdict import FileVerdict, State, Verdict
from airflow_provider_aam.members.receipt import MembersReceipt
from airflow_provider_aam.notifications.text import MOST_CHARACTERS, describe, shorten

NOW = datetime(2026, 1, 2, tzinfo=UTC)
COUNTS = {"users": 2, "rows": 3, "items": 2, "duplicates": 0, "rejected": 1}
SENT = {"batch": 1, "data_source": 5, "target_data_source": None, "mode": "sync", "started_at": NOW, "finished_at": NOW}
ENDS = {"created": 0, "updated": 0, "unchanged": 7, "deleted": 0, "rejected": 0, "unknown": 0}
PLAN = {"create": 2, "update": 1, "delete": 0, "unchanged": 7, "create_folders": 0}
PUSH = {"source": "a.yaml", "dry_run": False, "plan": PLAN, "outcomes": ENDS, "plan_uri": None, "outcome_uri": None}
CHECK = {"kind": "traits", "metric": "uniques30Day", "checked": 9, "offenders": [], "offending": 0, "passed": True}
OFFENDER = {"integrationCode": "gold", "name": "Gold", "problems": ["dropped by 50%"]}


def verdict(*files: FileVerdict) -> dict[str, object]:
    found = Verdict(batch=1, data_source=5, files=files, soft_deadline=NOW, hard_deadline=NOW, asked_at=NOW)
    return found.as_json()


@pytest.mark.parametrize(
    ("receipt", "said"),
    [
        (
            MembersReceipt(files=[], rejects_uri="file:///r.jsonl", **SENT, **COUNTS).as_xcom(),
            (
                "Data source 5: 2 memberships of 2 users from 3 rows (1 rejected), in 0 files of 0 bytes.\n"
                "No file was written.\nRejected rows: file:///r.jsonl"
            ),
        ),
        (
            IdSyncReceipt(
                files=[], rejects_uri=None, family="adobe_id", data_sources=(20914, 5), **SENT, **COUNTS
            ).as_xcom(),
            (
                "ID sync of data sources 20914, 5: 2 of 3 rows (0 duplicates, 1 rejected) with 2 ids in column 1, "
                "0 files, 0 bytes.\nNo file was written."
            ),
        ),
        (PUSH, "AAM was not changed from a.yaml: 7 unchanged."),
        (PUSH | {"outcomes": {**ENDS, "unknown": 1}}, "AAM may have been changed from a.yaml: 7 unchanged, 1 unknown."),
        (PUSH | {"gone": 2}, "AAM was not changed from a.yaml: 7 unchanged.\nGone already: 2 objects."),
        (
            PUSH | {"outcomes": {**ENDS, "created": 1}, "approved_by": "ada\n(7)"},
            "AAM was changed from a.yaml: 1 created, 7 unchanged.\nApproved by ada\\n(7).",
        ),
        (
            PUSH | {"dry_run": True, "outcome_uri": "s3://b/o"},
            (
                "Dry run of a.yaml: 2 to create, 1 to update, 0 to delete. Nothing was changed in AAM.\n"
                "Outcome of every row: s3://b/o"
            ),
        ),
        (
            {"uri": "file:///out", "objects": {"traits": 2, "segments": 0, "dataSources": 1}, "left_out": {}},
            "Exported 2 traits, 1 data source to file:///out",
        ),
        ({"drift": False, "differences": [], "counts": {}}, "No drift: AAM matches the catalog."),
        (CHECK, "Population check of uniques30Day: all 9 traits are within bounds."),
        (
            CHECK | {"passed": False, "offending": 1, "offenders": [OFFENDER]},
            "Population check of uniques30Day: 1 of 9 traits are out of bounds:\n  gold: dropped by 50%",
        ),
        (
            {"sids": 3, "interval": "1D", "kind": "traits", "uri": "file:///t.csv", "rows": 21},
            "Figures of 3 traits: 21 rows to file:///t.csv",
        ),
        (
            verdict(FileVerdict(name="a.gz", state=State.PROCESSED)),
            "Inbound files of batch 1 (data source 5): 1 processed.",
        ),
        ({"some": "thing"}, None),
        ([1], None),
    ],
)
def test_what_is_said_of_a_receipt(receipt, said):
    assert describe(receipt) == said


def test_bad_files_of_a_verdict_are_named_with_what_to_do():
    files = (
        FileVerdict(name="a.gz", state=State.PROCESSED),
        FileVerdict(name="b.gz", state=State.REJECTED, problems=("gone",)),
    )
    summary, bad, advice = str(describe(verdict(*files))).splitlines()
    assert summary == "Inbound files of batch 1 (data source 5): 1 processed, 1 rejected."
    assert bad == "  b.gz: rejected: gone"
    assert advice.startswith("Rejected: AAM removes files whose name")


def test_names_of_others_stay_in_their_line():
    said = str(describe(PUSH | {"source": "a\n::error::b"}))
    assert said == "AAM was not changed from a\\n::error::b: 7 unchanged."


def test_long_line_is_cut():
    assert len(shorten("x" * 9999)) == MOST_CHARACTERS + 2
    assert shorten("\n".join("x" * 1000 for _ in range(5))).splitlines()[-1] == "… and 3 more lines in the log"
