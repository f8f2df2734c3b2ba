"""One row as the keys of a DCS request, or why it cannot be one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from airflow_provider_aam.api.dcs import LARGEST_BODY_BYTES, SEPARATOR, encode
from airflow_provider_aam.stream.operations import (
    Operation,
    Rejected,
    Row,
    Rows,
    Unusable,
    quoted,
    read_each,
    read_operation,
    read_sids,
    read_signals,
)

LONGEST_ID_BYTES = 1_500
ROOM_BYTES = LARGEST_BODY_BYTES - LONGEST_ID_BYTES - 500
"""For traits and signals: the rest of a request is the user, and what all requests have."""
_PREFIXES = ("c_", "p_", "h_")


@dataclass(frozen=True, kw_only=True)
class EventForm:
    """What all requests of a task have in common. ``owner`` of the ids is a data source, by id or code, if any."""

    key: str
    owner: int | str | None = None
    targets: Sequence[int] = ()

    def read(self, rows: Rows) -> tuple[list[Operation], list[Rejected]]:
        return read_each(rows, self._keys)

    def head(self, user: str) -> bytes:
        """What a request about ``user`` begins with."""
        value = user if self.owner is None else f"{self.owner}{SEPARATOR}{user}"
        return encode([(self.key, value), *(("d_tdpid", each) for each in self.targets)])

    def _keys(self, user: str, row: Row) -> bytes:
        if SEPARATOR in user:
            raise Unusable("BAD_ID", "user: holds the character 1, which the DCS takes for a separator")
        if (size := len(self.head(user))) > LONGEST_ID_BYTES:
            raise Unusable("TOO_LONG", f"user: {size:,} bytes in a request; it takes {LONGEST_ID_BYTES:,}")
        if (operation := read_operation(row, "append")) != "append":
            raise Unusable("BAD_OPERATION", f"{operation}: the DCS only appends (transport='stream' can {operation})")
        signals = read_signals(row.get("signals"))
        for key, _ in signals:
            if not key.startswith(_PREFIXES):
                raise Unusable("BAD_SIGNAL", f"signal {quoted(key)}: the DCS takes keys with {', '.join(_PREFIXES)}")
        keys = encode([*(("d_sid", sid) for sid in read_sids(row.get("trait"))), *signals])
        if not keys:
            raise Unusable("EMPTY", "neither a trait nor signals")
        if len(keys) > ROOM_BYTES:
            raise Unusable("TOO_LONG", f"{len(keys):,} bytes; a request takes {ROOM_BYTES:,}")
        return keys
