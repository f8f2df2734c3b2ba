"""Ledgers of feeds: a folder and a table, with tasks that want the same number at the same moment."""

from __future__ import annotations

import importlib
import json
import multiprocessing
import sqlite3
from datetime import UTC, datetime
from typing import Any

import pytest
from fsspec.implementations.memory import MemoryFileSystem

from airflow_provider_aam.api.errors import AAMDestinationError
from airflow_provider_aam.compat import AIRFLOW_V_3_0_PLUS
from airflow_provider_aam.feeds.ledger import Claim, FeedFile, FeedInfo
from airflow_provider_aam.hooks.ledgers import ledger_of

NOW = datetime(2026, 11, 29, 7, tzinfo=UTC)
RACERS = 4
ROUNDS = 12


def claim(owner: str, number: int = 0) -> Claim:
    file = FeedFile(uri=f"s3://b/{number}.gz", bytes=7, etag=None, hour=NOW, late=True)
    return Claim(owner=owner, claimed_at=NOW, files=(file,), infos=(FeedInfo(uri="s3://b/x.info", version="v"),))


@pytest.fixture(params=["folder", "table"])
def place(request, tmp_path, monkeypatch) -> tuple[str, str | None]:
    monkeypatch.setenv("AIRFLOW_CONN_LEDGER", json.dumps({"conn_type": "sqlite", "host": str(tmp_path / "ledger.db")}))
    return (f"file://{tmp_path}/ledger/", None) if request.param == "folder" else ("aam_feed_ledger", "ledger")


def test_claims_come_back_in_their_order(place):
    ledger = ledger_of(*place)
    assert ledger.claims() == {}
    made = {number: claim(f"task {number}", number) for number in range(1, 13)}
    assert all(ledger.append(number, each) for number, each in made.items())
    assert not ledger.append(12, claim("late"))
    assert [*ledger_of(*place).claims().items()] == [*made.items()]
    ledger.forget({1, 2})
    ledger.forget({2})
    assert [*ledger.claims()] == [*range(3, 13)]
    ledger.forget(set())
    assert ledger.append(13, claim("next"))
    assert ledger.claims()[13].owner == "next"


def race(place: tuple[str, str | None], racer: int, gate: Any, results: Any) -> None:
    got = []
    for number in range(1, ROUNDS + 1):
        gate.wait()
        try:
            if ledger_of(*place).append(number, claim(f"racer {racer}")):
                got.append(number)
        except OSError as trouble:
            got.append(str(trouble))
    results.put((racer, got))


def test_of_processes_that_race_each_number_is_one_s(place):
    context = multiprocessing.get_context("fork")
    gate, results = context.Barrier(RACERS, timeout=60), context.Queue()
    racers = [context.Process(target=race, args=(place, racer, gate, results)) for racer in range(RACERS)]
    for each in racers:
        each.start()
    won = dict(results.get(timeout=60) for _ in racers)
    for each in racers:
        each.join()
    assert sorted(number for numbers in won.values() for number in numbers) == [*range(1, ROUNDS + 1)]
    owners = {number: each.owner for number, each in ledger_of(*place).claims().items()}
    assert owners == {number: f"racer {racer}" for racer, numbers in won.items() for number in numbers}


def test_a_claim_that_cannot_be_read_is_refused_rather_than_forgotten(place, tmp_path):
    ledger_of(*place).append(1, claim("one"))
    if place[1]:
        with sqlite3.connect(tmp_path / "ledger.db") as database:
            database.execute("UPDATE aam_feed_ledger SET claim = '{'")
    else:
        (tmp_path / "ledger" / "0000000001.json").write_text("{")
    with pytest.raises(AAMDestinationError, match=r"(0000000001.json|row 1) is not a claim: .* Restore it"):
        ledger_of(*place).claims()


def test_a_folder_keeps_to_its_own_files(tmp_path):
    ledger = ledger_of(f"{tmp_path}/ledger", None)
    ledger.append(1, claim("one"))
    (tmp_path / "ledger" / "README.txt").write_text("what this is")
    assert [*ledger.claims()] == [1]
    assert sorted(path.name for path in (tmp_path / "ledger").iterdir()) == [
        "0000000000.json",
        "0000000001.json",
        "README.txt",
    ]


def test_a_folder_reads_each_claim_once(tmp_path):
    ledger = ledger_of(f"{tmp_path}/ledger", None)
    ledger.append(1, claim("one"))
    assert [*ledger.claims()] == [1]
    (tmp_path / "ledger" / "0000000001.json").write_text("")
    ledger_of(f"{tmp_path}/ledger", None).append(2, claim("two"))
    assert [*ledger.claims()] == [1, 2]


class Silent(MemoryFileSystem):  # type: ignore[misc]
    """Calls itself S3, and replaces files whatever it was told."""

    protocol = "s3"

    def pipe_file(self, path: str, value: bytes, **_: Any) -> None:
        super().pipe_file(path, value)


@pytest.fixture
def stored():
    """The Connection of a store that is this file system."""
    module = importlib.import_module("airflow.sdk.io.store" if AIRFLOW_V_3_0_PLUS else "airflow.io.store")

    def attach(fs: MemoryFileSystem) -> str:
        fs.store.clear()
        module.attach("memory", conn_id=type(fs).__name__, fs=fs)
        return type(fs).__name__

    return attach


def test_a_store_that_replaces_files_in_silence_is_refused(stored):
    ledger = ledger_of("memory://bucket/ledger", stored(Silent()))
    with pytest.raises(AAMDestinationError, match=r"replaces a file .* Keep the ledger in a table of a database"):
        ledger.append(1, claim("one"))


def test_a_kind_of_storage_that_cannot_is_refused_before_anything_is_handed_out(stored):
    with pytest.raises(AAMDestinationError, match="this kind of storage cannot create a file only if there is none"):
        ledger_of("memory://bucket/ledger", stored(MemoryFileSystem())).claims()


@pytest.mark.parametrize("scheme", ["ftp", "foo"])
def test_a_place_where_no_ledger_can_be_is_told_with_those_where_it_can(scheme):
    with pytest.raises(
        AAMDestinationError, match=f"a ledger cannot be in {scheme}://. It can be a local folder, one in s3"
    ):
        ledger_of(f"{scheme}://host/ledger", None).claims()


def test_a_table_of_someone_else_is_not_used(tmp_path, monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_LEDGER", json.dumps({"conn_type": "sqlite", "host": str(tmp_path / "ledger.db")}))
    with sqlite3.connect(tmp_path / "ledger.db") as database:
        database.execute("CREATE TABLE another (number INT)")
    refused = "ledger another: this table is not a ledger, it lacks owner, claimed_at, claim. Name another"
    with pytest.raises(AAMDestinationError, match=refused):
        ledger_of("another", "ledger").claims()
    with pytest.raises(AAMDestinationError, match=r"ledger nowhere\.another: unknown database"):
        ledger_of("nowhere.another", "ledger").claims()


def test_a_claim_that_is_forgotten_between_list_and_look_is_none(tmp_path, monkeypatch):
    ledger = ledger_of(f"{tmp_path}/ledger", None)
    for number in (1, 2):
        ledger.append(number, claim("one"))
    numbers = ledger._numbers
    monkeypatch.setattr(ledger, "_numbers", lambda: numbers() | {7})
    assert [*ledger.claims()] == [1, 2]


def test_a_folder_that_cannot_be_made_is_told_at_once(tmp_path):
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(AAMDestinationError, match=r"taken cannot be written: .* Nothing was handed out\.") as refused:
        ledger_of(f"{tmp_path}/taken", None).append(1, claim("task"))
    assert not refused.value.retryable
    assert (tmp_path / "taken").read_text() == "a file"
