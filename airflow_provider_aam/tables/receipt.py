"""What a finished sync has to say for itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """``rows`` is how many AAM has, or how many changes a delivery holds.

    Inserted, updated, restored and unchanged ones make that many; of changes the deleted ones as well.
    """

    table: str
    rows: int
    inserted: int
    updated: int
    unchanged: int
    deleted: int
    """Marked with ``aam_deleted_at``, because AAM has them no longer."""
    restored: int
    """Rows that were marked, and are back."""
    columns_added: Sequence[str]
    """All columns, where the table was created."""
    requests: int
    started_at: datetime
    """Also the ``aam_updated_at`` of every row that this sync wrote."""
    finished_at: datetime

    def as_xcom(self) -> dict[str, Any]:
        """JSON-safe: timestamps as ISO 8601 text."""
        times = {name: getattr(self, name).isoformat() for name in ("started_at", "finished_at")}
        return asdict(self) | times

    def as_asset_extra(self) -> dict[str, Any]:
        counts = {name: getattr(self, name) for name in ("inserted", "updated", "deleted", "restored")}
        return {"table": self.table, "changed": sum(counts.values()), "rows": self.rows, **counts}
