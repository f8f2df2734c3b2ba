"""Hostile files, answers and plans: each ends soon, in little memory, in one clear error or a correct result."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hostile.corpus import SECRET
from hostile.run import CASES

from airflow_provider_aam.api.errors import AAMSourceError
from airflow_provider_aam.catalog.checking.sources import load
from airflow_provider_aam.catalog.reading.limits import LIMITS, OPTION
from airflow_provider_aam.cli.credentials.files import read_files

TESTS = Path(__file__).parents[1]
SECONDS, MEGABYTES = 5, 500
"""Of the processor. The slowest take 3 on a busy machine; what has no bound takes minutes."""


@pytest.mark.slow
@pytest.mark.parametrize("of", CASES)
def test_everything_hostile_ends_soon_in_little_memory_and_one_error(of):
    run = subprocess.run(
        [sys.executable, "-m", "hostile.run", of],
        env={**os.environ, "PYTHONPATH": f"{TESTS}{os.pathsep}{TESTS.parent}"},
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    answers = [json.loads(line) for line in run.stdout.splitlines()]
    assert [answer["name"] for answer in answers] == CASES[of]
    assert [answer for answer in answers if answer["crash"] or answer["s"] > SECONDS or answer["mb"] > MEGABYTES] == []
    assert [answer["name"] for answer in answers if not answer["said"]] == []
    assert [answer["name"] for answer in answers if SECRET.partition("=")[0] in answer["said"]] == []
    seen = "".join(answer["said"] for answer in answers).replace("\n", "")
    assert [mark for mark in seen if not mark.isprintable()] == []
    assert not any(line.startswith("::") for answer in answers for line in answer["said"].splitlines())


def test_limit_is_named_with_the_option_that_raises_it(tmp_path, monkeypatch):
    path = tmp_path / "traits.csv.gz"
    monkeypatch.setitem(LIMITS, "bytes, unpacked", 20)
    path.write_bytes(gzip.compress(b"name\n" + b"x\n" * 50))
    with pytest.raises(AAMSourceError, match=f"has more than 20 bytes, unpacked. Split the file, or set {OPTION}=10"):
        load(str(path))
    monkeypatch.setenv(OPTION, "10")
    catalog, _ = load(str(path), objects=False)
    assert [len(rows) for rows in catalog.values()] == [50]


@pytest.mark.parametrize("said", ["", "0", "-1", "much"])
def test_option_that_is_no_number_raises_nothing(tmp_path, monkeypatch, said):
    monkeypatch.setitem(LIMITS, "rows", 1)
    monkeypatch.setenv(OPTION, said)
    (tmp_path / "traits.csv").write_text("name\na\nb\n")
    with pytest.raises(AAMSourceError, match="has more than 1 rows"):
        load(str(tmp_path / "traits.csv"))


def test_link_inside_the_catalog_is_read_and_a_named_link_is_followed(tmp_path):
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "one.csv").write_text("name,traitRule\na,b\n")
    (tmp_path / "c" / "two.csv").symlink_to("one.csv")
    (tmp_path / "named").symlink_to("c")
    catalog, _ = load(str(tmp_path / "named"), kind="traits", objects=False)
    assert [len(rows) for rows in catalog.values()] == [2]


def test_key_file_of_many_beginnings_ends_soon(tmp_path):
    path = tmp_path / "private.key"
    path.write_text("-----BEGIN PRIVATE KEY-----\n" * 20_000)
    started = time.process_time()
    found, (problem,) = read_files([path])
    assert time.process_time() - started < SECONDS
    assert found == []
    assert "a PEM block without its end" in problem


def test_key_with_headers_of_its_own_is_read(tmp_path):
    path = tmp_path / "private.key"
    head = "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00"
    path.write_text(f"-----BEGIN RSA PRIVATE KEY-----\n{head}\n\nAAAA\n-----END RSA PRIVATE KEY-----\n")
    (found,), problems = read_files([path])
    assert (found.kind, problems) == ("private key", [])
