"""What a finished pull has to say for itself."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """One complete file. ``bytes`` and ``sha256`` are of the file as stored, after compression."""

    resource: str
    uri: str
    format: str
    rows: int
    bytes: int
    sha256: str
    total: int
    """What AAM announced; the number of rows where it announces nothing."""
    requests: int
    """Pages read, those of repeated attempts included."""
    started_at: datetime
    finished_at: datetime

    def as_xcom(self) -> dict[str, Any]:
        """JSON-safe: timestamps as ISO 8601 text."""
        times = {name: getattr(self, name).isoformat() for name in ("started_at", "finished_at")}
        return asdict(self) | times

    def as_asset_extra(self) -> dict[str, Any]:
        """What an Asset event should carry: enough to find the file and to see whether it is the same as before."""
        return {"rows": self.rows, "bytes": self.bytes, "sha256": self.sha256, "uri": self.uri}
