"""Is a delivery all there? Plain predicates over what a folder holds and what the ``.info`` file says.

Source: Adobe's pages on ``.info`` files. AAM may write the ``.info`` file before the data.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from airflow_provider_aam.api.counted import counted
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.feeds.info import Info, ListedFile

MOST_NAMED = 5
_ETAG = re.compile(r"[0-9a-f]{32}(-\d+)?", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A file in a folder: its size in bytes; the store's ETag and the time of change, where the store tells them."""

    size: int
    etag: str | None = None
    changed_at: datetime | None = None


def lacking(info: Info, seen: Mapping[str, Seen], *, by_etag: bool = False) -> tuple[str, ...]:
    """What is still to come, in words; nothing when the delivery is complete. ``seen`` are the files by name.

    ``by_etag``: the checksums are ETags of S3, as those of Customer Data Feeds are; those of outbound deliveries are
    not compared. The totals of a feed are not either: Adobe's own sample contradicts itself.
    """
    reasons = [*_missing(info, seen), *(_changed(info, seen) if by_etag else _contradicted(info))]
    return tuple(reasons[:MOST_NAMED]) + ((f"and {len(reasons) - MOST_NAMED:,} more",) if reasons[MOST_NAMED:] else ())


def fits(file: ListedFile, found: Seen) -> bool:
    """Whether a file of a feed is the one that is listed, as far as the store tells."""
    if found.size != file.size or found.etag is None or file.checksum is None:
        return found.size == file.size
    told, there = file.checksum.strip('"'), found.etag.strip('"')
    return told.lower() == there.lower() or not (_ETAG.fullmatch(told) and _ETAG.fullmatch(there))


def contradictions(info: Info) -> tuple[str, ...]:
    """What a feed's ``.info`` says against itself: to be told, not to be waited for."""
    return tuple(_miscounted(info))


def _missing(info: Info, seen: Mapping[str, Seen]) -> Iterator[str]:
    for file in info.files:
        found = seen.get(file.name)
        if found is None:
            yield f"“{one_line(file.name)}” is not there"
        elif found.size != file.size:
            yield f"“{one_line(file.name)}” has {found.size:,} of {counted(file.size, 'byte')}"


def _changed(info: Info, seen: Mapping[str, Seen]) -> Iterator[str]:
    for file in info.files:
        found = seen.get(file.name)
        if found is not None and found.size == file.size and not fits(file, found):
            yield f"“{one_line(file.name)}” has another ETag than its .info says"


def _contradicted(info: Info) -> Iterator[str]:
    yield from _miscounted(info)
    size = sum(file.size for file in info.files)
    if info.total_bytes not in (None, size):
        yield f"its .info lists {counted(size, 'byte')}, and says that there are {info.total_bytes:,}"


def _miscounted(info: Info) -> Iterator[str]:
    if info.total_files not in (None, len(info.files)):
        yield f"its .info lists {counted(len(info.files), 'file')}, and says that there are {info.total_files:,}"
