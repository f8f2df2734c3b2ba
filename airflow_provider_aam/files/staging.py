"""A file that appears under its final name complete or not at all.

A job writes to a local file of its own; :meth:`Stage.publish` gives it its name in one step as far as the destination
has such a step. Whatever happens, nothing else is left behind.
"""

from __future__ import annotations

import errno
import logging
import os
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

from airflow_provider_aam.api.errors import AAMDestinationError
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.files.scratch import scratch_folder
from airflow_provider_aam.files.stores import OBJECT_STORES, is_local, store_of

log = logging.getLogger(__name__)


class RemotePath(Protocol):
    """What universal-pathlib's ``UPath`` and Airflow's ``ObjectStoragePath`` have in common."""

    @property
    def fs(self) -> Any:
        """An fsspec filesystem."""

    @property
    def path(self) -> str:
        """The path as that filesystem takes it."""


Destination = Path | RemotePath


class Stage(Protocol):
    uri: str
    local: Path
    """Where to write; exists and is empty at first."""

    def publish(self) -> None:
        """Put the finished file under its final name, in place of an older one."""


def stage(destination: Destination, *, through_link: bool = True, **put_options: Any) -> AbstractContextManager[Stage]:
    """Check that ``destination`` can be written and open a place for its bytes.

    A link that people name keeps pointing to where it does; without ``through_link``, for names that a job chooses in a
    folder, the file takes the link's place. ``put_options`` go to an object store's upload, such as ``ACL`` to that of
    S3. Missing folders are created. Raises :class:`AAMDestinationError`.
    """
    fs, path = getattr(destination, "fs", None), path_of(destination)
    if is_local(fs):
        return _stage_locally(Path(path), through_link=through_link)
    if (store := store_of(fs)) is not None:
        return _stage_for_store(fs, path, put_options={**OBJECT_STORES[store], **put_options})
    return _stage_for_filesystem(fs, path)


def make_folder(file: Any) -> None:
    """Create the folder that ``file`` is to be in. Object stores have none; s3fs would create the bucket."""
    if store_of(getattr(file, "fs", None)) is None:
        file.parent.mkdir(parents=True, exist_ok=True)


def path_of(destination: Destination) -> str:
    """Without scheme and host options, as its filesystem takes it."""
    return str(getattr(destination, "path", destination))


class _Local:
    def __init__(self, final: Path, target: Path, sibling: Path) -> None:
        self.uri = f"file://{final}"
        self.local = sibling
        self._target = target

    def publish(self) -> None:
        with self.local.open("rb") as file:
            os.fsync(file.fileno())
        self.local.replace(self._target)


@contextmanager
def _stage_locally(path: Path, *, through_link: bool) -> Iterator[Stage]:
    final = path.expanduser().absolute()
    with _explained(final):
        target = final.resolve() if through_link else final.parent.resolve() / final.name
        folder = target.parent
        if target.exists() and not target.is_file() and not target.is_symlink():
            raise AAMDestinationError(f"{final} cannot be written: it is a folder or a device, not a file.")
        folder.mkdir(parents=True, exist_ok=True)
        sibling = folder / hidden_name()
        sibling.touch(exist_ok=False)
    try:
        yield _Local(final, target, sibling)
    finally:
        sibling.unlink(missing_ok=True)


class _Uploaded:
    """One put under the final name."""

    def __init__(self, fs: Any, path: str, local: Path, put_options: dict[str, Any]) -> None:
        self.uri: str = fs.unstrip_protocol(path)
        self.local = local
        self._fs, self._path, self._put_options = fs, path, put_options

    def publish(self) -> None:
        with _explained(self.uri):
            try:
                self._fs.put_file(str(self.local), self._path, **self._put_options)
            except FileNotFoundError as lost:
                if _is_missing(self._fs, self._path.lstrip("/").partition("/")[0]):
                    raise
                # S3 no longer knows an upload in parts that it has completed without being heard.
                raise OSError(errno.EIO, f"{self.uri}: {lost}") from lost


@contextmanager
def _stage_for_store(fs: Any, path: str, *, put_options: dict[str, Any]) -> Iterator[Stage]:
    uri = fs.unstrip_protocol(path)
    bucket, _, key = path.lstrip("/").partition("/")
    if not key or key.endswith("/"):
        raise AAMDestinationError(f"{uri} names no object: add a file name after the bucket.")
    if _is_missing(fs, bucket):
        raise AAMDestinationError(f"{uri} cannot be written: there is no bucket {bucket!r}.")
    with _local_file(path) as local:
        yield _Uploaded(fs, path, local, put_options)


def _is_missing(fs: Any, bucket: str) -> bool:
    """Only where the store says so: some have permission to write and none to look."""
    try:
        if not hasattr(fs, "call_s3"):
            return not fs.exists(bucket)
        fs.call_s3("head_bucket", Bucket=bucket)  # s3fs's own `exists` takes every error for a no
    except FileNotFoundError:
        return True
    except PermissionError:
        return False
    return False


class _Moved:
    """Uploaded under a hidden name, then renamed."""

    def __init__(self, fs: Any, path: str, local: Path, sibling: str) -> None:
        self.uri: str = fs.unstrip_protocol(path)
        self.local = local
        self._fs, self._path, self._sibling = fs, path, sibling

    def publish(self) -> None:
        with _explained(self.uri):
            self._fs.put_file(str(self.local), self._sibling)
            arrived, sent = self._fs.info(self._sibling)["size"], self.local.stat().st_size
            if arrived != sent:
                raise OSError(f"{one_line(self.uri)}: {arrived} of {sent} bytes arrived.")
            try:
                self._fs.mv(self._sibling, self._path)
            except FileExistsError:  # such as SMB, which does not rename onto a file
                self._fs.rm_file(self._path)
                self._fs.mv(self._sibling, self._path)


@contextmanager
def _stage_for_filesystem(fs: Any, path: str) -> Iterator[Stage]:
    uri = fs.unstrip_protocol(path)
    folder, slash, _ = path.rpartition("/")
    sibling = f"{folder}{slash}{hidden_name()}"
    if fs.isdir(path):
        raise AAMDestinationError(f"{uri} cannot be written: it is a folder.")
    with _explained(uri):
        if folder:
            fs.makedirs(folder, exist_ok=True)
        fs.touch(sibling)
    try:
        with _local_file(path) as local:
            yield _Moved(fs, path, local, sibling)
    finally:
        _remove(fs, sibling)


def _remove(fs: Any, path: str) -> None:
    """Without covering the error that led here: a filesystem that is gone cannot be cleaned up either."""
    try:
        if fs.exists(path):
            fs.rm_file(path)
    except OSError as failure:
        log.warning("%s", one_line(f"{fs.unstrip_protocol(path)} could not be removed: {failure}"))


@contextmanager
def _local_file(path: str) -> Iterator[Path]:
    """An empty file on this machine. It keeps the suffix: object stores guess the content type from it."""
    with scratch_folder() as folder:
        local = folder / f"rows{PurePosixPath(path).suffix}"
        local.touch()
        yield local


@contextmanager
def _explained(what: object) -> Iterator[None]:
    """Refusals that waiting does not mend become :class:`AAMDestinationError`; the rest is transient and raised on."""
    try:
        yield
    except AAMDestinationError:
        raise
    except (OSError, NotImplementedError, ValueError) as failure:
        if isinstance(failure, OSError) and not _is_refusal(failure):
            raise
        raise AAMDestinationError(
            f"{what} cannot be written: {type(failure).__name__}: {failure}. Check the path, and whether the task's "
            "user or the destination's connection has access to it."
        ) from failure


def _is_refusal(failure: OSError) -> bool:
    """By class, because the libraries of remote filesystems set no number; by number where there is no class."""
    classes = (PermissionError, FileNotFoundError, FileExistsError, NotADirectoryError, IsADirectoryError)
    return isinstance(failure, classes) or failure.errno in (errno.EROFS, errno.ENAMETOOLONG, errno.ELOOP)


def hidden_name() -> str:
    return f".aam-{uuid.uuid4().hex}.partial"
