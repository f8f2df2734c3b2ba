"""What a push of trait memberships hands on: the files, and every row of the source accounted for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class SentFile:
    """``bytes`` as stored, ``raw_bytes`` before compression, one line per user."""

    uri: str
    bytes: int
    raw_bytes: int
    lines: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class MembersReceipt:
    """``rows`` = ``items`` + ``duplicates`` + ``rejected``, in pairs of a user and a trait (or signal)."""

    batch: int
    files: Sequence[SentFile]
    users: int
    rows: int
    items: int
    duplicates: int
    rejected: int
    rejects_uri: str | None
    data_source: int
    target_data_source: int | None
    mode: str
    started_at: datetime
    finished_at: datetime

    def __str__(self) -> str:
        """One line for the log."""
        size = sum(file.bytes for file in self.files)
        return (
            f"Memberships of data source {self.target_data_source or self.data_source}: {self.items:,} "
            f"of {self.users:,} users from {self.rows:,} rows ({self.duplicates:,} duplicates, "
            f"{self.rejected:,} rejected), {len(self.files)} files, {size:,} bytes."
        )

    def as_asset_extra(self) -> dict[str, Any]:
        """What an Asset event should carry."""
        return {"batch": self.batch, "users": self.users, "rows": self.items, "uris": [file.uri for file in self.files]}

    def as_xcom(self) -> dict[str, Any]:
        """JSON-safe: timestamps as ISO 8601 text."""
        return {
            **asdict(self),
            "started_at": self.started_at.isoformat(),
            "finished_at": self.finished_at.isoformat(),
        }
