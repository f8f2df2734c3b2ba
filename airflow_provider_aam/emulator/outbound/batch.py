"""One batch of outbound files: what they are called and hold, what its `.info` says, its row of the history."""

from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from airflow_provider_aam.emulator.outbound.pieces import Content, Info

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow_provider_aam.emulator.core.collection import Row


@dataclass(frozen=True, kw_only=True)
class Batch:
    """`stamp_ms` is the time in the names; `segments` are those that every user has."""

    destination: Row
    segments: Sequence[int]
    stamp_ms: int
    mode: Literal["full", "iter"] = "iter"
    rows: int = 100
    splits: int = 1
    info: Info = "last"
    reverse: bool = False
    success: bool = True

    @property
    def name(self) -> str:
        """What the names of all its files begin with [doc: "Outbound data file names"]."""
        ids = f"{self.destination['destinationId']}_{self.destination['dataSourceId']}"
        return f"s3_{ids}_{self.mode}_{self.stamp_ms}"

    def files(self) -> list[Content]:
        """Return its files in the order in which they appear."""
        lines = [self._line(number) for number in range(self.rows)]
        shares = [lines[part :: self.splits] for part in range(self.splits)]
        # The first has no number, the others begin with 001 [doc: "Outbound data file names"].
        names = [f"{self.name}{f'{part:03d}' if part else ''}.sync.gz" for part in range(self.splits)]
        data = [
            (name, gzip.compress("".join(share).encode(), mtime=0)) for name, share in zip(names, shares, strict=True)
        ]
        info = [(f"{self.name}.info", self._info(data, [*map(len, shares)]))]
        sent = data[::-1] if self.reverse else data
        return {"first": info + sent, "last": sent + info, "none": sent}[self.info]

    def row(self, begun_ms: int, ended_ms: int) -> dict[str, Any]:
        """Return its row of the outbound history; its file is the batch's name (inferred)."""
        key = self.destination["destinationId"]
        return {
            "pushID": self.stamp_ms,
            "orderID": key,
            "dataProviderID": self.destination["dataSourceId"],
            "syncType": "FULL" if self.mode == "full" else "ITERATIVE",
            "fullPublish": self.mode == "full",
            "receivedRecords": self.rows,
            "attemptedRecords": self.rows,
            "successRecords": self.rows if self.success else self.rows // 2,
            "startTime": begun_ms,
            "endTime": ended_ms,
            "dataFileName": f"{self.name}.sync.gz",
            "success": self.success,
        }

    def _line(self, number: int) -> str:
        return f"{self.stamp_ms:013d}{number:025d} {','.join(map(str, self.segments))}\n"

    def _info(self, data: Sequence[Content], lines: Sequence[int]) -> bytes:
        """That bytes are those of the compressed file and lines those of its content is inferred."""
        files = [
            {
                "FileByteSize": len(content),
                "FileLineCount": count,
                "FileName": name,
                "FileSequenceNumber": number,
                "md5": hashlib.md5(content, usedforsecurity=False).hexdigest(),
            }
            for number, ((name, content), count) in enumerate(zip(data, lines, strict=True), 1)
        ]
        totals = {
            "FileName": self.name,
            "TotalByteSize": sum(len(content) for _, content in data),
            "TotalNumberFiles": len(data),
            "TotalNumberLines": sum(lines),
        }
        return json.dumps({"Files": files, "Totals": totals}).encode()
