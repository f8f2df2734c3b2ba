"""A file appears whole under its name, or not at all, wherever it goes."""

from __future__ import annotations

import errno
import os
import re
import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
from fsspec.implementations.local import LocalFileSystem
from fsspec.implementations.memory import MemoryFileSystem
from upath import UPath

from airflow_provider_aam.api.errors import AAMDestinationError
from airflow_provider_aam.files.staging import stage


class Stop(Exception):
    """Something goes wrong while a file is written."""


class FakeStore:
    """An object store: a put is visible when it is over, folders do not exist."""

    protocol = ("s3", "s3a")

    def __init__(self, *buckets: str, failure: Exception | None = None) -> None:
        self.buckets = set(buckets)
        self.objects: dict[str, bytes] = {}
        self.options: list[dict[str, Any]] = []
        self.failure = failure
        self.may_look = True

    def unstrip_protocol(self, path: str) -> str:
        return f"s3://{path}"

    def exists(self, path: str) -> bool:
        if not self.may_look:
            raise PermissionError("HeadBucket")
        return path in self.buckets

    def call_s3(self, method: str, **asked: Any) -> None:
        assert method == "head_bucket"
        if not self.exists(asked["Bucket"]):
            raise FileNotFoundError(asked["Bucket"])

    def put_file(self, lpath: str, rpath: str, **options: Any) -> None:
        content = Path(lpath).read_bytes()
        self.options.append(options)
        if self.failure:
            raise self.failure
        self.objects[rpath] = content


class FakeShare(MemoryFileSystem):
    """A filesystem without atomic writes that does not rename onto a file."""

    protocol: ClassVar[str] = "share"  # type: ignore[misc]
    store: ClassVar[dict[str, Any]] = {}
    pseudo_dirs: ClassVar[list[str]] = [""]
    loses: ClassVar[int] = 0

    def put_file(self, lpath: str, rpath: str, **_options: Any) -> None:
        content = Path(lpath).read_bytes()
        self.pipe_file(rpath, content[: len(content) - self.loses])

    def mv(self, path1: str, path2: str, **options: Any) -> None:
        if self.exists(path2):
            raise FileExistsError(path2)
        super().mv(path1, path2, **options)


@pytest.fixture
def share(monkeypatch) -> FakeShare:
    monkeypatch.setattr(FakeShare, "store", {})
    monkeypatch.setattr(FakeShare, "pseudo_dirs", [""])
    return FakeShare(skip_instance_cache=True)


@pytest.fixture
def memory(monkeypatch) -> MemoryFileSystem:
    monkeypatch.setattr(MemoryFileSystem, "store", {})
    monkeypatch.setattr(MemoryFileSystem, "pseudo_dirs", [""])
    return MemoryFileSystem()


@pytest.fixture(autouse=True)
def temporary(tmp_path_factory, monkeypatch) -> Any:
    """Nothing may stay in the machine's folder for temporary files."""
    folder = tmp_path_factory.mktemp("tmp")
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield
    assert list(folder.iterdir()) == []


def write(destination: Any, content: bytes = b"new") -> str:
    with stage(destination) as staged:
        staged.local.write_bytes(content)
        staged.publish()
    return staged.uri


def break_off(destination: Any) -> None:
    with pytest.raises(Stop), stage(destination) as staged:
        _write_half(staged.local)


def _write_half(path: Path) -> None:
    path.write_bytes(b"half")
    raise Stop


# --- this machine's files ---


@pytest.mark.parametrize("kind", [Path, UPath, lambda path: SimpleNamespace(fs=LocalFileSystem(), path=str(path))])
def test_local_file_is_replaced_in_one_step(tmp_path, kind):
    final = tmp_path / "made" / "for it" / "ü.jsonl"
    assert write(kind(final)) == f"file://{final}"
    assert write(kind(final), b"newer") == f"file://{final}"
    assert final.read_bytes() == b"newer"
    assert [path.name for path in final.parent.iterdir()] == ["ü.jsonl"]


def test_local_file_has_no_name_before_it_is_published(tmp_path):
    final = tmp_path / "a.jsonl"
    with stage(final) as staged:
        staged.local.write_bytes(b"half")
        assert not final.exists()
        assert all(path.name.startswith(".") for path in tmp_path.iterdir())


def test_local_file_stays_as_it_was_when_something_goes_wrong(tmp_path):
    final = tmp_path / "a.jsonl"
    final.write_bytes(b"old")
    break_off(final)
    assert final.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.jsonl"]


def test_local_file_has_the_rights_that_the_umask_leaves(tmp_path):
    write(tmp_path / "a.jsonl")
    (tmp_path / "plain").touch()
    assert (tmp_path / "a.jsonl").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_link_keeps_pointing_to_its_target(tmp_path):
    target = tmp_path / "elsewhere" / "target.jsonl"
    target.parent.mkdir()
    link = tmp_path / "link.jsonl"
    link.symlink_to(target)
    write(link)
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


@pytest.mark.parametrize("target", ["file", "folder", "nowhere", "link"])
def test_file_that_a_job_names_takes_the_place_of_a_link(tmp_path, target):
    (tmp_path / "file").write_bytes(b"old")
    (tmp_path / "folder").mkdir()
    folder = tmp_path / "exports"
    (tmp_path / "real").mkdir()
    folder.symlink_to(tmp_path / "real")
    link = folder / "link"
    link.symlink_to(tmp_path / target if target != "link" else link)
    with stage(link, through_link=False) as staged:
        staged.local.write_bytes(b"new")
        staged.publish()
    assert (link.is_symlink(), link.read_bytes()) == (False, b"new")
    assert folder.is_symlink(), "the folder is named by people"
    assert (tmp_path / "file").read_bytes() == b"old"
    assert [path.name for path in (tmp_path / "real").iterdir()] == ["link"]
    assert [*(tmp_path / "folder").iterdir()] == []


def test_relative_path_becomes_an_absolute_uri(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert write(Path("a.jsonl")) == f"file://{tmp_path}/a.jsonl"


@pytest.mark.parametrize(
    "name",
    ["file.jsonl/a.jsonl", "file.jsonl/folder/a.jsonl", "folder", "n" * 300 + ".jsonl", "nul\0.jsonl"],
    ids=["below a file", "far below a file", "a folder", "name too long", "not a name"],
)
def test_local_destination_that_cannot_be_is_refused(tmp_path, name):
    (tmp_path / "file.jsonl").touch()
    (tmp_path / "folder").mkdir()
    with pytest.raises(AAMDestinationError, match="cannot be written"), stage(tmp_path / name):
        raise AssertionError
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file.jsonl", "folder"]


def test_device_is_refused():
    with pytest.raises(AAMDestinationError, match="a folder or a device"), stage(Path("/dev/null")):
        raise AssertionError


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_folder_without_write_permission_is_refused(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(AAMDestinationError, match="PermissionError"), stage(tmp_path / "a.jsonl"):
        raise AssertionError


def test_filesystem_that_takes_no_files_is_refused():
    with pytest.raises(AAMDestinationError, match=r"/proc/a\.jsonl cannot be written"), stage(Path("/proc/a.jsonl")):
        raise AssertionError


# --- object stores ---


def on(fs: Any, path: str) -> Any:
    return SimpleNamespace(fs=fs, path=path)


def test_store_gets_one_put_under_the_final_name():
    store = FakeStore("lake")
    assert write(on(store, "lake/aam/a.csv")) == "s3://lake/aam/a.csv"
    assert store.objects == {"lake/aam/a.csv": b"new"}
    assert store.options == [{"chunksize": 8 * 2**20}]


def test_store_gets_a_local_file_with_the_suffix_that_tells_the_content_type():
    with stage(on(FakeStore("lake"), "lake/a.csv")) as staged:
        assert staged.local.suffix == ".csv"


def test_store_gets_nothing_when_something_goes_wrong():
    store = FakeStore("lake")
    break_off(on(store, "lake/a.csv"))
    assert store.options == []


def test_store_without_the_bucket_is_refused():
    with pytest.raises(AAMDestinationError, match="no bucket 'lake'"), stage(on(FakeStore(), "lake/a.csv")):
        raise AssertionError


def test_store_that_one_may_only_write_to_is_no_problem():
    store = FakeStore("lake")
    store.may_look = False
    write(on(store, "lake/a.csv"))
    assert store.objects


@pytest.mark.parametrize("path", ["lake.csv", "lake/", "lake/folder.csv/"])
def test_store_path_without_a_file_name_is_refused(path):
    with pytest.raises(AAMDestinationError, match="names no object"), stage(on(FakeStore("lake"), path)):
        raise AssertionError


def test_refused_put_is_not_worth_a_retry():
    store = FakeStore("lake", failure=PermissionError("Access Denied"))
    with pytest.raises(
        AAMDestinationError, match=r"s3://lake/a\.csv cannot be written: PermissionError: Access"
    ) as seen:
        write(on(store, "lake/a.csv"))
    assert seen.value.retryable is False
    assert store.objects == {}


def test_put_that_fails_in_passing_is_raised_as_it_is():
    failure = OSError(errno.EIO, "SlowDown")
    with pytest.raises(OSError, match="SlowDown") as seen:
        write(on(FakeStore("lake", failure=failure), "lake/a.csv"))
    assert seen.value is failure


# --- other filesystems ---


def test_other_filesystem_gets_the_file_by_rename(memory):
    destination = UPath("memory://drop/aam/a.csv")
    uri = write(destination)
    write(destination, b"newer")
    assert UPath(uri).read_bytes() == b"newer"
    assert [path.name for path in destination.parent.iterdir()] == ["a.csv"]


def test_other_filesystem_shows_nothing_but_a_hidden_file_before(memory):
    destination = UPath("memory://drop/a.csv")
    with stage(destination) as staged:
        staged.local.write_bytes(b"half")
        assert [path.name.startswith(".aam-") for path in destination.parent.iterdir()] == [True]
    assert list(destination.parent.iterdir()) == []


def test_other_filesystem_keeps_the_older_file_when_something_goes_wrong(memory):
    destination = UPath("memory://drop/a.csv")
    write(destination, b"old")
    break_off(destination)
    assert destination.read_bytes() == b"old"
    assert [path.name for path in destination.parent.iterdir()] == ["a.csv"]


def test_filesystem_that_does_not_rename_onto_a_file_gets_the_new_one(share):
    write(on(share, "/a.csv"), b"old")
    write(on(share, "/a.csv"), b"new")
    assert share.cat_file("/a.csv") == b"new"
    assert share.ls("/", detail=False) == ["/a.csv"]


def test_path_without_a_folder_is_possible(share):
    write(on(share, "a.csv"))
    assert share.cat_file("/a.csv") == b"new"


def test_upload_that_lost_bytes_is_not_published(share, monkeypatch):
    write(on(share, "/a.csv"), b"old")
    monkeypatch.setattr(FakeShare, "loses", 1)
    with pytest.raises(OSError, match=r"share:///a\.csv: 2 of 3 bytes arrived"):
        write(on(share, "/a.csv"), b"new")
    assert share.cat_file("/a.csv") == b"old"
    assert share.ls("/", detail=False) == ["/a.csv"]


def test_other_filesystem_refuses_a_folder(share):
    share.makedirs("/folder.csv")
    with pytest.raises(AAMDestinationError, match="it is a folder"), stage(on(share, "/folder.csv")):
        raise AssertionError


def test_filesystem_that_is_read_only_is_refused(share, monkeypatch):
    def refuse(*args: Any, **options: Any) -> None:
        raise NotImplementedError("read-only")

    monkeypatch.setattr(FakeShare, "touch", refuse)
    with pytest.raises(AAMDestinationError, match="NotImplementedError: read-only"), stage(on(share, "/x/a.csv")):
        raise AssertionError


def test_filesystem_that_is_gone_does_not_cover_the_error_that_matters(share, monkeypatch, caplog):
    def gone(*args: Any, **options: Any) -> None:
        raise OSError("connection lost")

    monkeypatch.setattr(FakeShare, "rm_file", gone)
    break_off(on(share, "/a.csv"))
    assert re.search(r"share:///\.aam-\w+\.partial could not be removed: connection lost", caplog.text)
