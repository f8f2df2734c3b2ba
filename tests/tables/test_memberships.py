"""A table of users and segments in step with deliveries: full sets, states, and changes."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from airflow_provider_aam.api.errors import AAMArgumentError, AAMIncomplete, AAMSourceError
from airflow_provider_aam.tables import memberships
from airflow_provider_aam.tables.job import sync_delivery
from tests.tables.support import counts_of

Pairs = set[tuple[str, int]]
NOW = datetime(2026, 1, 31, tzinfo=UTC)


def write(path: Path, rows: list[tuple[str, list[int], list[int]]], *, state: bool = False) -> Path:
    users, segments, removed = zip(*rows, strict=True) if rows else ((), (), ())
    lists = pa.list_(pa.int64())
    columns = {"user": pa.array(users, pa.string()), "segments": pa.array(segments, lists)}
    columns |= {} if state else {"removed": pa.array(removed, lists)}
    pq.write_table(pa.table(columns), path)
    return path


@pytest.fixture
def deliver(engine: sa.engine.Engine, tmp_path: Path) -> Callable[..., Any]:
    """``deliver(rows, changes=…)`` → the receipt."""

    def run(rows: list[tuple[str, list[int], list[int]]], *, state: bool = False, **given: Any) -> Any:
        path = write(tmp_path / "rows.parquet", rows, state=state)
        return sync_delivery(path, engine, "members", name="rows.parquet", **{"changes": False, **given})

    return run


def live(engine: sa.engine.Engine) -> Pairs:
    table = "SELECT user_id, segment_id FROM members WHERE aam_deleted_at IS NULL"
    with engine.connect() as connection:
        return {(user, segment) for user, segment in connection.execute(sa.text(table))}


def test_full_delivery_is_the_whole_set(engine, deliver):
    receipt = deliver([("a", [1, 2], []), ("b", [2], []), ("c\\\t'", [3], []), ("none", [], [])])
    assert (receipt.rows, counts_of(receipt), receipt.requests) == (4, {"inserted": 4}, 0)
    assert receipt.columns_added == ["user_id", "segment_id", "aam_updated_at", "aam_deleted_at"]
    assert live(engine) == {("a", 1), ("a", 2), ("b", 2), ("c\\\t'", 3)}

    receipt = deliver([("a", [2, 7], []), ("b", [2], [])])
    assert counts_of(receipt) == {"inserted": 1, "unchanged": 2, "deleted": 2}
    assert live(engine) == {("a", 2), ("a", 7), ("b", 2)}
    assert counts_of(deliver([("a", [1, 2, 7], []), ("b", [2], [])], state=True, changes=None)) == {
        "restored": 1,
        "unchanged": 3,
    }


def test_changes_leave_others_alone(engine, deliver):
    deliver([("a", [1, 2], []), ("b", [1], [])])
    receipt = deliver([("a", [3], [1, 9]), ("c", [1], [])], changes=True)
    assert (receipt.rows, counts_of(receipt)) == (4, {"inserted": 2, "deleted": 1, "unchanged": 1})
    assert live(engine) == {("a", 2), ("a", 3), ("b", 1), ("c", 1)}
    assert counts_of(deliver([("a", [3, 1], []), ("c", [], [1])], changes=True)) == {
        "restored": 1,
        "unchanged": 1,
        "deleted": 1,
    }
    assert live(engine) == {("a", 1), ("a", 2), ("a", 3), ("b", 1)}
    assert counts_of(deliver([], changes=True)) == {}


def test_user_of_several_rows_counts_once(engine, deliver):
    rows = [("a", [1, 1, 2], []), ("a", [2, 3], [])]
    assert counts_of(deliver(rows))["inserted"] == 3
    assert live(engine) == {("a", 1), ("a", 2), ("a", 3)}
    assert counts_of(deliver([*rows[:1], *rows[:1]])) == {"unchanged": 6, "deleted": 1}
    assert "inserted" not in counts_of(deliver([*rows, *rows], changes=True))


@pytest.mark.parametrize("known", [False, True])
def test_what_is_both_added_and_removed_is_removed(engine, deliver, known):
    if known:
        deliver([("b", [1], [])])
    deliver([("a", [1, 2], [1]), ("b", [], [1])], changes=True)
    assert live(engine) == {("a", 2)}


@pytest.mark.parametrize("seed", range(3))
def test_any_deliveries_give_what_a_set_gives(engine, deliver, seed, monkeypatch):
    monkeypatch.setattr(memberships, "PAIRS_AT_ONCE", 7)
    monkeypatch.setattr(memberships, "USERS_AT_ONCE", 5)
    chance = random.Random(seed)
    expected: Pairs = set()
    for number in range(8):
        changes = chance.random() < 0.6
        rows = []
        for user in "abcdefghijk":
            segments = chance.sample(range(12), chance.randrange(8))
            cut = chance.randint(0, len(segments)) if changes else len(segments)
            rows.append((user, segments[:cut], segments[cut:]))
        told = {(user, segment) for user, segments, _ in rows for segment in segments}
        gone = {(user, segment) for user, _, removed in rows for segment in removed}
        before, expected = expected, (expected | told) - gone if changes else told
        receipt = deliver(rows, changes=changes, now=lambda number=number: NOW + timedelta(days=number))
        assert live(engine) == expected
        assert receipt.inserted + receipt.restored == len(expected - before)
        assert receipt.deleted == len(before - expected)
        assert receipt.rows == len(told) + (len(gone) if changes else 0)


def test_log_tells_that_the_table_is_new(deliver, caplog):
    """A name with a typo is a new table."""
    caplog.set_level("INFO")
    said = "Table members was not there and has been created, with the columns user_id, segment_id"
    deliver([("a", [1], [])])
    assert said in caplog.text
    caplog.clear()
    deliver([("a", [1], [])])
    assert "Synced memberships" in caplog.text
    assert said not in caplog.text


def test_empty_set_is_not_believed_unless_told_so(engine, deliver):
    deliver([("a", [1], [])])
    with pytest.raises(AAMIncomplete, match="The delivery has no memberships, but table members has 1 of them"):
        deliver([])
    assert live(engine) == {("a", 1)}
    assert counts_of(deliver([], allow_empty=True)) == {"deleted": 1}


def test_file_that_does_not_tell_what_it_holds_is_refused(engine, deliver):
    with pytest.raises(AAMArgumentError, match="does not tell whether it holds all memberships or changes"):
        deliver([("a", [1], [])], changes=None)
    assert sa.inspect(engine).get_table_names() == []


def test_other_files_are_refused(engine, tmp_path):
    pq.write_table(pa.table({"user": [1], "segments": ["a"]}), tmp_path / "a.parquet")
    (tmp_path / "b.parquet").write_bytes(b"PAR1 it is not")
    for name, said in [
        ("a", "is not a file of AAMReadDeliveryOperator"),
        (
            "b",
            "cannot be read: .*[^.]. Expected a Parquet file of AAMReadDeliveryOperator. The table was not changed.$",
        ),
        ("c", "cannot be read: No such file"),
    ]:
        path = tmp_path / f"{name}.parquet"
        with pytest.raises(AAMSourceError, match=said):
            sync_delivery(path, engine, "members", name=str(path), changes=False)


def test_file_that_breaks_off_is_a_broken_file_in_every_database(engine, tmp_path):
    """Its first part is with the database by then, and psycopg2 would call the failure the database's."""
    path = write(tmp_path / "rows.parquet", [(f"u{number}", [number], []) for number in range(20_000)])
    pq.write_table(pq.read_table(path), path, row_group_size=10_000, compression="none", use_dictionary=False)
    content = bytearray(path.read_bytes())
    start = pq.read_metadata(path).row_group(1).column(0).data_page_offset
    content[start : start + 64] = b"\xff" * 64
    path.write_bytes(content)
    with pytest.raises(AAMSourceError, match=r"cannot be read: .*The table was not changed"):
        sync_delivery(path, engine, "members", name="rows.parquet", changes=False)
    assert not sa.inspect(engine).has_table("members")
