"""The folder of the page in a bucket, as Airflows have it whose workers and API server share no disk."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from types import SimpleNamespace

from airflow_provider_aam.compat import Context
from airflow_provider_aam.files import notes
from airflow_provider_aam.files.shelf import shelved
from airflow_provider_aam.hooks.page import page_folder
from airflow_provider_aam.operators.page import AAMRefreshPageOperator
from airflow_provider_aam.operators.pull import AAMPullSegmentsOperator
from airflow_provider_aam.ui.folder import PageFolder
from airflow_provider_aam.ui.populations import Query

TI = SimpleNamespace(dag_id="d", run_id="r", task_id="t", map_index=-1, try_number=1, start_date=datetime.now(UTC))


def test_tasks_write_to_a_bucket_and_the_page_reads_it(emulator, s3, monkeypatch):
    emulator.reset("account")
    monkeypatch.setenv("AIRFLOW__AAM__UI_FOLDER", "s3://lake@lake/page/")
    monkeypatch.setattr(notes, "KEPT", 2)
    page = PageFolder(lambda: page_folder("aam_default"), monotonic=iter(range(0, 1000, 10)).__next__)
    assert page.overview()["account"] is None
    for _ in range(2):
        AAMRefreshPageOperator(task_id="refresh").execute(Context())
    for number in range(3):
        pull = AAMPullSegmentsOperator(task_id="t", destination=f"s3://lake@lake/{number}.jsonl")
        pull.execute(Context(ti=TI))
    found = page.overview()
    assert found["account"]["pid"] == 1099
    assert [note["uri"] for note in found["notes"]["pull"]] == ["s3://lake/2.jsonl", "s3://lake/1.jsonl"]
    assert page.find("traits", Query(limit=1))["total"] == 300
    kinds = [file.kind for file in shelved(page_folder("aam_default"))]
    assert sorted(kinds) == ["account", "pull", "pull", "segments", "traits"]
    assert json.loads(s3.content(s3.keys("page/aam_default/pull.")[0]))["kind"] == "pull"
