"""The state as of a day, for random histories, compared with sets that change day by day."""

from __future__ import annotations

import gzip
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from airflow_provider_aam.api.errors import AAMArgumentError, AAMError, AAMSourceError
from airflow_provider_aam.feeds import read_state as module
from airflow_provider_aam.feeds.read_delivery import Lines
from airflow_provider_aam.feeds.read_state import read_state
from airflow_provider_aam.feeds.reading.history import find_history
from airflow_provider_aam.feeds.write_rows import ReadOrder
from airflow_provider_aam.files.engine import Limits
from airflow_provider_aam.hooks.paths import open_path

START = datetime(2026, 1, 1, 14, tzinfo=UTC)
Line = tuple[str, list[int], list[int]]


def name(day: int, mode: str = "iter", split: int = 0, *, extension: str = "sync", destination: int = 12) -> str:
    stamp = int((START + timedelta(days=day)).timestamp()) * 1000 + 893  # 13 digits that have two meanings
    return f"s3_{destination}_345_{mode}_{stamp}{f'{split:03d}' if split else ''}.{extension}"


def put(folder: Path, file: str, lines: list[Line]) -> None:
    texts = (f"{user} {','.join(map(str, added))} {','.join(map(str, removed))}\n" for user, added, removed in lines)
    (folder / file).write_text("".join(texts))


def state(folder: Path, as_of: Any, source: Any = None) -> dict[str, list[int]]:
    out = folder / "out" / "state.parquet"
    files = find_history(source or f"{folder}/", lambda uri: open_path(uri, None, what="source"), as_of)
    receipt = read_state(files, Lines(), ReadOrder(destination=out), Limits(threads=2, memory_mb=300))
    rows = pq.read_table(out).to_pylist()
    found = {row["user"]: row["segments"] for row in rows}
    assert len(rows) == len(found) == receipt.rows
    return found


USERS, SEGMENTS = [f"u{number}" for number in range(8)], st.lists(st.integers(1, 6), max_size=4)
LINE = st.tuples(st.sampled_from(USERS), SEGMENTS, SEGMENTS)
DELIVERY = st.lists(LINE, max_size=8)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(full=DELIVERY, days=st.lists(DELIVERY, min_size=30, max_size=30), as_of=st.integers(0, 30), seed=st.integers())
def test_state_is_that_of_sets_that_change_day_by_day(tmp_path_factory, full, days, as_of, seed):
    folder = tmp_path_factory.mktemp("history")
    expected: dict[str, set[int]] = {}
    for user, segments, _ in full:  # removed segments of a full file mean nothing
        expected.setdefault(user, set()).update(segments)
    for lines in days[:as_of]:
        for user, _, removed in lines:
            expected.setdefault(user, set()).difference_update(removed)
        for user, added, _ in lines:
            expected[user].update(added)
    files = [(name(0, "full"), full), *((name(day), lines) for day, lines in enumerate(days, 1))]
    random.Random(seed).shuffle(files)
    for file, lines in files:
        put(folder, file, lines)
    put(folder, name(-1), [("u0", [99], [])])
    put(folder, name(-9, "full"), [("u1", [98], [])])
    day = f"{START + timedelta(days=as_of):%Y-%m-%d}"
    assert state(folder, day) == {user: sorted(segments) for user, segments in expected.items() if segments}


def test_file_that_is_missing_before_the_number_of_another_is_told(tmp_path):
    for split in (0, 2, 5):
        put(tmp_path, name(0, "full", split), [(f"u{split}", [1], [])])
    with pytest.raises(AAMSourceError, match=rf"not there: “{name(0, 'full')[:-5]}” has number 5 and lacks 1, 3, 4\."):
        state(tmp_path, "2026-01-01")
    for split in (1, 3, 4):
        put(tmp_path, name(0, "full", split), [(f"u{split}", [1], [])])
    assert len(state(tmp_path, "2026-01-01")) == 6


def test_many_partitions_and_splits_give_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "PARTITION_BYTES", 1000)
    users = [f"user-{number}" for number in range(500)]
    put(tmp_path, name(0, "full"), [(user, [1, 2], []) for user in users[:250]])
    put(tmp_path, name(0, "full", 1), [(user, [1, 2], []) for user in users[250:]])
    put(tmp_path, name(1), [(user, [3], [1]) for user in users[::2]])
    put(tmp_path, name(2), [(user, [], [1, 2, 3]) for user in users[::5]])
    found = state(tmp_path, "2026-01-03")
    assert found == {user: [2, 3] if number % 2 == 0 else [1, 2] for number, user in enumerate(users) if number % 5}


def test_as_of_is_a_moment_too(tmp_path):
    put(tmp_path, name(0, "full"), [("a", [1], [])])
    put(tmp_path, name(1), [("a", [2], [])])
    at = START + timedelta(days=1)
    assert state(tmp_path, at) == {"a": [1, 2]}
    assert state(tmp_path, (at - timedelta(seconds=1)).isoformat()) == {"a": [1]}


def test_a_newer_full_delivery_replaces_the_state(tmp_path):
    put(tmp_path, name(0, "full"), [("a", [1], []), ("b", [1], [])])
    put(tmp_path, name(1), [("a", [2], [])])
    put(tmp_path, name(2, "full"), [("b", [7], [])])
    assert state(tmp_path, "2026-01-02") == {"a": [1, 2], "b": [1]}
    assert state(tmp_path, "2026-01-31") == {"b": [7]}


def refused(folder: Path, as_of: Any = "2026-01-31") -> AAMError:
    with pytest.raises(AAMError) as error:
        state(folder, as_of)
    assert not (folder / "out" / "state.parquet").exists()
    return error.value


def test_without_a_full_delivery_there_is_no_state(tmp_path):
    put(tmp_path, name(5), [("a", [1], [])])
    put(tmp_path, name(6, "full"), [("a", [1], [])])
    error = refused(tmp_path, "2026-01-06")
    assert isinstance(error, AAMArgumentError)
    assert "no full delivery from before 2026-01-07 00:00 UTC (files of incremental ones: 1)" in str(error)


def test_a_folder_without_its_slash_is_no_source(tmp_path):
    put(tmp_path, name(0, "full"), [("a", [1], [])])
    with pytest.raises(AAMError) as error:
        state(tmp_path, "2026-01-31", str(tmp_path))
    assert str(error.value) == f"source: {tmp_path} is a folder. To read the files in it, end it with a slash."


def test_deliveries_of_two_destinations_are_not_one_state(tmp_path):
    put(tmp_path, name(0, "full"), [("a", [1], [])])
    put(tmp_path, name(1, destination=13), [("a", [1], [])])
    assert "several destinations: 12_345, 13_345. Use a pattern" in str(refused(tmp_path))
    assert state(tmp_path, "2026-01-31", f"{tmp_path}/s3_12_*") == {"a": [1]}


def test_files_that_an_info_lists_must_be_there(tmp_path):
    put(tmp_path, name(0, "full"), [("a", [1], [])])
    listed = [{"FileName": name(0, "full", split), "FileByteSize": 5, "FileLineCount": 1} for split in (0, 1)]
    info = tmp_path / name(0, "full", extension="info")
    info.write_text(str({"Files": listed, "Totals": {"FileName": "x"}}).replace("'", '"'))
    error = refused(tmp_path)
    assert isinstance(error, AAMSourceError)
    assert f"not there: “{name(0, 'full', 1)}”" in str(error)
    put(tmp_path, name(0, "full", 1), [("b", [1], []), ("c", [1], [])])
    assert "has 2 lines; its .info file says 1" in str(refused(tmp_path))


def test_line_that_does_not_fit_fails_the_state(tmp_path):
    put(tmp_path, name(0, "full"), [("a", [1], [])])
    (tmp_path / name(1)).write_text("broken\n")
    assert "1 line rejected" in str(refused(tmp_path))


def test_all_damaged_files_are_named(tmp_path):
    put(tmp_path, name(0, "full"), [("a", [1], [])])
    for day in (1, 2):
        (tmp_path / name(day)).write_bytes(gzip.compress(b"a 1\n")[:-9])
    error = str(refused(tmp_path))
    assert "Damaged files: 2 of 3. " in error
    assert name(1) in error
    assert name(2) in error


def test_unreadable_day_is_refused(tmp_path):
    put(tmp_path, name(0, "full"), [("a", [1], [])])
    assert "as_of 'yesterday' is not a date like 2026-01-31, nor a timestamp" in str(refused(tmp_path, "yesterday"))
