"""What a reader hands on: the file that it wrote, and every line accounted for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from airflow_provider_aam.api.counted import counted
from airflow_provider_aam.api.visible import one_line


@dataclass(frozen=True, kw_only=True)
class FileRead:
    """``lines`` = ``rows`` + ``rejected`` + headers and blank lines."""

    uri: str
    lines: int
    rows: int
    rejected: int


@dataclass(frozen=True, kw_only=True)
class ReadReceipt:
    """``bytes`` and ``sha256`` are of the file as stored."""

    uri: str
    format: str
    rows: int
    bytes: int
    sha256: str
    rejected: int
    rejects_uri: str | None
    files: Sequence[FileRead]
    started_at: datetime
    finished_at: datetime

    def __str__(self) -> str:
        """One line for the log."""
        seconds = (self.finished_at - self.started_at).total_seconds()
        lines = sum(file.lines for file in self.files)
        rejected = f" ({self.rejected:,} rejected)" if self.rejected else ""
        return (
            f"Read {counted(lines, 'line')} of {counted(len(self.files), 'file')} in {seconds:.1f} s: "
            f"{counted(self.rows, 'row')}{rejected}, {counted(self.bytes, 'byte')}, to {one_line(self.uri)}"
        )

    def as_xcom(self) -> dict[str, Any]:
        """JSON-safe: timestamps as ISO 8601 text."""
        times = {name: getattr(self, name).isoformat() for name in ("started_at", "finished_at")}
        return asdict(self) | times

    def as_asset_extra(self) -> dict[str, Any]:
        return {"rows": self.rows, "bytes": self.bytes, "sha256": self.sha256, "uri": self.uri}
