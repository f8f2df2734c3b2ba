"""Are the files of a push still what its receipt says? Every byte of them is read."""

from __future__ import annotations

import gzip
import hashlib
import io
import zlib
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any

from airflow_provider_aam.api.errors import AAMConfigError, AAMDestinationError, AAMSourceError
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.files.refusals import UNREADABLE, reason
from airflow_provider_aam.members.receipt import MembersReceipt, SentFile

_ENCRYPTED = (".gpg", ".pgp")
_BUFFER = 2**20


@dataclass(frozen=True, kw_only=True)
class Checked:
    """One file, or with ``uri=None`` all of them together. Without ``problems`` it matches the receipt."""

    uri: str | None
    problems: Sequence[str]


def verify(receipt: MembersReceipt, open_file: Callable[[str], IO[bytes]]) -> Iterator[Checked]:
    """Each file of ``receipt``, and then all of them: no user may have lines in two of them.

    ``open_file`` opens a URI. What is in an encrypted file is not looked at, only its size and hash. Raises
    :class:`AAMSourceError` for a file that is there and cannot be read. Needs 8 bytes of memory per user.
    """
    users = array("q")
    complete = True
    for file in receipt.files:
        checked = _check_file(file, open_file, users)
        complete = complete and not checked.problems and not file.uri.endswith(_ENCRYPTED)
        yield checked
    if complete:
        yield Checked(uri=None, problems=_differences(users=(receipt.users, _distinct(users))))


class _Hashed(io.RawIOBase):
    """Counts and hashes what is read through it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.size = 0
        self.sha256 = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        self.size += len(data)
        self.sha256.update(data)
        return len(data)


def _check_file(file: SentFile, open_file: Callable[[str], IO[bytes]], users: array[int]) -> Checked:
    try:
        with open_file(file.uri) as stream:
            return Checked(uri=file.uri, problems=_compare(file, _Hashed(stream), users))
    except FileNotFoundError:
        return Checked(uri=file.uri, problems=["is missing"])
    except AAMDestinationError:
        raise
    except UNREADABLE as unreadable:
        error = AAMSourceError(f"{one_line(file.uri)} cannot be read: {one_line(reason(unreadable))}.")
        error.retryable = isinstance(unreadable, OSError) and not isinstance(unreadable, PermissionError)
        raise error from unreadable


def _compare(file: SentFile, hashed: _Hashed, users: array[int]) -> list[str]:
    stored: IO[bytes] = io.BufferedReader(hashed, _BUFFER)
    broken = None
    raw_bytes = lines = 0
    if not file.uri.endswith(_ENCRYPTED):
        try:
            for line in _plain(stored, file.uri):
                raw_bytes += len(line)
                lines += 1
                users.append(hash(line.partition(b"\t")[0]))
        except (gzip.BadGzipFile, EOFError, zlib.error) as damage:
            broken = reason(damage)
    while stored.read(_BUFFER):
        pass
    problems = _differences(bytes=(file.bytes, hashed.size), sha256=(file.sha256, hashed.sha256.hexdigest()))
    if broken is not None:
        return [*problems, f"is not readable as gzip: {one_line(broken)}"]
    if file.uri.endswith(_ENCRYPTED):
        return problems
    return [*problems, *_differences(raw_bytes=(file.raw_bytes, raw_bytes), lines=(file.lines, lines))]


def _plain(stored: IO[bytes], uri: str) -> IO[bytes]:
    return io.BufferedReader(gzip.GzipFile(fileobj=stored), _BUFFER) if uri.endswith(".gz") else stored


def _differences(**pairs: tuple[int | str, int | str]) -> list[str]:
    return [
        f"{name}: expected {_shown(expected)}, found {_shown(found)}"
        for name, (expected, found) in pairs.items()
        if expected != found
    ]


def _shown(value: int | str) -> str:
    return value if isinstance(value, str) else f"{value:,}"


def _distinct(hashes: array[int]) -> int:
    try:
        import numpy as np
    except ImportError as missing:
        raise AAMConfigError("Counting users needs numpy: pip install 'airflow-provider-aam[members]'") from missing
    ordered = np.frombuffer(hashes, np.int64)
    ordered.sort()
    return len(ordered) and 1 + int(np.count_nonzero(ordered[1:] != ordered[:-1]))
