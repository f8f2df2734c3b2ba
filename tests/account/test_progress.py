"""The task log: now and then, never a line a page."""

from __future__ import annotations

import logging

from airflow_provider_aam.account.progress import Progress


def test_progress_tells_at_most_every_ten_seconds(caplog):
    caplog.set_level(logging.INFO)
    clock = [100.0]
    progress = Progress(what="segments", monotonic=lambda: clock[0])
    for _ in range(25):
        clock[0] += 1
        progress.add(rows=1000, total=25_000)
    assert [record.getMessage() for record in caplog.records] == [
        "Pulling segments: 10,000 of 25,000 rows, 1,000 rows/s",
        "Pulling segments: 20,000 of 25,000 rows, 1,000 rows/s",
    ]
    assert progress.pages == 25
    assert progress.in_all() == (25.0, "1,000 rows/s")


def test_progress_starts_over_with_the_attempt_but_counts_all_pages(caplog):
    caplog.set_level(logging.INFO)
    clock = [0.0]
    progress = Progress(what="traits", monotonic=lambda: clock[0])
    progress.add(rows=500, total=1000)
    progress.restart()
    clock[0] = 20.0
    progress.add(rows=100, total=None)
    assert caplog.messages == ["Pulling traits: 100 rows, 5 rows/s"]
    assert (progress.pages, progress.rows) == (2, 100)


def test_progress_divides_by_no_time():
    assert Progress(what="traits", monotonic=lambda: 1.0).in_all() == (0.0, "at once")
