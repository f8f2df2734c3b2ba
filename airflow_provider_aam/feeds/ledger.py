"""Who was handed out which files of a feed: claims in the order in which they were made, none at the same time.

A claim takes the number after the newest one. Two tasks that want the same number get different answers from the place
where claims are kept, so that whoever comes second looks again at what is left.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, Self

import msgspec

from airflow_provider_aam.feeds.completeness import Seen

KEEP = timedelta(days=10)
"""The eight days of a feed, and some."""


@dataclass(frozen=True, kw_only=True)
class FeedFile:
    """``hour`` is the one that it was delivered for; ``late``: other files of that hour were handed out before.

    ``replaces``: a file of that name was, with other content.
    """

    uri: str
    bytes: int
    etag: str | None
    hour: datetime
    late: bool = False
    replaces: bool = False

    @property
    def version(self) -> str:
        """Without an ETag the size has to do."""
        return self.etag or f"{self.bytes} bytes"

    @property
    def name(self) -> str:
        return self.uri.rpartition("/")[2]


@dataclass(frozen=True, kw_only=True)
class FeedInfo:
    """An ``.info`` file of which nothing is left to hand out."""

    uri: str
    version: str

    @classmethod
    def of(cls, uri: str, seen: Seen) -> Self:
        changed = "" if seen.changed_at is None else f", {seen.changed_at.isoformat()}"
        return cls(uri=uri, version=etag_of(seen) or f"{seen.size} bytes{changed}")


@dataclass(frozen=True, kw_only=True)
class Claim:
    """``owner`` is a task instance; ``id`` tells a claim from all others, also of that owner."""

    owner: str
    claimed_at: datetime
    files: tuple[FeedFile, ...]
    infos: tuple[FeedInfo, ...]
    id: str = field(default_factory=lambda: uuid.uuid4().hex)

    @classmethod
    def from_json(cls, content: bytes | str) -> Self:
        """Raises ``ValueError``."""
        return msgspec.json.decode(content, type=cls)

    def as_json(self) -> bytes:
        return msgspec.json.encode(self, enc_hook=datetime.isoformat)


class Ledger(Protocol):
    """Raises :class:`AAMDestinationError` where it cannot be kept, and :class:`OSError` where that may pass."""

    def claims(self) -> Mapping[int, Claim]:
        """All that are kept, by number."""

    def append(self, number: int, claim: Claim) -> bool:
        """``False``: the number is taken by another claim, and nothing was changed."""

    def forget(self, numbers: Collection[int]) -> None: ...


class Handed:
    """What was handed out, by what one wants to know."""

    def __init__(self, claims: Iterable[Claim]) -> None:
        self.owners: dict[str, Claim] = {}
        self.hours: dict[datetime, dict[str, int]] = {}
        """Sizes by name."""
        self._versions: dict[str, set[str]] = {}
        self._infos: set[FeedInfo] = set()
        for claim in claims:
            self.owners[claim.owner] = claim
            self._infos.update(claim.infos)
            for file in claim.files:
                self.hours.setdefault(file.hour, {})[file.name] = file.bytes
                self._versions.setdefault(file.uri, set()).add(file.version)

    def has(self, file: FeedFile) -> bool:
        return file.version in self._versions.get(file.uri, ())

    def has_name(self, uri: str) -> bool:
        return uri in self._versions

    def has_info(self, info: FeedInfo) -> bool:
        return info in self._infos


def outdated(claims: Mapping[int, Claim], now: datetime) -> set[int]:
    """All but the newest: numbers are never used twice."""
    return {number for number, claim in claims.items() if number < max(claims) and claim.claimed_at < now - KEEP}


def etag_of(seen: Seen) -> str | None:
    return seen.etag.strip('"') if seen.etag else None
