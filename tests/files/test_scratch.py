"""Folders for what does not fit into memory: nothing of them stays, whatever ends the process."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from airflow_provider_aam.files.scratch import PREFIX, discard, scratch_folder

HOLD = """
import sys, tempfile
from airflow_provider_aam.files.scratch import scratch_folder
tempfile.tempdir = sys.argv[1]
with scratch_folder() as folder:
    (folder / "spill").mkdir()
    print(folder, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def place(monkeypatch, tmp_path) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@contextmanager
def other_process(place: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """Which has a folder of its own until it ends."""
    command = [sys.executable, "-c", HOLD, str(place)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process, Path(process.stdout.readline().strip())


def test_a_folder_goes_with_its_block(place):
    with pytest.raises(FileExistsError), scratch_folder() as folder:
        folder.mkdir()
    assert [*place.iterdir()] == []


def test_what_a_killed_process_left_goes_when_the_next_begins(place, caplog):
    caplog.set_level("INFO")
    with other_process(place) as (killed, left):
        killed.send_signal(signal.SIGKILL)
    assert left.is_dir()
    with scratch_folder() as ours:
        assert [*place.iterdir()] == [ours]
    assert f"Removed {left}, which a process had left that was killed." in caplog.text


def test_what_others_use_stays(place):
    (place / "aam-other").mkdir()
    (place / f"{PREFIX}file").touch()
    before = {*place.iterdir()}
    with scratch_folder() as ours, other_process(place) as (_, theirs), scratch_folder() as more:
        assert {*place.iterdir()} - before == {ours, theirs, more}
    assert {*place.iterdir()} == before


def test_a_process_that_is_about_to_be_killed_removes_its_own(place):
    with other_process(place) as (_, theirs), scratch_folder() as ours:
        (ours / "file").touch()
        discard()
        assert [*place.iterdir()] == [theirs]
