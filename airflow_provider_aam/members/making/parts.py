"""Lines cut into files that AAM takes, never through a user, and compressed while the next lines are made."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from airflow_provider_aam.members.target import Sizes

if TYPE_CHECKING:
    import pyarrow as pa

_LEVEL = 1
_BYTES_PER_CHUNK = 4 * 2**20
_GZIP = 31  # zlib's number for a gzip header, which then holds neither name nor time


@dataclass(frozen=True, kw_only=True)
class Part:
    """A finished file on this machine. ``raw_bytes`` before compression; one line per user."""

    path: Path
    bytes: int
    raw_bytes: int
    lines: int
    sha256: str


class _Writer:
    def __init__(self, path: Path, *, compressed: bool) -> None:
        self.path = path
        self.raw = self.lines = self.stored = 0
        self._sha256 = hashlib.sha256()
        self._file: BinaryIO = path.open("wb")
        self._packer = _packer() if compressed else None

    def write(self, chunk: memoryview, lines: int) -> None:
        self.raw += len(chunk)
        self.lines += lines
        self._store(chunk if self._packer is None else self._packer.compress(chunk))

    def finish(self) -> Part:
        if self._packer is not None:
            self._store(self._packer.flush())
        self._file.close()
        digest = self._sha256.hexdigest()
        return Part(path=self.path, bytes=self.stored, raw_bytes=self.raw, lines=self.lines, sha256=digest)

    def _store(self, data: bytes | memoryview) -> None:
        self._sha256.update(data)
        self.stored += self._file.write(data)


def write_parts(groups: Iterable[pa.Array], folder: Path, sizes: Sizes, *, compressed: bool = True) -> list[Part]:
    """Files in ``folder`` with the lines of ``groups``, in their order: the same lines give the same bytes.

    Compression runs in a thread of its own, one chunk behind the lines.
    """
    parts: list[Part] = []
    writer: _Writer | None = None
    with ThreadPoolExecutor(1, thread_name_prefix="aam-members") as pool:
        under_way: Future[None] | None = None
        for chunk, lines in _chunks(groups, min(_BYTES_PER_CHUNK, sizes.raw)):
            if under_way is not None:
                under_way.result()
            if writer is not None and (writer.raw + len(chunk) > sizes.raw or writer.stored >= sizes.stored):
                parts.append(writer.finish())
                writer = None
            if writer is None:
                writer = _Writer(folder / f"part-{len(parts) + 1}", compressed=compressed)
            under_way = pool.submit(writer.write, chunk, lines)
        if under_way is not None:
            under_way.result()
    return [*parts, writer.finish()] if writer is not None else parts


def _chunks(groups: Iterable[pa.Array], longest: int) -> Iterator[tuple[memoryview, int]]:
    """Whole lines, at most ``longest`` bytes at a time, and not copied: Arrow keeps a column's texts in a row."""
    import numpy as np

    for lines in groups:
        if not len(lines):
            continue
        _, offsets_buffer, data = lines.buffers()
        offsets = np.frombuffer(offsets_buffer, np.int32)[lines.offset : lines.offset + len(lines) + 1]
        view = memoryview(data)
        start = 0
        while start < len(lines):
            end = int(np.searchsorted(offsets, offsets[start] + longest, "right")) - 1
            end = min(max(end, start + 1), len(lines))
            yield view[int(offsets[start]) : int(offsets[end])], end - start
            start = end


def _packer() -> Any:
    from isal import isal_zlib

    return isal_zlib.compressobj(level=_LEVEL, wbits=_GZIP)
