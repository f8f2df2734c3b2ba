"""The operator that keeps a table in step, as a task of a DAG in a real Airflow, with SQLite."""

from __future__ import annotations

import json
import sqlite3
import traceback
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from events import extras_of_events
from keep import Keep
from operator_checks import arguments_of, failure_of
from test_pull_operators import task_of

from airflow_provider_aam.compat import AirflowFailException, Asset
from airflow_provider_aam.hooks.sql import telling_database
from airflow_provider_aam.operators.feeds import AAMReadDeliveryOperator
from airflow_provider_aam.operators.sql import AAMToSqlOperator, delivered

NOT_TEMPLATED = {
    "include_metrics": "a switch: the text 'False' would switch it on",
    "allow_empty": "a switch",
    "emit_when_unchanged": "a switch",
}
RETRIES = {"retries": 1, "retry_delay": timedelta(0)}


@pytest.fixture(autouse=True)
def warehouse(emulator, monkeypatch, tmp_path) -> Path:
    monkeypatch.setenv("AIRFLOW_CONN_AAM_DEFAULT", emulator.connection_json("oauth_server_to_server", max_attempts=1))
    database = tmp_path / "warehouse.db"
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", json.dumps({"conn_type": "sqlite", "host": str(database)}))
    return database


def select(database: Path, sql: str) -> list[Any]:
    connection = sqlite3.connect(database)
    found = connection.execute(sql).fetchall()
    connection.close()
    return found


def to_sql(**given: Any) -> AAMToSqlOperator:
    usual = {"task_id": "sync", "table": "segments", "sql_conn_id": "warehouse"}
    return AAMToSqlOperator(**{**usual, **({} if "delivery" in given else {"resource": "segments"}), **given})


def test_task_syncs_the_table_and_returns_the_receipt(emulator, run, warehouse, tmp_path):
    emulator.seed(segments=25)

    def build() -> None:
        Keep(task_id="keep", value=to_sql().output, path=str(tmp_path / "receipt.json"))

    assert run(build).state == "success"
    receipt = json.loads((tmp_path / "receipt.json").read_text())
    assert list(receipt) == [
        *("table", "rows", "inserted", "updated", "unchanged", "deleted", "restored", "columns_added"),
        *("requests", "started_at", "finished_at"),
    ]
    assert (receipt["table"], receipt["rows"], receipt["inserted"]) == ("segments", 25, 25)
    found = select(warehouse, "SELECT sid, name FROM segments ORDER BY sid")
    assert found == [(each["sid"], each["name"]) for each in emulator.objects("segments")]


def test_arguments_are_templates(emulator, run, warehouse):
    emulator.seed(traits=5)

    def build() -> None:
        given = {"resource": "traits", "table": "main.t", "sql_conn_id": "warehouse", "aam_conn_id": "aam_default"}
        templates = {name: f"{{{{ '{value}' }}}}" for name, value in given.items()}
        to_sql(**templates, fields=["{{ 'sid' }}", "{{ 'ttl' }}"])

    assert run(build).state == "success"
    assert len(select(warehouse, "SELECT sid, ttl FROM t")) == 5


def test_assets_hear_of_syncs_that_wrote_something(emulator, run, warehouse, tmp_path):
    emulator.seed(segments=5)
    asset = Asset(f"file://{tmp_path}/table")
    for _ in range(2):
        assert run(lambda: to_sql(outlets=[asset])).state == "success"
    (extra,) = extras_of_events(asset.uri)
    expected = {"table": "segments", "changed": 5, "rows": 5, "inserted": 5, "updated": 0, "deleted": 0, "restored": 0}
    assert {name: extra[name] for name in expected} == expected


def test_incomplete_list_is_left_to_airflow_s_retry(emulator, run, warehouse):
    emulator.seed(segments=25)
    emulator.trouble("GET /v1/segments", "duplicate_row", times=3)
    dag_run = run(lambda: to_sql(**RETRIES))
    assert (dag_run.state, task_of(dag_run, "sync").try_number) == ("success", 2)
    assert select(warehouse, "SELECT count(*) FROM segments") == [(25,)]


def test_what_can_never_work_fails_at_once_and_asks_nothing(emulator, warehouse):
    select(warehouse, "CREATE TABLE other (sid TEXT)")
    assert "there is no Airflow Connection 'nowhere'" in failure_of(to_sql(sql_conn_id="nowhere"))
    assert "'aam_default' is not of a database" in failure_of(to_sql(sql_conn_id="aam_default"))
    assert "table must be a name" in failure_of(to_sql(table="1"))
    assert "of letters, digits and _, not 'a; b'" in failure_of(to_sql(table="a; b", sql_conn_id="nowhere"))
    assert "Table ours.t: the database has no schema ours." in failure_of(to_sql(table="ours.t"))
    assert "column sid is TEXT, expected INTEGER" in failure_of(to_sql(table="other"))
    assert "AAM has no metrics in the list of users" in failure_of(to_sql(resource="users", include_metrics=True))
    assert emulator.count() == 0


def test_a_type_of_connection_that_no_provider_knows_is_named(emulator, monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", json.dumps({"conn_type": "neverheardof", "password": "geheim"}))
    said = failure_of(to_sql())
    assert "sql_conn_id: the Airflow Connection 'warehouse' is of type 'neverheardof', which no provider" in said
    assert "geheim" not in said
    assert emulator.count() == 0


def test_what_the_database_refuses_is_said_in_its_words(emulator, warehouse):
    emulator.seed(segments=2)
    select(warehouse, "CREATE TABLE segments (sid INTEGER PRIMARY KEY, name TEXT CHECK (name = 'x'))")
    with pytest.raises(AirflowFailException) as failed:
        to_sql(fields=["sid", "name"]).execute({})
    said = "".join(traceback.format_exception(failed.value))
    assert "table segments (Connection warehouse): CHECK constraint failed: name = 'x'. Nothing was written." in said
    assert "INSERT INTO" not in said


def test_a_database_that_is_not_there_fails_at_once(emulator, monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", json.dumps({"conn_type": "sqlite", "host": "/nowhere/a.db"}))
    said = "table segments (Connection warehouse): unable to open database file. Is the database there? Create it"
    assert said in failure_of(to_sql())
    assert emulator.count() == 0


def test_a_database_that_is_busy_is_left_to_airflow_s_retry(warehouse):
    engine = sa.create_engine(f"sqlite:///{warehouse}", connect_args={"timeout": 0, "isolation_level": None})
    with engine.connect() as first, engine.connect() as second:
        first.exec_driver_sql("BEGIN IMMEDIATE")
        with pytest.raises(OSError, match=r"^t: database is locked$"), telling_database("t"):
            second.exec_driver_sql("BEGIN IMMEDIATE")
    engine.dispose()


FULL, ITER = "s3_12_345_full_1795960800000.sync", "s3_12_345_iter_1795964400000.sync"


def test_deliveries_that_were_read_go_to_a_table(emulator, run, warehouse, tmp_path):
    (tmp_path / FULL).write_text("ann 1,2\nbob 2\n")
    (tmp_path / ITER).write_text("ann 3 1\ncyd 1\n")
    asset = Asset(f"file://{tmp_path}/members")

    def build() -> None:
        tasks = []
        for name in (FULL, ITER):
            kind = name.split("_")[3]
            read = AAMReadDeliveryOperator(
                task_id=f"read_{kind}", source=f"{tmp_path}/{name}", destination=f"{tmp_path}/{kind}.parquet"
            )
            given = {"task_id": f"sync_{kind}", "delivery": read.output, "table": "members", "outlets": [asset]}
            tasks.append(to_sql(**given))
        tasks[0] >> tasks[1]

    assert run(build).state == "success"
    found = select(warehouse, "SELECT user_id, segment_id, aam_deleted_at IS NULL FROM members ORDER BY 1, 2")
    assert found == [("ann", 1, 0), ("ann", 2, 1), ("ann", 3, 1), ("bob", 2, 1), ("cyd", 1, 1)]
    assert sorted(extra["changed"] for extra in extras_of_events(asset.uri)) == [3, 3]
    assert emulator.count("GET /v1/segments") == 0


def test_a_delivery_tells_what_it_holds(tmp_path):
    def receipt(*names: str, **more: Any) -> dict[str, Any]:
        return {"uri": "s3://a/b.parquet", "files": [{"uri": f"s3://a/{name}"} for name in names], **more}

    assert delivered("s3://a/b.parquet") == ("s3://a/b.parquet", None)
    assert delivered(receipt(FULL)) == ("s3://a/b.parquet", False)
    assert delivered(receipt(ITER, ITER)) == ("s3://a/b.parquet", True)
    assert delivered(receipt(FULL, ITER)) == ("s3://a/b.parquet", None)
    assert delivered(receipt("other.gz")) == ("s3://a/b.parquet", None)
    assert delivered(receipt(FULL, kind="iter")) == ("s3://a/b.parquet", True)
    assert delivered({"uri": "s3://a/b.parquet", "kind": "state"}) == ("s3://a/b.parquet", False)
    assert "kind must be one of full, state, iter" in failure_of(to_sql(delivery=receipt(kind="half")))
    assert "delivery must be a URI, or a receipt with a uri" in failure_of(to_sql(delivery={"rows": 3}))
    assert "cannot be read" in failure_of(to_sql(delivery=f"{tmp_path}/none.parquet"))


def test_arguments_that_do_not_go_together_are_refused():
    for given in ({"resource": None}, {"delivery": "a.parquet", "resource": "traits"}):
        assert "give either resource or delivery" in failure_of(to_sql(**given))
    assert "fields and include_metrics are of a resource" in failure_of(to_sql(delivery="a", fields=["sid"]))


def test_every_argument_is_a_template_or_deliberately_not():
    assert arguments_of(AAMToSqlOperator) == {*AAMToSqlOperator.template_fields, *NOT_TEMPLATED}
    assert set(AAMToSqlOperator.template_fields_renderers) <= set(AAMToSqlOperator.template_fields)
