"""A table in step with a list of AAM: what is new, changed, vanished and back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from airflow_provider_aam.api.errors import AAMDestinationError
from airflow_provider_aam.api.resources import RESOURCES
from airflow_provider_aam.tables.wanted import column_name
from tests.tables.support import counts_of, rows_of, run_sql

DAY = datetime(2026, 1, 31, 3, tzinfo=UTC)


def utc(moment: datetime | None) -> datetime | None:
    """SQLite keeps no time zone: what we write is UTC."""
    return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=UTC)


def test_first_sync_creates_the_table_with_every_row(emulator, engine, sync):
    emulator.seed(segments=25)
    receipt = sync(now=lambda: DAY)
    found = rows_of(engine)
    expected = {each["sid"]: each for each in emulator.objects("segments")}
    assert counts_of(receipt) == {"inserted": 25}
    assert (receipt.table, receipt.rows, receipt.requests) == ("t", 25, 1)
    assert receipt.columns_added == [*found[min(found)]]
    assert found.keys() == expected.keys()
    for sid, row in found.items():
        assert row["name"] == expected[sid]["name"]
        assert row["data_source_id"] == expected[sid]["dataSourceId"]
        assert utc(row["update_time"]) == datetime.fromtimestamp(expected[sid]["updateTime"] / 1000, UTC)
        assert utc(row["aam_updated_at"]) == DAY
        assert row["aam_deleted_at"] is None


def test_only_rows_that_moved_are_written(emulator, client, engine, sync):
    emulator.seed(segments=10)
    sync(now=lambda: DAY)
    changed, deleted, *_ = sids = sorted(rows_of(engine))
    client.segments.update(changed, {"name": "another name"})
    client.segments.delete(deleted)
    new = emulator.add("segments", {"name": "brand new"})["sid"]

    later = DAY + timedelta(days=1)
    assert counts_of(sync(now=lambda: later)) == {"inserted": 1, "updated": 1, "unchanged": 8, "deleted": 1}
    found = rows_of(engine)
    assert sorted(found) == sorted([*sids, new])
    assert found[changed]["name"] == "another name"
    assert {sid for sid, row in found.items() if utc(row["aam_updated_at"]) == later} == {changed, deleted, new}
    assert {sid: utc(row["aam_deleted_at"]) for sid, row in found.items() if row["aam_deleted_at"]} == {deleted: later}


def test_second_sync_of_the_same_list_writes_nothing(emulator, engine, sync):
    emulator.seed(segments=10, traits=10)
    for resource in ("segments", "traits"):
        sync(resource, resource, include_metrics=True)
        before = rows_of(engine, resource)
        assert counts_of(sync(resource, resource, include_metrics=True)) == {"unchanged": len(before)}
        assert rows_of(engine, resource) == before


def test_a_row_that_comes_back_is_live_again(emulator, engine, sync):
    emulator.seed(segments=3)
    whole = emulator.objects("segments")
    sync()
    back = whole[0]
    emulator.reset("empty")
    emulator.add("segments", whole[1:])
    assert counts_of(sync()) == {"unchanged": 2, "deleted": 1}
    assert counts_of(sync()) == {"unchanged": 2}
    emulator.reset("empty")
    emulator.add("segments", [{**back, "name": "it is back"}, *whole[1:]])
    later = datetime.now(UTC) + timedelta(days=2)
    assert counts_of(sync(now=lambda: later)) == {"unchanged": 2, "restored": 1}
    row = rows_of(engine)[back["sid"]]
    assert (row["name"], row["aam_deleted_at"], utc(row["aam_updated_at"])) == ("it is back", None, later)


def test_texts_come_as_they_are(emulator, engine, sync):
    names = ["", "\\N", "\\", "tab\there", "line\nbreak\r\n", "'; DROP TABLE t; --", "“Ünï” 🐘", 'a "quote"', "None"]
    emulator.add("segments", [{"name": name or "x", "description": name} for name in names])
    sync()
    assert sorted(row["description"] for row in rows_of(engine).values()) == sorted(names)
    assert counts_of(sync()) == {"unchanged": len(names)}


def test_a_database_without_nul_gets_a_sign_in_its_place(emulator, engine, sync):
    emulator.add("segments", {"name": "a", "description": "a\0b", "made_up": {"c\0": "\\u0000"}})
    sync()
    (row,) = rows_of(engine).values()
    there = "\0" if engine.dialect.name == "sqlite" else "\ufffd"
    assert row["description"] == f"a{there}b"
    assert counts_of(sync()) == {"unchanged": 1}


def test_metrics_get_columns_when_they_are_first_asked_for(emulator, engine, sync):
    emulator.seed(segments=3)
    sync()
    receipt = sync(include_metrics=True)
    assert receipt.columns_added == [name for name in rows_of(engine).popitem()[1] if "_uniques" in name]
    assert len(receipt.columns_added) > 5
    assert counts_of(receipt) == {"updated": 3}
    assert counts_of(sync()) == {"unchanged": 3}
    assert all(row["total_uniques30_day"] is not None for row in rows_of(engine).values())


def test_columns_of_others_stay_and_so_do_their_values(emulator, client, engine, sync):
    emulator.seed(segments=2)
    sync(fields=["name", "sid"])
    run_sql(engine, "ALTER TABLE t ADD COLUMN owner TEXT", "UPDATE t SET owner = 'me'")
    (first, _) = sorted(rows_of(engine))
    client.segments.update(first, {"name": "another"})
    emulator.add("segments", {"name": "new"})
    assert counts_of(sync(fields=["sid", "name"])) == {"inserted": 1, "updated": 1, "unchanged": 1}
    assert sorted(rows_of(engine)[first]) == sorted(["sid", "name", "owner", "aam_updated_at", "aam_deleted_at"])
    assert [row["owner"] for _, row in sorted(rows_of(engine).items())] == ["me", "me", None]


def test_a_table_made_by_hand_keeps_its_types(emulator, engine, sync):
    emulator.seed(segments=2)
    run_sql(engine, "CREATE TABLE t (sid BIGINT PRIMARY KEY, name VARCHAR(300), folder_id INTEGER)")
    assert counts_of(sync(fields=["sid", "name", "folderId"])) == {"inserted": 2}
    with engine.connect() as connection:
        types = {each["name"]: each["type"] for each in sa.inspect(connection).get_columns("t")}
    assert types["name"].length == 300


def test_every_column_that_does_not_fit_is_named_at_once(emulator, engine, sync):
    emulator.seed(segments=2)
    run_sql(
        engine,
        "CREATE TABLE t (sid BIGINT, name BIGINT, create_time TEXT, status TEXT, team TEXT NOT NULL)",
        "INSERT INTO t (sid, team) VALUES (1, 'a')",
    )
    with pytest.raises(AAMDestinationError) as refused:
        sync()
    assert "Table t cannot hold segments: " in refused.value.message
    for problem in ("column name is BIGINT", "column create_time is TEXT", "(sid) is not", "column team must not"):
        assert problem in refused.value.message
    assert "status" not in refused.value.message
    assert emulator.count("GET /v1/segments") == 0
    assert rows_of(engine).keys() == {1}


def test_every_list_of_the_account_has_a_table(emulator, engine, sync):
    emulator.reset("account")
    for name, resource in RESOURCES.items():
        if name == "segment_test_groups":  # the account has none
            continue
        metrics = bool(resource.metrics)
        receipt = sync(name, name, include_metrics=metrics)
        assert receipt.inserted == receipt.rows > 0, name
        assert counts_of(sync(name, name, include_metrics=metrics)) == {"unchanged": receipt.rows}, name
        found = rows_of(engine, name, key=column_name(resource.id_field))
        assert len(found) == receipt.rows, name


def test_a_table_of_another_kind_is_not_emptied(emulator, engine, sync):
    emulator.seed(segments=3, traits=20)
    sync()
    before = rows_of(engine)
    with pytest.raises(AAMDestinationError, match="None of the 3 rows of table t is among the 20 traits") as refused:
        sync("traits")
    assert "it looks like the table of something else" in refused.value.message
    assert not refused.value.retryable
    assert rows_of(engine) == before
    assert counts_of(sync("traits", allow_empty=True)) == {"inserted": 20, "deleted": 3}
