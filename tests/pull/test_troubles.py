"""A pull from an AAM that misbehaves: the file is whole, or there is none and an older one stays."""

from __future__ import annotations

import errno
import logging
import resource
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from airflow_provider_aam.api.errors import (
    AAMBadAnswer,
    AAMError,
    AAMForbidden,
    AAMIncomplete,
    AAMInvalid,
    AAMNoAnswer,
    AAMServerError,
    AAMThrottled,
    AAMUnauthorized,
)
from airflow_provider_aam.pull.job import pull_resource
from pull.support import LIST, everything_in, listed, read_jsonl

ROWS, PAGE_SIZE, PAGES = 45, 10, 5
PASSING: list[tuple[str, dict[str, Any]]] = [
    ("status", {"status": 503, "retry_after": 7}),
    ("status", {"status": 503}),
    ("status", {"status": 429, "retry_after": 3}),
    ("status", {"status": 500}),
    ("status", {"status": 408}),
    ("reset_before", {}),
    ("reset_after", {}),
    ("half_body", {}),
    ("html", {"status": 502}),
    ("html", {"status": 504}),
    ("non_json", {}),
    ("expired_token", {}),
    ("server_error_after", {}),
]


def name_of(case: Any) -> str:
    return "-".join(map(str, case.values())) if isinstance(case, dict) else str(case)


@pytest.mark.parametrize("skip", [0, 2], ids=["first page", "third page"])
@pytest.mark.parametrize(("kind", "details"), PASSING, ids=name_of)
def test_passing_trouble_costs_no_row_and_no_attempt(emulator, pull, tmp_path, kind, details, skip):
    emulator.seed(segments=ROWS)
    emulator.trouble(LIST, kind, times=1, skip=skip, **details)
    receipt = pull(tmp_path / "a.jsonl", page_size=PAGE_SIZE)
    assert read_jsonl(tmp_path / "a.jsonl") == listed(emulator)
    assert receipt.requests == PAGES
    assert emulator.count(LIST) == PAGES + 1
    assert everything_in(tmp_path) == {"a.jsonl"}


def test_retry_after_is_waited_for(emulator, pull, fake_time, tmp_path):
    emulator.seed(segments=3)
    emulator.trouble(LIST, "status", status=429, retry_after=30)
    before = fake_time.elapsed_s
    pull(tmp_path / "a.jsonl")
    assert fake_time.elapsed_s - before >= 30


@pytest.mark.parametrize("skip", [0, 2], ids=["first page", "third page"])
def test_page_that_takes_longer_than_the_timeout_is_asked_for_again(emulator, connect, tmp_path, skip):
    emulator.seed(segments=ROWS)
    emulator.trouble(LIST, "delay", seconds=1.5, skip=skip)
    pull_resource(connect(timeout_s=0.5).segments, tmp_path / "a.jsonl", page_size=PAGE_SIZE)
    assert read_jsonl(tmp_path / "a.jsonl") == listed(emulator)


@pytest.mark.parametrize("skip", [0, 2, PAGES - 1], ids=["first page", "third page", "last page"])
@pytest.mark.parametrize("kind", ["total_changes", "short_page", "duplicate_row"])
@pytest.mark.parametrize("suffix", ["jsonl", "csv.gz", "parquet"])
def test_list_that_is_not_whole_is_read_again_from_the_start(emulator, client, tmp_path, caplog, kind, skip, suffix):
    caplog.set_level(logging.WARNING, "airflow_provider_aam.pull")
    emulator.seed(segments=ROWS)
    clean = pull_resource(client.segments, tmp_path / f"clean.{suffix}", page_size=PAGE_SIZE)
    emulator.clear_stats()
    emulator.trouble(LIST, kind, times=1, skip=skip)
    # One after the other, so that the trouble meets the page that it is meant for.
    receipt = pull_resource(client.segments, tmp_path / f"a.{suffix}", page_size=PAGE_SIZE, max_concurrency=1)
    assert PAGES < receipt.requests == emulator.count(LIST)
    (line,) = caplog.messages
    assert "Discarding it and reading the list again (attempt 2 of 3)" in line
    assert (receipt.rows, receipt.total, receipt.sha256) == (ROWS, ROWS, clean.sha256)
    assert everything_in(tmp_path) == {f"a.{suffix}", f"clean.{suffix}"}


@pytest.mark.parametrize("kind", ["short_page", "duplicate_row"])
@pytest.mark.parametrize("suffix", ["jsonl", "csv.gz", "parquet"])
def test_list_that_is_never_whole_leaves_no_file(emulator, pull, tmp_path, kind, suffix):
    emulator.seed(segments=ROWS)
    emulator.trouble(LIST, kind, times=None)
    with pytest.raises(AAMIncomplete, match="Gave up after 3 attempts; no file was written") as seen:
        pull(tmp_path / f"a.{suffix}", page_size=PAGE_SIZE)
    assert seen.value.retryable is True
    assert everything_in(tmp_path) == set()


def test_total_that_never_comes_to_rest_leaves_no_file(emulator, pull, tmp_path):
    emulator.seed(segments=ROWS)
    for attempt in range(3):  # a trouble skips no request that another one takes
        emulator.trouble(LIST, "total_changes", times=1, skip=(attempt + 1) * (PAGES - 1), by=3)
    with pytest.raises(AAMIncomplete, match=r"moved from 45 to 48 while it was read.*Gave up after 3 attempts"):
        pull(tmp_path / "a.jsonl", page_size=PAGE_SIZE, max_concurrency=1)
    assert everything_in(tmp_path) == set()


def test_total_that_is_always_wrong_leaves_no_file(emulator, pull, tmp_path):
    emulator.seed(segments=ROWS)
    emulator.trouble(LIST, "total_changes", times=None, by=3)
    with pytest.raises(AAMIncomplete, match="AAM announced 48 rows but returned 45"):
        pull(tmp_path / "a.jsonl", page_size=PAGE_SIZE)
    assert everything_in(tmp_path) == set()


LASTING: list[tuple[str, dict[str, Any], type[AAMError]]] = [
    ("status", {"status": 503}, AAMServerError),
    ("status", {"status": 429}, AAMThrottled),
    ("reset_before", {}, AAMNoAnswer),
    ("reset_after", {}, AAMNoAnswer),
    ("half_body", {}, AAMBadAnswer),
    ("html", {"status": 502}, AAMServerError),
    ("non_json", {}, AAMBadAnswer),
    ("expired_token", {}, AAMUnauthorized),
    ("status", {"status": 403, "body": {"code": "ACCESS_DENIED", "message": "no"}}, AAMForbidden),
    ("status", {"status": 400}, AAMInvalid),
]


@pytest.mark.parametrize("skip", [0, 2], ids=["first page", "third page"])
@pytest.mark.parametrize(("kind", "details", "error"), LASTING, ids=name_of)
def test_lasting_trouble_leaves_the_older_file(emulator, pull, tmp_path, kind, details, error, skip):
    (tmp_path / "a.jsonl").write_bytes(b"older\n")
    emulator.seed(segments=ROWS)
    emulator.trouble(LIST, kind, times=None, skip=skip, **details)
    with pytest.raises(error):
        pull(tmp_path / "a.jsonl", page_size=PAGE_SIZE)
    assert (tmp_path / "a.jsonl").read_bytes() == b"older\n"
    assert everything_in(tmp_path) == {"a.jsonl"}


@pytest.mark.parametrize("suffix", ["jsonl.gz", "csv", "parquet"])
def test_failure_in_the_middle_leaves_nothing_of_any_format(emulator, pull, tmp_path, suffix):
    emulator.seed(segments=ROWS)
    emulator.trouble(LIST, "status", times=None, skip=2, status=403)
    with pytest.raises(AAMForbidden):
        pull(tmp_path / f"a.{suffix}", page_size=PAGE_SIZE)
    assert everything_in(tmp_path) == set()


def test_unpaged_resource_is_asked_for_again_after_half_a_body(emulator, pull, tmp_path):
    emulator.seed(data_sources=5, trait_folders=5)
    emulator.trouble("GET /v1/datasources", "half_body")
    emulator.trouble("GET /v1/folders/traits", "non_json")
    pull(tmp_path / "a.jsonl", "data_sources")
    assert read_jsonl(tmp_path / "a.jsonl") == listed(emulator, "data_sources")
    assert pull(tmp_path / "b.jsonl", "trait_folders").rows == 6


def test_bare_array_with_a_duplicate_is_read_again(emulator, pull, tmp_path):
    emulator.seed(data_sources=5)
    emulator.trouble("GET /v1/datasources", "duplicate_row")
    assert pull(tmp_path / "a.jsonl", "data_sources").requests == 2
    assert read_jsonl(tmp_path / "a.jsonl") == listed(emulator, "data_sources")


@pytest.fixture
def small_disk() -> Iterator[None]:
    """No file may grow beyond 16 KiB: what a full disk looks like to whoever writes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (16 * 1024, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("suffix", ["jsonl", "csv", "csv.gz", "parquet"])
def test_disk_that_fills_up_leaves_the_older_file_and_no_request_behind(emulator, pull, tmp_path, small_disk, suffix):
    emulator.seed(segments=3000)
    path = tmp_path / f"a.{suffix}"
    path.write_bytes(b"older\n")
    with pytest.raises(OSError) as seen:
        pull(path, page_size=100)
    assert seen.value.errno == errno.EFBIG
    assert path.read_bytes() == b"older\n"
    assert everything_in(tmp_path) == {path.name}
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("aam-page")]
