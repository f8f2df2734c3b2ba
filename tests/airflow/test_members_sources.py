"""Memberships from a database, traits that are created first, and files that only AAM can read."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from operator_checks import failure_of

from airflow_provider_aam.operators.members import (
    AAMJoinTraitMembersOperator,
    AAMPlanTraitMembersOperator,
    AAMPushTraitMembersOperator,
    AAMPushTraitMembersShareOperator,
)
from tests.members.reading import read_back

DAY = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _connection(emulator, monkeypatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_AAM_DEFAULT", emulator.connection_json("oauth_server_to_server", max_attempts=1))


@pytest.fixture
def crm(emulator) -> dict[str, int]:
    """The sids of two onboarded traits of the data source ``crm``."""
    source = emulator.add("data_sources", {"name": "CRM", "integrationCode": "crm"})["dataSourceId"]
    rows = [
        {"name": code, "integrationCode": code, "traitType": "ON_BOARDED_TRAIT", "dataSourceId": source}
        for code in ("gold", "silver")
    ]
    return {row["integrationCode"]: row["sid"] for row in emulator.add("traits", rows)}


def push(tmp_path: Path, **given: Any) -> AAMPushTraitMembersOperator:
    whole = {"task_id": "push", "data_source": "crm", "traits_are": "integrationCode", "batch_time": DAY}
    return AAMPushTraitMembersOperator(**whole | {"destination": f"{tmp_path}/out"} | given)


def rows_in(folder: Path, *pairs: tuple[str, str]) -> str:
    path = folder / "rows.jsonl"
    path.write_text("".join(json.dumps({"user": user, "trait": trait}) + "\n" for user, trait in pairs))
    return str(path)


@pytest.fixture
def warehouse(tmp_path, monkeypatch) -> sqlite3.Connection:
    database = tmp_path / "warehouse.db"
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", json.dumps({"conn_type": "sqlite", "host": str(database)}))
    connection = sqlite3.connect(database)
    connection.execute("CREATE TABLE members (user, trait, since)")
    return connection


def test_rows_of_a_database(crm, warehouse, tmp_path):
    rows = [("0012", "gold", 1), ("a%20b", "silver", 2), (str(uuid.UUID(int=7)), "gold", 3), ("0012", "gold", 4)]
    warehouse.executemany("INSERT INTO members VALUES (?, ?, ?)", rows)
    warehouse.commit()
    sql = "SELECT user, trait FROM members WHERE user NOT LIKE '%;%' AND since < 5  -- :a %s"
    receipt = push(tmp_path, sql=sql, sql_conn_id="warehouse").execute({})
    assert (receipt["rows"], receipt["items"], receipt["duplicates"]) == (4, 3, 1)
    expected = {(user, f"d_sid={crm[trait]}") for user, trait, _ in rows}
    assert set(read_back(tmp_path / "out")) == expected


def test_query_without_rows_sends_nothing(crm, warehouse, tmp_path):
    receipt = push(tmp_path, sql="SELECT user, trait FROM members", sql_conn_id="warehouse").execute({})
    assert (receipt["rows"], receipt["files"]) == (0, [])


def test_what_is_wrong_with_a_query_is_named(crm, warehouse, tmp_path, monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_WEB", json.dumps({"conn_type": "aam"}))
    missing = failure_of(push(tmp_path, sql="SELECT user AS usr, trait FROM members", sql_conn_id="warehouse"))
    assert "the result of sql has 1 problem" in missing
    assert "column “user” is missing. Did you mean usr?" in missing
    wrong = failure_of(push(tmp_path, sql="SELECT user FROM nowhere", sql_conn_id="warehouse"))
    assert wrong == "sql (Connection warehouse): no such table: nowhere. Nothing was uploaded."
    assert "there is no Airflow Connection 'nowhere'" in failure_of(push(tmp_path, sql="x", sql_conn_id="nowhere"))
    assert "'web' is not of a database" in failure_of(push(tmp_path, sql="x", sql_conn_id="web"))
    assert "give either source, or sql" in failure_of(push(tmp_path, sql="x", source="y", sql_conn_id="web"))


def test_missing_traits_are_created_first(crm, emulator, tmp_path):
    folder = emulator.add("trait_folders", {"name": "CRM"})["folderId"]
    source = rows_in(tmp_path, ("u1", "gold"), ("u2", "bronze"), ("u2", "copper"))
    task = push(tmp_path, source=source, create_missing={"folder": "/CRM", "ttl": 30})
    receipt = task.execute({})
    made = {row["integrationCode"]: row for row in emulator.objects("traits") if row["integrationCode"] not in crm}
    assert {(row["name"], row["traitType"], row["folderId"], row["ttl"]) for row in made.values()} == {
        ("bronze", "ON_BOARDED_TRAIT", folder, 30),
        ("copper", "ON_BOARDED_TRAIT", folder, 30),
    }
    assert receipt["items"] == 3
    assert ("u2", f"d_sid={made['copper']['sid']}") in read_back(tmp_path / "out")
    task.execute({})
    assert len(emulator.objects("traits")) == 4


def test_trial_creates_no_trait(crm, emulator, tmp_path):
    source = rows_in(tmp_path, ("u1", "gold"), ("u2", "bronze"))
    receipt = push(tmp_path, source=source, create_missing={"folder": "/"}, dry_run=True).execute({})
    assert (receipt["items"], receipt["files"]) == (2, [])
    assert len(emulator.objects("traits")) == 2


def test_nothing_is_created_when_something_else_is_wrong(crm, emulator, tmp_path):
    owner = emulator.objects("data_sources")[-1]["dataSourceId"]
    emulator.add(
        "traits", {"name": "Seen", "integrationCode": "seen", "traitType": "RULE_BASED_TRAIT", "dataSourceId": owner}
    )
    source = rows_in(tmp_path, ("u1", "seen"), ("u2", "bronze"))
    assert "is a RULE_BASED_TRAIT" in failure_of(push(tmp_path, source=source, create_missing={}))
    assert len(emulator.objects("traits")) == 3


@pytest.fixture
def keyring(tmp_path_factory):
    """A key pair as AAM has it: the folder of its keyring, and the public key in a file."""
    if shutil.which("gpg") is None:
        pytest.skip("GnuPG is not installed")
    home = tmp_path_factory.mktemp("gpg")
    home.chmod(0o700)
    gpg = ["gpg", "--batch", "--homedir", str(home)]
    made = [*gpg, "--passphrase", "", "--quick-generate-key", "Adobe AudienceManager", "rsa2048", "encr", "never"]
    subprocess.run(made, check=True, capture_output=True)
    public = home / "adobe.pub"
    subprocess.run([*gpg, "--armor", "--output", str(public), "--export"], check=True, capture_output=True)
    yield gpg, public
    subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], check=False)


def test_files_are_encrypted_for_a_key(crm, keyring, tmp_path):
    gpg, public = keyring
    source = rows_in(tmp_path, ("u1", "gold"), ("u2", "silver"))
    plain = push(tmp_path, source=source, compression=None).execute({})
    receipt = push(tmp_path, source=source, pgp_key=str(public)).execute({})
    (path,) = (tmp_path / "out").iterdir()
    assert path.name.endswith(".sync.gpg")
    assert (receipt["files"][0]["bytes"], receipt["files"][0]["raw_bytes"]) == (
        path.stat().st_size,
        plain["files"][0]["raw_bytes"],
    )
    opened = subprocess.run([*gpg, "--decrypt", str(path)], check=True, capture_output=True)
    assert opened.stdout.decode() == f"u1\td_sid={crm['gold']}\nu2\td_sid={crm['silver']}\n"
    listed = subprocess.run([*gpg, "--list-packets", "-v", str(path)], check=True, capture_output=True)
    assert b"AES" in opened.stderr + listed.stdout + listed.stderr or b"cipher=7" in listed.stdout


class InShares:
    """A set by three tasks, between a plan and a join."""

    def __init__(self, tmp_path: Path, **given: Any) -> None:
        common = {"data_source": "crm", "traits_are": "integrationCode", "batch_time": DAY}
        self.given = common | {"destination": f"{tmp_path}/shares"} | given
        self.out = f"{tmp_path}/out"
        self.shares = AAMPlanTraitMembersOperator(task_id="plan", shares=3, **self.given).execute({})

    def push(self) -> dict[str, Any]:
        tasks = [AAMPushTraitMembersShareOperator(task_id="push", share=share, **self.given) for share in self.shares]
        receipts = [task.execute({}) for task in tasks]
        return AAMJoinTraitMembersOperator(task_id="join", receipts=receipts, destination=self.out).execute({})


def test_shares_of_a_database_ask_it_in_the_plan_alone(crm, warehouse, tmp_path):
    warehouse.executemany("INSERT INTO members VALUES (?, 'gold', 1)", [(f"u{number}",) for number in range(50)])
    warehouse.commit()
    planned = InShares(tmp_path, sql="SELECT user, trait FROM members", sql_conn_id="warehouse")
    warehouse.execute("DROP TABLE members")
    assert planned.push()["rows"] == 50
    assert sorted(read_back(tmp_path / "out")) == sorted((f"u{n}", f"d_sid={crm['gold']}") for n in range(50))


def test_shares_are_encrypted_for_a_key(crm, keyring, tmp_path):
    gpg, public = keyring
    source = rows_in(tmp_path, *((f"u{number}", "gold") for number in range(20)))
    receipt = InShares(tmp_path, source=source, pgp_key=str(public)).push()
    paths = sorted((tmp_path / "out").iterdir())
    assert [path.suffix for path in paths] == [".gpg"] * 3
    opened = [subprocess.run([*gpg, "--decrypt", str(path)], check=True, capture_output=True).stdout for path in paths]
    lines = b"".join(opened).decode().splitlines()
    assert sorted(lines) == sorted(f"u{number}\td_sid={crm['gold']}" for number in range(20))
    assert receipt["users"] == 20


def test_what_is_not_a_public_key_is_refused(crm, tmp_path):
    (tmp_path / "key").write_text("hello")
    source = rows_in(tmp_path, ("u1", "gold"))
    text = failure_of(push(tmp_path, source=source, pgp_key=str(tmp_path / "key")))
    assert "pgp_key: expected one public key, found none" in text
    assert not (tmp_path / "out").exists()


def test_files_of_an_earlier_try_are_replaced_and_others_left_alone(crm, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    batch = int(DAY.timestamp())
    source_id = None
    first = push(tmp_path, source=rows_in(tmp_path, ("u1", "gold"))).execute({})
    source_id = first["data_source"]
    stale = [f"ftp_dpm_{source_id}_{batch}.sync.{number}.gz" for number in (1, 2)]
    kept = [f"ftp_dpm_{source_id}_{batch + 1}.sync.gz", f"ftp_dpm_{source_id}_{batch}.sync.gz.processed", "x.gz"]
    for name in stale + kept:
        (out / name).write_bytes(b"x")
    push(tmp_path, source=rows_in(tmp_path, ("u1", "silver"))).execute({})
    assert sorted(path.name for path in out.iterdir()) == sorted([f"ftp_dpm_{source_id}_{batch}.sync.gz", *kept])
