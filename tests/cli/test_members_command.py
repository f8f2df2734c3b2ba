"""`airflow-aam members verify`: a receipt against the files that it names."""

from __future__ import annotations

import gzip
import hashlib
import importlib
import json
from pathlib import Path
from typing import Any

import pytest
from fsspec.implementations.memory import MemoryFileSystem

from airflow_provider_aam.compat import AIRFLOW_V_3_0_PLUS
from airflow_provider_aam.members.target import Sizes
from tests.members.test_push import Place, rows_of


@pytest.fixture
def receipt(tmp_path: Path) -> dict[str, Any]:
    """Of three users in three files."""
    place = Place(tmp_path)
    source = place.jsonl(rows_of(*((f"u{number}", 7) for number in range(3))))
    return place.push(source, sizes=Sizes(raw=1)).as_xcom()


@pytest.fixture
def verify(airflow_aam, tmp_path, receipt):
    """(exit code, result) of the command for ``receipt`` as it is by then."""

    def run() -> tuple[int, dict[str, Any]]:
        path = tmp_path / "receipt.json"
        path.write_text(json.dumps(receipt))
        done = airflow_aam("members", "verify", path, "--json")
        return done.exit_code, json.loads(done.stdout)

    return run


def path_of(file: dict[str, Any]) -> Path:
    return Path(file["uri"].removeprefix("file://"))


def resign(file: dict[str, Any], data: bytes) -> None:
    """Make ``data`` the file, and the receipt true about its bytes."""
    path_of(file).write_bytes(data)
    file |= {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def test_files_that_match(airflow_aam, receipt, verify, tmp_path):
    code, found = verify()
    assert (code, found["ok"], found["problems"]) == (0, True, [])
    assert [file["uri"] for file in found["files"]] == [file["uri"] for file in receipt["files"]]
    printed = airflow_aam("members", "verify", f"file://{tmp_path}/receipt.json").stdout
    assert printed.splitlines() == [
        *(f"ok       {file['uri']}" for file in receipt["files"]),
        "3 of 3 files match the receipt",
    ]


def test_a_changed_and_a_missing_file(airflow_aam, receipt, verify, tmp_path):
    first, second, _ = receipt["files"]
    other = gzip.compress(b"u0\td_sid=7\nu9\td_sid=7\n", mtime=0)
    path_of(first).write_bytes(other)
    path_of(second).unlink()
    code, found = verify()
    assert (code, found["ok"]) == (1, False)
    assert [file["problems"] for file in found["files"]] == [
        [
            f"bytes: expected {first['bytes']}, found {len(other)}",
            f"sha256: expected {first['sha256']}, found {hashlib.sha256(other).hexdigest()}",
            "raw_bytes: expected 11, found 22",
            "lines: expected 1, found 2",
        ],
        ["is missing"],
        [],
    ]
    printed = airflow_aam("members", "verify", tmp_path / "receipt.json").stdout.splitlines()
    assert printed[1:] == [
        f"differs  {second['uri']}: is missing",
        f"ok       {receipt['files'][2]['uri']}",
        "1 of 3 files match the receipt",
    ]


def test_a_file_cut_short_is_hashed_to_its_end(receipt, verify):
    file = receipt["files"][0]
    resign(file, path_of(file).read_bytes()[:-9])
    code, found = verify()
    assert code == 1
    (problem,) = found["files"][0]["problems"]
    assert problem.startswith("is not readable as gzip: ")


def test_a_user_in_two_files(airflow_aam, receipt, verify, tmp_path):
    first, second, _ = receipt["files"]
    resign(second, path_of(first).read_bytes())
    code, found = verify()
    assert (code, found["ok"]) == (1, False)
    assert [file["ok"] for file in found["files"]] == [True, True, True]
    assert found["problems"] == ["users: expected 3, found 2"]
    printed = airflow_aam("members", "verify", tmp_path / "receipt.json").stdout
    assert "differs  all files: users: expected 3, found 2\n" in printed


def test_a_receipt_without_files(receipt, verify):
    receipt |= {"files": [], "users": 0}
    assert verify()[0] == 0


def test_encrypted_files_are_hashed_only(receipt, verify):
    for file in receipt["files"]:
        path = path_of(file)
        file["uri"] = file["uri"].replace(".gz", ".gpg")
        path.rename(path_of(file))
        resign(file, b"sealed\n\n")
    code, found = verify()
    assert (code, [file["problems"] for file in found["files"]]) == (0, [[], [], []])


def test_receipt_and_files_in_an_object_store(airflow_aam, receipt, monkeypatch):
    monkeypatch.setattr(MemoryFileSystem, "store", {})
    store = importlib.import_module("airflow.sdk.io.store" if AIRFLOW_V_3_0_PLUS else "airflow.io.store")
    fs = MemoryFileSystem()
    store.attach("memory", conn_id="lake", fs=fs)
    for file in receipt["files"]:
        uri = f"memory://inbound/{path_of(file).name}"
        fs.pipe(uri, path_of(file).read_bytes())
        file["uri"] = uri
    fs.pipe("memory://inbound/receipt.json", json.dumps(receipt).encode())
    done = airflow_aam("members", "verify", "memory://inbound/receipt.json", "--destination-conn-id", "lake")
    assert done.stdout.splitlines()[-1:] == ["3 of 3 files match the receipt"], done.stderr


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"files": None}, "Expected `array`, got `null` - at `$.files`"),
        ({"users": "3"}, "Expected `int`, got `str` - at `$.users`"),
        ({"finished_at": "2026-01-01T00:00:00"}, "at `$.finished_at`"),
        ({"files": [{"uri": "file:///x"}]}, "Object missing required field `bytes` - at `$.files[0]`"),
        ({"batch": -1}, "Expected `int` >= 0 - at `$.batch`"),
    ],
    ids=["no files", "a text", "no time zone", "half a file", "negative"],
)
def test_what_is_not_a_receipt(receipt, verify, change, wrong):
    receipt |= change
    code, found = verify()
    assert (code, found["error"]["kind"]) == (2, "AAMSourceError")
    assert "This is not the receipt of a push of inbound files: " in found["error"]["message"]
    assert wrong in found["error"]["message"]


@pytest.mark.parametrize("content", [b"", b"\xff", b"[1]", None], ids=["empty", "binary", "list", "absent"])
def test_a_file_that_holds_none(airflow_aam, tmp_path, content):
    path = tmp_path / "x.json"
    if content is not None:
        path.write_bytes(content)
    done = airflow_aam("members", "verify", path)
    assert (done.exit_code, done.stdout) == (2, "")
    assert str(path) in done.stderr


def test_a_file_that_cannot_be_read_is_an_error(receipt, verify):
    path = path_of(receipt["files"][0])
    path.unlink()
    path.mkdir()
    code, found = verify()
    assert (code, found["error"]["kind"]) == (2, "AAMSourceError")
    assert "cannot be read: Is a directory" in found["error"]["message"]
