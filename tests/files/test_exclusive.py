"""Files that are created only where there is none: locally, and in stores as different as they are."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from airflow_provider_aam.files.exclusive import can_create, create


def at(path: Path) -> Any:
    return SimpleNamespace(fs=fsspec.filesystem("file"), path=str(path))


class Store(MemoryFileSystem):  # type: ignore[misc]
    """Refuses in its own words, or is not heard when it has done what it was told."""

    protocol = "s3"
    cachable = False

    def __init__(self, *, is_heard: bool = True) -> None:
        super().__init__()
        self.store, self.pseudo_dirs, self._is_heard = {}, [""], is_heard

    def pipe_file(self, path: str, value: bytes, mode: str = "overwrite", **_: Any) -> None:
        assert mode == "create"
        if self.exists(path):
            raise OSError(22, "PreconditionFailed")
        super().pipe_file(path, value)
        if not self._is_heard:
            raise ConnectionResetError


def test_the_first_gets_the_name_and_nothing_else_is_left(tmp_path):
    path = tmp_path / "new" / "1.json"
    assert create(at(path), b"one")
    assert not create(at(path), b"two")
    assert path.read_bytes() == b"one"
    assert [*path.parent.iterdir()] == [path]


def test_of_many_threads_one_gets_it(tmp_path):
    path, gate, got = tmp_path / "1.json", threading.Barrier(8), []

    def race(number: int) -> None:
        gate.wait()
        if create(at(path), b"%d" % number):
            got.append(b"%d" % number)

    threads = [threading.Thread(target=race, args=(number,)) for number in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert got == [path.read_bytes()]


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        create(at(tmp_path / "file" / "1.json"), b"one")


@pytest.mark.parametrize(("number", "said"), [(errno.EOPNOTSUPP, "without hard links"), (errno.ENOSPC, "disk is full")])
def test_a_disk_without_hard_links_is_named(tmp_path, monkeypatch, number, said):
    def link(*_: Any, **__: Any) -> None:
        raise OSError(number, "disk is full")

    monkeypatch.setattr(os, "link", link)
    with pytest.raises(OSError, match=said):
        create(at(tmp_path / "1.json"), b"one")
    assert [*tmp_path.iterdir()] == []


def test_a_store_that_refuses_has_kept_what_was_there():
    place = SimpleNamespace(fs=Store(), path="/1.json")
    assert create(place, b"one")
    assert not create(place, b"two")
    assert place.fs.cat_file("/1.json") == b"one"


def test_a_store_that_was_not_heard_is_asked():
    place = SimpleNamespace(fs=Store(is_heard=False), path="/1.json")
    assert create(place, b"one")
    assert not create(place, b"two")


def test_a_store_in_trouble_raises_what_it_does(monkeypatch):
    place = SimpleNamespace(fs=Store(), path="/1.json")
    monkeypatch.setattr(place.fs, "pipe_file", lambda *_, **__: (_ for _ in ()).throw(OSError("SlowDown")))
    with pytest.raises(OSError, match="SlowDown"):
        create(place, b"one")


@pytest.mark.parametrize(
    ("protocol", "can"), [("file", True), ("s3", True), ("gs", True), ("abfs", True), ("sftp", False)]
)
def test_kinds_of_stores(protocol, can):
    assert can_create(SimpleNamespace(fs=SimpleNamespace(protocol=protocol))) is can
