"""The DAGs of dags/, as they are, in a real Airflow against the emulator."""

from __future__ import annotations

import csv
import gzip
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pendulum
import pyarrow.parquet as pq
import pytest
from events import extras_of_events

from airflow_provider_aam.compat import AIRFLOW_V_3_0_PLUS
from airflow_provider_aam.emulator import Emulator

DAGS = Path(__file__).parents[2] / "dags"


@pytest.fixture
def account(emulator: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Emulator:
    emulator.reset("account")
    monkeypatch.setenv("AIRFLOW_CONN_AAM_DEFAULT", emulator.connection_json("jwt"))
    monkeypatch.setenv("AIRFLOW_VAR_AAM_EXPORT", str(tmp_path))
    return emulator


def load_dag(name: str, file: Path | None = None) -> Any:
    """As Airflow loads it: from its file, with every problem of the import reported."""
    try:
        from airflow.dag_processing.dagbag import DagBag
    except ImportError:
        from airflow.models import DagBag
    bag = DagBag(dag_folder=str(file or DAGS / f"{name}.py"))
    assert bag.import_errors == {}
    for task in bag.dags[name].tasks:
        if hasattr(task, "poke_interval"):
            task.poke_interval = 0
        task.retries = 0  # a failure shall show now, not after ten minutes
    return bag.dags[name]


def run(run_dag: Callable[..., Any], name: str, **options: Any) -> Any:
    day = pendulum.datetime(2026, 11, 23, tz="UTC")
    finished = run_dag(load_dag(name), **{"logical_date" if AIRFLOW_V_3_0_PLUS else "execution_date": day}, **options)
    assert finished.state == "success"
    return finished


def test_every_dag_file_is_tested() -> None:
    assert sorted(path.stem for path in DAGS.glob("*.py")) == [
        "aam_check_populations",
        "aam_delete",
        "aam_delivery_to_table",
        "aam_drift",
        "aam_export",
        "aam_on_drift",
        "aam_on_growth",
        "aam_plan_approve_apply",
        "aam_pull_segments",
        "aam_pull_traits_after_push",
        "aam_push_catalog",
        "aam_push_id_sync",
        "aam_push_segments",
        "aam_push_trait_members",
        "aam_push_trait_members_mapped",
        "aam_push_traits",
        "aam_read_data_feed",
        "aam_read_delivery",
        "aam_refresh_page",
        "aam_segments_to_table",
        "aam_stream_traits",
        "aam_wait_for_delivery",
        "aam_wait_for_population",
    ]


@pytest.fixture
def gold(account: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """The sid of a trait that a hundred users have, in the DAGs' source."""
    source = account.add("data_sources", {"name": "CRM", "integrationCode": "members-crm"})["dataSourceId"]
    trait = {"name": "Gold", "integrationCode": "gold", "traitType": "ON_BOARDED_TRAIT", "dataSourceId": source}
    rows = [{"user": f"u{number:02}", "trait": "gold"} for number in range(100)]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    monkeypatch.setenv("AIRFLOW_VAR_AAM_MEMBERS", f"{tmp_path}/*.jsonl")
    monkeypatch.setenv("AIRFLOW_VAR_AAM_MEMBERS_DATA_SOURCE", "members-crm")
    monkeypatch.setenv("AIRFLOW_VAR_AAM_INBOUND", str(tmp_path))
    monkeypatch.setenv("AIRFLOW_VAR_AAM_SHARES", f"{tmp_path}/shares")
    return int(account.add("traits", trait)["sid"])


@pytest.mark.parametrize(("dag", "files"), [("aam_push_trait_members", 1), ("aam_push_trait_members_mapped", 4)])
def test_push_of_members_writes_files_that_aam_takes(
    account: Emulator, gold: int, run_dag: Callable[..., Any], tmp_path: Path, dag: str, files: int
) -> None:
    account.configure(inbound_every_s=0, inbound_report_after_s=0)
    account.watch(f"file://{tmp_path}/date=2026-11-23")
    run(run_dag, dag)
    written = sorted((tmp_path / "date=2026-11-23").glob("*.gz"))
    lines = sorted(line for file in written for line in gzip.decompress(file.read_bytes()).decode().splitlines())
    assert lines == [f"u{number:02}\td_sid={gold}" for number in range(100)]
    assert len(written) == files


def test_push_of_ids_writes_a_file_that_aam_takes(
    account: Emulator, run_dag: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = account.add("data_sources", {"name": "CRM", "integrationCode": "members-crm"})["dataSourceId"]
    phone = "97987bca-ae59-4c7d-94ba-ee4f19ab8c21"
    (tmp_path / "ids.csv").write_text(f"crm_id,gaid\n0012,{phone}\n")
    monkeypatch.setenv("AIRFLOW_VAR_AAM_IDS", f"{tmp_path}/*.csv")
    monkeypatch.setenv("AIRFLOW_VAR_AAM_MEMBERS_DATA_SOURCE", "members-crm")
    monkeypatch.setenv("AIRFLOW_VAR_AAM_INBOUND", str(tmp_path))
    account.configure(inbound_every_s=0, inbound_report_after_s=0)
    account.watch(f"file://{tmp_path}/date=2026-11-23")
    run(run_dag, "aam_push_id_sync")
    (file,) = (tmp_path / "date=2026-11-23").glob("*.gz")
    assert file.name.startswith(f"adobe_id_20914_{source}_")
    assert gzip.decompress(file.read_bytes()).decode() == f"{phone}\t0012\n"


def test_stream_of_traits_gives_them_at_once(
    account: Emulator, gold: int, run_dag: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    operations = [{}, {}, {"operation": "delete"}]
    rows = [{"user": user, "trait": gold, **operation} for user, operation in zip("aba", operations, strict=True)]
    (tmp_path / "stream.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    monkeypatch.setenv("AIRFLOW_VAR_AAM_STREAM_ROWS", f"{tmp_path}/stream.jsonl")
    monkeypatch.setenv("AIRFLOW_VAR_AAM_STREAM_REJECTS", f"{tmp_path}/rejects.jsonl")
    run(run_dag, "aam_stream_traits")
    taken = [(each["identities"][0]["value"], each["operationType"]) for each in account.streamed if each["done"]]
    of_one_user = sorted(taken, key=lambda each: each[0])
    assert of_one_user == [("a", "APPEND"), ("a", "DELETE"), ("b", "APPEND")]
    assert (tmp_path / "rejects.jsonl").read_text() == ""


def test_pull_of_segments_writes_all_of_them(account: Emulator, run_dag: Callable[..., Any], tmp_path: Path) -> None:
    run(run_dag, "aam_pull_segments")
    with gzip.open(tmp_path / "segments/2026-11-23.jsonl.gz", "rt") as file:
        rows = [json.loads(line) for line in file]
    assert [row["sid"] for row in rows] == [segment["sid"] for segment in account.objects("segments")]


def test_table_of_segments_is_in_step_with_the_account(
    account: Emulator, run_dag: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = json.dumps({"conn_type": "sqlite", "host": f"{tmp_path}/warehouse.db"})
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", connection)
    run(run_dag, "aam_segments_to_table")
    with closing(sqlite3.connect(tmp_path / "warehouse.db")) as warehouse:
        found = warehouse.execute("SELECT sid, total_uniques30_day FROM aam_segments ORDER BY sid").fetchall()
    assert [sid for sid, _ in found] == [segment["sid"] for segment in account.objects("segments")]
    assert None not in [population for _, population in found]


def test_push_of_traits_creates_the_file_s_traits_once(
    account: Emulator, run_dag: Callable[..., Any], tmp_path: Path
) -> None:
    before = {trait["sid"] for trait in account.objects("traits")}
    run(run_dag, "aam_push_traits")
    new = [trait for trait in account.objects("traits") if trait["sid"] not in before]
    assert sorted(trait["integrationCode"] for trait in new) == ["plan-comparison", "pricing-visit", "upgrade-search"]
    assert json.loads((tmp_path / "traits/plan.json").read_text())["counts"]["create"] == 6
    outcomes = [json.loads(line) for line in (tmp_path / "traits/outcomes.jsonl").read_text().splitlines()]
    assert [outcome["status"] for outcome in outcomes] == ["created"] * 6  # three folders, three traits

    account.clear_stats()
    run(run_dag, "aam_push_traits")
    assert [request["route"] for request in account.requests if request["method"] != "GET"] == [
        "POST /ims/exchange/jwt"
    ] * account.count("POST /ims/exchange/jwt")


def test_push_of_segments_names_the_traits_that_were_pushed(
    account: Emulator, run_dag: Callable[..., Any], tmp_path: Path
) -> None:
    (outlet,) = load_dag("aam_push_traits").get_task("push_traits").outlets
    timetable = load_dag("aam_push_segments").timetable
    assert outlet.uri in str(getattr(timetable, "asset_condition", None) or timetable.dataset_condition)
    run(run_dag, "aam_push_traits")
    run(run_dag, "aam_push_segments")
    sid = {trait["integrationCode"]: trait["sid"] for trait in account.objects("traits")}
    rules = {segment["integrationCode"]: segment["segmentRule"] for segment in account.objects("segments")}
    assert rules["plan-thinkers"] == f"{sid['pricing-visit']}T AND NOT {sid['plan-comparison']}T"
    assert rules["upgrade-wanted"] == f"FREQUENCY([{sid['upgrade-search']}T] <= 14D) >= 2"
    assert json.loads((tmp_path / "segments/plan.json").read_text())["counts"]["create"] == 3


def test_push_of_the_catalog_and_delete_of_what_is_named(
    account: Emulator, run_dag: Callable[..., Any], tmp_path: Path
) -> None:
    before = {name: account.objects(name) for name in ("segments", "mappings")}
    run(run_dag, "aam_push_catalog")
    sid = {segment["integrationCode"]: segment["sid"] for segment in account.objects("segments")}
    with (tmp_path / "pushed/mappings.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["sid"] == str(sid["cart-left"])]
    assert [row["traitAlias"] for row in rows] == ["cart-left"]
    account.clear_stats()
    run(run_dag, "aam_push_catalog")
    assert [r for r in account.requests if r["method"] != "GET" and r["path"].startswith("/v1/")] == []

    run(run_dag, "aam_delete", run_conf={"codes": ["cart-left", "tent-shoppers"]})
    assert {name: account.objects(name) for name in ("segments", "mappings")} == before
    (outcomes,) = (tmp_path / "deleted").iterdir()
    ends = [json.loads(line) for line in outcomes.read_text().splitlines()]
    assert [(end["status"], end["kind"]) for end in ends] == [
        ("deleted", "mapping"),
        ("deleted", "segment"),
        ("deleted", "segment"),
    ]


def test_pull_after_push_waits_for_the_asset_of_the_push(
    account: Emulator, run_dag: Callable[..., Any], tmp_path: Path
) -> None:
    (outlet,) = load_dag("aam_push_traits").get_task("push_traits").outlets
    after = load_dag("aam_pull_traits_after_push")
    condition = getattr(after.timetable, "asset_condition", None) or after.timetable.dataset_condition
    assert outlet.uri == "aam://traits/"
    assert outlet.uri in str(condition)
    run(run_dag, "aam_pull_traits_after_push")
    with (tmp_path / "traits/traits.csv").open(newline="") as file:
        assert len(list(csv.DictReader(file))) == len(account.objects("traits"))


def test_check_of_populations_accepts_the_first_values_and_stops_at_a_collapse(
    account: Emulator, run_dag: Callable[..., Any], tmp_path: Path
) -> None:
    (watched,) = [trait for trait in account.objects("traits") if trait["integrationCode"] == "web-0001"]
    account.set_metrics(watched["sid"], {"uniques30Day": 10_000})
    run(run_dag, "aam_check_populations")
    pulled = gzip.decompress((tmp_path / "traits/2026-11-23.jsonl.gz").read_bytes())
    assert pulled.count(b"\n") == len(account.objects("traits"))
    accepted = json.loads((tmp_path / "checks/traits.json").read_text())["populations"]
    assert {row["sid"]: row["value"] for row in accepted}[watched["sid"]] == 10_000
    with (tmp_path / "trends/2026-11-23.csv").open(newline="") as file:
        # Airflow 2 gives a manual run the last complete interval of its schedule, which ends at six the day before.
        last_day = "2026-11-22" if AIRFLOW_V_3_0_PLUS else "2026-11-21"
        assert {row["date"] for row in csv.DictReader(file)} == {last_day}

    account.set_metrics(watched["sid"], {"uniques30Day": 4_999})
    with pytest.raises(AssertionError, match="failed"):
        run(run_dag, "aam_check_populations")
    worst = json.loads((tmp_path / "checks/2026-11-23.jsonl").read_text().splitlines()[0])
    assert (worst["sid"], worst["problems"]) == (watched["sid"], ["dropped by 50.01%, max_drop is 50%"])
    assert json.loads((tmp_path / "checks/traits.json").read_text())["populations"] == accepted


def test_refresh_of_the_page_reads_the_account_for_it(
    account: Emulator, run_dag: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__AAM__UI_FOLDER", str(tmp_path / "page"))
    run(run_dag, "aam_refresh_page")
    kinds = {path.name.partition(".")[0] for path in (tmp_path / "page/aam_default").iterdir()}
    assert kinds == {"account", "segments", "traits"}


def test_wait_for_a_population_then_pull(account: Emulator, run_dag: Callable[..., Any], tmp_path: Path) -> None:
    sid = account.objects("segments")[0]["sid"]
    account.set_metrics(sid, {"totalUniques30Day": 1_000_000})
    today = {"logical_date" if AIRFLOW_V_3_0_PLUS else "execution_date": pendulum.now("UTC")}
    dag = load_dag("aam_wait_for_population")
    assert run_dag(dag, run_conf={"sid": sid}, **today).state == "success"
    (pulled,) = (tmp_path / "segments").iterdir()
    assert gzip.decompress(pulled.read_bytes()).count(b"\n") == len(account.objects("segments"))


@pytest.fixture
def delivered(account: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, dict[str, Any]]:
    """The batch of a delivery in two files, and the date of the run that waits for it."""
    destination = {"name": "Partner", "destinationType": "S2S", "dataSourceId": 1}
    key = account.add("destinations", destination)["destinationId"]
    monkeypatch.setenv("AIRFLOW_VAR_AAM_OUTBOUND", str(tmp_path))
    monkeypatch.setenv("AIRFLOW_VAR_AAM_DESTINATION", str(key))
    batch = account.deliver(f"file://{tmp_path}", destination=key, splits=2, every_s=0)["batch"]
    at = pendulum.from_timestamp(int(batch.rpartition("_")[2]) / 1000)
    return batch, {"logical_date" if AIRFLOW_V_3_0_PLUS else "execution_date": at}


def test_wait_for_a_delivery(delivered: tuple[str, dict[str, Any]], run_dag: Callable[..., Any]) -> None:
    batch, date = delivered
    dag = load_dag("aam_wait_for_delivery")
    if not AIRFLOW_V_3_0_PLUS:
        dag.sync_to_db()  # else its Asset is not known
    assert run_dag(dag, **date).state == "success"
    (extra,) = extras_of_events("aam://bank/destinations/12/files")
    assert (extra["batches"], extra["files"]) == ([batch], 2)


def test_read_a_delivery(delivered: tuple[str, dict[str, Any]], run_dag: Callable[..., Any], tmp_path: Path) -> None:
    dag = load_dag("aam_read_delivery")
    if not AIRFLOW_V_3_0_PLUS:
        dag.sync_to_db()
    assert run_dag(dag, **delivered[1]).state == "success"
    (file,) = (tmp_path / "deliveries").iterdir()
    (extra,) = extras_of_events("aam://bank/destinations/12/rows")
    assert (extra["rows"], extra["bytes"], extra["uri"]) == (100, file.stat().st_size, f"file://{file}")
    assert pq.read_table(file).column_names == ["user", "segments", "removed"]


def test_a_delivery_becomes_rows_of_a_table(
    delivered: tuple[str, dict[str, Any]], run_dag: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(
        "AIRFLOW_CONN_WAREHOUSE", json.dumps({"conn_type": "sqlite", "host": f"{tmp_path}/warehouse.db"})
    )
    assert run_dag(load_dag("aam_delivery_to_table"), **delivered[1]).state == "success"
    (file,) = (tmp_path / "deliveries").iterdir()
    listed = pq.read_table(file, columns=["user", "segments"]).to_pylist()
    with closing(sqlite3.connect(tmp_path / "warehouse.db")) as warehouse:
        found = warehouse.execute("SELECT user_id, segment_id FROM aam_members").fetchall()
    assert len(found) >= 100
    assert set(found) == {(row["user"], segment) for row in listed for segment in row["segments"]}


def test_hours_of_a_feed_are_taken_and_read(
    account: Emulator, run_dag: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_VAR_AAM_DATA_FEED", f"{tmp_path}/feed")
    monkeypatch.setenv("AIRFLOW_VAR_AAM_DATA_FEED_LEDGER", f"{tmp_path}/ledger")
    for hours_ago in (1, 5):
        account.deliver_hour(f"file://{tmp_path}/feed", hours_ago=hours_ago, files=2, every_s=0)
    today = {"logical_date" if AIRFLOW_V_3_0_PLUS else "execution_date": pendulum.now("UTC")}
    dag = load_dag("aam_read_data_feed")
    if not AIRFLOW_V_3_0_PLUS:
        dag.sync_to_db()  # else its Asset is not known
    assert run_dag(dag, **today).state == "success"
    (extra,) = extras_of_events("aam://bank/feeds/1109/hours")
    assert (len(extra["hours"]), extra["files"]) == (2, 4)
    (file,) = (tmp_path / "events").iterdir()
    (extra,) = extras_of_events("aam://bank/feeds/1109/events")
    assert extra["rows"] == pq.read_metadata(file).num_rows == 200


@pytest.mark.skipif(not AIRFLOW_V_3_0_PLUS, reason="Airflow 2 has no watchers")
def test_watchers_start_dags() -> None:
    assert "aam://bank/drift" in str(load_dag("aam_on_drift").timetable.asset_condition)
    condition = str(load_dag("aam_on_growth").timetable.asset_condition)
    assert "aam://bank/destinations/12/deliveries" in condition
    assert "aam://bank/segments/77" in condition
