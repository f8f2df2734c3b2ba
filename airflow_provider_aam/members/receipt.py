"""What a push of trait memberships hands on: the files, and every row of the source accounted for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Annotated, Any, Self

import msgspec

from airflow_provider_aam.api.counted import counted
from airflow_provider_aam.api.errors import AAMArgumentError
from airflow_provider_aam.api.visible import one_line

Count = Annotated[int, msgspec.Meta(ge=0)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


@dataclass(frozen=True, kw_only=True)
class SentFile:
    """``bytes`` as stored, ``raw_bytes`` before compression, one line per user."""

    uri: str
    bytes: Count
    raw_bytes: Count
    lines: Count
    sha256: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]

    @property
    def name(self) -> str:
        """Without its folder, as AAM knows it."""
        return self.uri.rpartition("/")[2]


@dataclass(frozen=True, kw_only=True)
class MembersReceipt:
    """In pairs of a user and a trait (or signal): ``rows`` = ``items`` + ``duplicates`` + ``rejected``.

    Of a snapshot ``items`` are the changes: ``rows`` + ``removed`` = ``items`` + ``unchanged`` + ``duplicates`` +
    ``rejected``, where ``removed`` are those that the source no longer has.
    """

    batch: Count
    files: Sequence[SentFile]
    users: Count
    rows: Count
    items: Count
    duplicates: Count
    rejected: Count
    rejects_uri: str | None
    data_source: int
    target_data_source: int | None
    mode: str
    started_at: Moment
    finished_at: Moment
    unchanged: Count = 0
    removed: Count = 0

    @classmethod
    def from_xcom(cls, given: object) -> Self:
        """The receipt that :meth:`as_xcom` gave, as it is or as JSON text; keys of later versions do not matter.

        Raises :class:`AAMArgumentError` for everything else.
        """
        try:
            document = msgspec.json.decode(given) if isinstance(given, str | bytes) else given
            return msgspec.convert(document, cls)
        except (msgspec.MsgspecError, UnicodeDecodeError) as foreign:
            raise AAMArgumentError(
                f"This is not the receipt of a push of inbound files: {one_line(str(foreign))}. Pass what "
                "the task that pushed returned (its XCom), unchanged."
            ) from foreign

    def __str__(self) -> str:
        """One line for the log."""
        size = sum(file.bytes for file in self.files)
        kinds = {"duplicates": self.duplicates, "rejected": self.rejected, "unchanged": self.unchanged}
        left_out = ", ".join(f"{number:,} {kind}" for kind, number in kinds.items() if number)
        removals = f", {self.removed:,} of them to be removed," if self.removed else ""
        return (
            f"Data source {self.target_data_source or self.data_source}: {counted(self.items, 'membership')}{removals} "
            f"of {counted(self.users, 'user')} from {counted(self.rows, 'row')}{left_out and f' ({left_out})'}, in "
            f"{counted(len(self.files), 'file')} of {size:,} bytes."
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
