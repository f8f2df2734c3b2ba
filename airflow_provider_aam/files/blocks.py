"""Large text files in blocks of whole lines, unpacked where they are gzipped."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from typing import IO, Any, cast

from airflow_provider_aam.api.errors import AAMError, AAMSourceError
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.files.refusals import UNREADABLE, may_pass, reason

BLOCK = 2 * 2**20
LONGEST_LINE = 64 * 2**20
_DAMAGED = (EOFError, zlib.error, gzip.BadGzipFile)
_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"
_MARK = b"\xef\xbb\xbf"


def read_blocks(path: Any, *, name: str) -> Iterator[bytes]:
    """Each of about :data:`BLOCK` bytes, ending with a line break: CRLF is LF, and the last line gets one.

    Raises :class:`AAMSourceError` for what cannot be read, retryable where that may pass; with a finding for what
    cannot be unpacked.
    """
    try:
        with path.open("rb") as file:
            yield from _lines(_unpacked(file, name), name)
    except AAMError:
        raise
    except Exception as broken:
        is_damaged = isinstance(broken, _DAMAGED) or type(broken).__name__ == "IsalError"  # which has no public base
        if not is_damaged and not isinstance(broken, UNREADABLE):
            raise
        why = one_line(reason(broken)).rstrip(".")
        error = AAMSourceError(f"{name} cannot be read: {why}.")
        error.findings = (f"{name}: {why}",) if is_damaged else ()
        error.retryable = may_pass(broken)
        raise error from broken


def _unpacked(file: IO[bytes], name: str) -> IO[bytes]:
    begins = file.read(len(_ZIP))
    file.seek(0)
    if begins == _ZIP:
        raise AAMSourceError(f"{name} is a ZIP archive, which is not read here: unpack it, or compress with gzip.")
    if not begins.startswith(_GZIP):
        return file
    try:
        from isal import igzip
    except ImportError:  # it is quicker, and in the extra `members`, which streaming does not need
        return cast("IO[bytes]", gzip.GzipFile(fileobj=file))
    return cast("IO[bytes]", igzip.open(file))  # type: ignore[no-untyped-call]


def _lines(file: IO[bytes], name: str) -> Iterator[bytes]:
    begun = b""
    more = file.read(BLOCK).removeprefix(_MARK)
    while more:
        end = more.rfind(b"\n") + 1
        if end:
            yield _with_line_breaks(b"".join((begun, memoryview(more)[:end])))
            begun = more[end:]
        else:
            begun += more
            if len(begun) > LONGEST_LINE:
                raise AAMSourceError(f"{name} has no line break in {LONGEST_LINE:,} bytes: it is not a file of lines.")
        more = file.read(BLOCK)
    if begun:
        yield _with_line_breaks(begun + b"\n")


def _with_line_breaks(block: bytes) -> bytes:
    return block.replace(b"\r\n", b"\n") if b"\r" in block else block
