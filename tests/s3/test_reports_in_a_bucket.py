"""Trends, baselines and reports of population checks in a bucket."""

from __future__ import annotations

import json
from typing import Any

import pytest

from airflow_provider_aam.operators.reports import AAMPopulationCheckOperator, AAMTrendReportOperator


@pytest.fixture
def sid(emulator, account) -> int:
    emulator.set_metrics(account["gold"], {"uniques30Day": 1000})
    return account["gold"]


def check(sid: int, **arguments: Any) -> dict[str, Any]:
    return AAMPopulationCheckOperator(
        task_id="check",
        kind="traits",
        sids=[sid],
        metric="uniques30Day",
        max_drop=0.2,
        baseline="s3://lake/checks/baseline.json",
        baseline_conn_id="lake",
        report_path="s3://lake/checks/report.jsonl",
        report_conn_id="lake",
        **arguments,
    ).execute({})


def test_trend(s3, sid):
    receipt = AAMTrendReportOperator(
        task_id="trend",
        kind="traits",
        sids=[sid],
        start="2026-01-01T00:00:00Z",
        end="2026-01-03T00:00:00Z",
        destination="s3://lake/trend.jsonl",
        destination_conn_id="lake",
    ).execute({})
    rows = [json.loads(line) for line in s3.content("trend.jsonl").splitlines()]
    assert len(rows) == receipt["rows"] > 0
    assert {row["sid"] for row in rows} == {sid}


def test_baseline_is_begun_and_kept(emulator, s3, sid):
    check(sid)
    accepted = s3.content("checks/baseline.json")
    emulator.set_metrics(sid, {"uniques30Day": 100})
    check(sid, on_failure="warn")
    assert s3.content("checks/baseline.json") == accepted
    assert str(sid) in s3.content("checks/report.jsonl").decode()


def test_older_baseline_stays_while_a_newer_one_cannot_be_put(emulator, s3, sid):
    check(sid)
    accepted = s3.content("checks/baseline.json")
    emulator.set_metrics(sid, {"uniques30Day": 1001})
    s3.trouble("PUT /lake/checks/baseline", "slow_down")
    with pytest.raises(OSError, match="SlowDown"):
        check(sid)
    assert s3.content("checks/baseline.json") == accepted
