"""Whatever goes wrong, the table stays as it was."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from airflow_provider_aam.api.errors import AAMArgumentError, AAMDestinationError, AAMIncomplete
from airflow_provider_aam.api.resources import RESOURCES, SEGMENTS, Type
from airflow_provider_aam.files.columns import OTHER, documented_fields
from airflow_provider_aam.hooks.sql import telling_database
from airflow_provider_aam.tables.sync import sync_rows
from airflow_provider_aam.tables.turns import own_turn
from airflow_provider_aam.tables.wanted import DELETED, UPDATED, Wanted, column_name
from tests.tables.conftest import DRIVERS
from tests.tables.support import counts_of, rows_of, run_sql
from tests.tables.test_sync import DAY

LIST = "GET /v1/segments"


def tables_of(engine: sa.engine.Engine) -> list[str]:
    with engine.connect() as connection:
        return sa.inspect(connection).get_table_names()


def test_incomplete_list_is_read_again(emulator, engine, sync):
    emulator.seed(segments=25)
    emulator.trouble(LIST, "duplicate_row", times=2)
    receipt = sync()
    assert (counts_of(receipt), receipt.requests) == ({"inserted": 25}, 3)
    assert rows_of(engine).keys() == {each["sid"] for each in emulator.objects("segments")}


def test_list_that_stays_incomplete_changes_nothing(emulator, engine, sync):
    emulator.seed(segments=25)
    emulator.trouble(LIST, "duplicate_row", times=None)
    with pytest.raises(AAMIncomplete, match="Gave up after 3 attempts; the table was not changed"):
        sync()
    assert tables_of(engine) == []


def test_empty_list_is_not_believed_unless_told_so(emulator, engine, sync):
    assert counts_of(sync()) == {}
    emulator.seed(segments=3)
    sync()
    before = rows_of(engine)
    emulator.reset("empty")
    with pytest.raises(AAMIncomplete, match=r"AAM has no segments, but table t has 3.*allow_empty=True"):
        sync()
    assert rows_of(engine) == before
    assert counts_of(sync(allow_empty=True)) == {"deleted": 3}
    assert counts_of(sync()) == {}


def test_empty_list_does_not_empty_a_table_made_by_hand(engine, sync):
    run_sql(engine, "CREATE TABLE t (sid BIGINT PRIMARY KEY, name TEXT)", "INSERT INTO t VALUES (1, 'a')")
    with pytest.raises(AAMIncomplete, match="table t has 1 of them"):
        sync(fields=["sid", "name"])
    assert rows_of(engine) == {1: {"sid": 1, "name": "a"}}


def test_failure_in_the_middle_leaves_all_as_it_was(emulator, client, engine, sync):
    """Columns that were to be added are not there either, and so is nothing of the temporary table."""
    emulator.seed(segments=5)
    sync(fields=["sid", "name"])
    run_sql(engine, "CREATE UNIQUE INDEX one_of_each ON t (name)")
    before = rows_of(engine)
    emulator.add("segments", {"name": "new"})
    first, second, *_ = sorted(before)
    client.segments.delete(first)
    client.segments.update(second, {"name": "twice"})
    emulator.add("segments", {"name": "twice"})
    with pytest.raises(sa.exc.IntegrityError):
        sync(fields=["sid", "name", "status"])
    assert rows_of(engine) == before
    run_sql(engine, "DROP INDEX one_of_each")
    assert counts_of(sync()) == {"inserted": 2, "updated": 4, "deleted": 1}


def wanted(types: dict[str, Type], table: str = "t") -> Wanted:
    return Wanted.of(table, what="segments", key=["sid"], types=types)


def test_two_syncs_of_a_table_take_turns(engine):
    types = {"sid": Type.INTEGER, "name": Type.TEXT}
    entered = threading.Event()
    done: list[Any] = []

    def second() -> None:
        entered.wait(10)
        batch = [[1, 2], ["b", "b"]]
        done.append(sync_rows(engine, wanted(types), [batch], now=DAY, allow_empty=False).counts)

    def first() -> Any:
        yield [[1], ["a"]]
        entered.set()
        waiting.join(0.5)
        assert done == []

    waiting = threading.Thread(target=second)
    waiting.start()
    assert sync_rows(engine, wanted(types), first(), now=DAY, allow_empty=False).counts.inserted == 1
    waiting.join(10)
    (counts,) = done
    assert (counts.inserted, counts.updated) == (1, 1)
    assert {row["name"] for row in rows_of(engine).values()} == {"b"}


def test_an_older_list_does_not_win_over_a_newer_one(engine):
    types = {"sid": Type.INTEGER, "name": Type.TEXT}
    newer, older = DAY + timedelta(seconds=1), DAY
    sync_rows(engine, wanted(types), [[[1], ["new"]]], now=newer, allow_empty=False)
    with pytest.raises(AAMIncomplete, match="Table t holds segments that were read later, by another task") as refused:
        sync_rows(engine, wanted(types), [[[1], ["old"]]], now=older, allow_empty=False)
    assert refused.value.retryable
    assert rows_of(engine)[1]["name"] == "new"
    assert sync_rows(engine, wanted(types), [[[1], ["new"]]], now=newer, allow_empty=False).counts.updated == 0


def test_readers_see_the_old_state_until_the_end(engine):
    types = {"sid": Type.INTEGER}
    sync_rows(engine, wanted(types), [[[1, 2]]], now=DAY, allow_empty=False)

    def batches() -> Any:
        assert rows_of(engine).keys() == {1, 2}
        yield [[2, 3]]
        assert rows_of(engine).keys() == {1, 2}

    sync_rows(engine, wanted(types), batches(), now=DAY, allow_empty=False)
    assert rows_of(engine).keys() == {1, 2, 3}


def test_a_turn_that_fails_is_over(engine):
    with pytest.raises(ZeroDivisionError), own_turn(engine, wanted({"sid": Type.INTEGER})):
        _ = 1 / 0
    with own_turn(engine, wanted({"sid": Type.INTEGER})) as connection:
        assert connection.scalar(sa.select(sa.literal(1))) == 1


def test_table_may_be_in_a_schema(emulator, engine, sync, tmp_path):
    emulator.seed(segments=2)
    schema = "main" if engine.dialect.name == "sqlite" else "marketing"
    if schema == "marketing":
        run_sql(engine, "CREATE SCHEMA marketing")
    assert sync(table=f"{schema}.Ünsere_2").table == f"{schema}.Ünsere_2"
    assert counts_of(sync(table=f"{schema}.Ünsere_2")) == {"unchanged": 2}
    if schema == "marketing":
        run_sql(engine, "DROP SCHEMA marketing CASCADE")


@pytest.mark.slow
@pytest.mark.parametrize("driver", DRIVERS)
def test_a_database_that_is_not_there_is_no_matter_of_patience(postgres, driver):
    pytest.importorskip(driver)
    engine = sa.create_engine(postgres.replace("postgresql:", f"postgresql+{driver}:").replace("/postgres", "/nowhere"))
    said = r'database "nowhere" does not exist\. Is the database there'
    with pytest.raises(AAMDestinationError, match=said), telling_database("table t"), engine.connect():
        pass


def test_a_schema_that_is_not_there_is_told_before_anything_is_read(emulator, sync):
    with pytest.raises(
        AAMDestinationError, match=r"Table markting\.t: the database has no schema markting\..* Create it"
    ):
        sync(table="markting.t")
    assert emulator.count(LIST) == 0


@pytest.mark.parametrize("table", ["", "a.b.c", ".a", "a.", None, 3, "a b", 'a"b', "t; DROP TABLE t", "1a", "a-b"])
def test_names_that_cannot_be_are_refused(table):
    with pytest.raises(AAMArgumentError, match="table must be a name"):
        Wanted.of(table, what="segments", key=["sid"], types={"sid": Type.INTEGER})


def test_fields_without_the_id_are_refused(emulator, sync):
    with pytest.raises(AAMArgumentError, match="fields must hold sid, which is the table's key"):
        sync(fields=["name"])
    assert emulator.count(LIST) == 0


@pytest.mark.parametrize("resource", RESOURCES.values(), ids=lambda each: each.name)
def test_no_two_fields_share_a_column(resource):
    fields = [*documented_fields(resource, include_metrics=True), OTHER]
    names = [column_name(field) for field in fields]
    assert len({*names, UPDATED, DELETED}) == len(fields) + 2
    assert resource.id_field in fields


def test_columns_are_named_as_sql_has_names():
    assert [column_name(field) for field in SEGMENTS.fields][:8] == [
        *("sid", "pid", "name", "description", "status", "segment_rule", "folder_id", "data_source_id")
    ]
    assert column_name("totalUniques30Day") == "total_uniques30_day"
