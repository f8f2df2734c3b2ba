"""What a stream of operations hands on: every row accounted for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from airflow_provider_aam.api.counted import counted


@dataclass(frozen=True, kw_only=True)
class StreamReceipt:
    """``rows`` = ``sent`` + ``skipped`` + ``rejected``. ``codes`` counts the latter two by code."""

    stream_id: str | None
    domain_alias: str | None
    rows: int
    sent: int
    skipped: int
    rejected: int
    codes: Mapping[str, int]
    rejects_uri: str | None
    requests: int
    bytes: int
    started_at: datetime
    finished_at: datetime

    def __str__(self) -> str:
        """One line for the log."""
        codes = ", ".join(f"{code}: {number:,}" for code, number in self.codes.items())
        way = f"DCS of {self.domain_alias}" if self.stream_id is None else f"Stream {self.stream_id}"
        return (
            f"{way}: AAM accepted {self.sent:,} of {counted(self.rows, 'row')} in {counted(self.requests, 'request')}; "
            f"{self.skipped:,} skipped, {self.rejected:,} rejected{codes and f' ({codes})'}."
        )

    def as_asset_extra(self) -> dict[str, Any]:
        """What an Asset event should carry."""
        names = ("stream_id", "domain_alias", "rows", "sent", "rejected")
        return {name: getattr(self, name) for name in names}

    def as_xcom(self) -> dict[str, Any]:
        """JSON-safe: timestamps as ISO 8601 text."""
        times = {"started_at": self.started_at.isoformat(), "finished_at": self.finished_at.isoformat()}
        return {**asdict(self), **times}
