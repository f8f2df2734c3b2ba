"""One hour of a Customer Data Feed, or a piece of it: its files, their rows, and what its `.info` says."""

from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from airflow_provider_aam.emulator.outbound.pieces import Content, Info

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.state import State

HOUR_S = 3600
FIELD, ITEM, PAIR = "\x01", "\x02", "\x03"
NULL = r"\N"


@dataclass(frozen=True, kw_only=True)
class FeedHour:
    """`hour` is when AAM began to prepare it; its events are those of the hour before (inferred).

    `first` is the number of its first file, so that an hour can come in pieces; the files land in the folder of the
    hour `lands_h` later.
    """

    hour: datetime
    pid: int = 1109
    files: int = 1
    rows: int = 100
    first: int = 0
    lands_h: int = 0
    info: Info = "last"
    reverse: bool = False

    def contents(self) -> list[Content]:
        """Return its files in the order in which they appear."""
        folder = _folder(self.hour + timedelta(hours=self.lands_h))
        numbers = range(self.first, self.first + self.files)
        data = [(f"AAM_CDF_{self.pid}_{number}_0_0.gz", self._rows(number)) for number in numbers]
        # The name of the .info file is not documented.
        info = (f"{_folder(self.hour)}/AAM_CDF_{self.pid}_{self.first}.info", self._info(data))
        sent = [(f"{folder}/{name}", content) for name, content in (data[::-1] if self.reverse else data)]
        return {"first": [info, *sent], "last": [*sent, info], "none": sent}[self.info]

    def _rows(self, number: int) -> bytes:
        share = range(number - self.first, self.rows, self.files)
        return gzip.compress("".join(self._row(number, each) for each in share).encode(), mtime=0)

    def _row(self, number: int, row: int) -> str:
        """Every third event has no traits; a parameter without a value, one of an id, and percent text are in all."""
        at = self.hour - timedelta(hours=1) + timedelta(seconds=row % HOUR_S)
        device = f"{int(self.hour.timestamp()):015d}{number:08d}{row:015d}"
        traits = NULL if row % 3 == 0 else ITEM.join(str(1000 + each) for each in range(row % 3))
        parameters = [("d_rtbd", "json"), ("c_page", "a%20b"), ("c_empty", ""), ("d_cid", f"411%01u{row}")]
        fields = (
            f"{at:%Y-%m-%d %H:%M:%S}",
            device,
            NULL,
            traits,
            NULL,
            ITEM.join(f"{key}{PAIR}{value}" for key, value in parameters),
            "https://example.com/",
            "203.0.113.7",
            device[::-1],
            "11",
            f"1000{ITEM}1001",
        )
        return f"{FIELD.join(fields)}\n"

    def _info(self, data: list[Content]) -> bytes:
        files = [
            {
                "FileByteSize": len(content),
                "FileChecksumMD5": etag(content),
                "FileName": name,
                "FileSequenceNumber": number,
            }
            for number, (name, content) in enumerate(data, 1)
        ]
        # In Adobe's sample, too, the bytes are not the sum of the list.
        totals = {
            "Day": f"{self.hour:%Y-%m-%d}",
            "Hour": f"{self.hour:%H}",
            "TotalByteSize": 27 * sum(len(content) for _, content in data),
            "TotalNumberFiles": len(data),
        }
        return json.dumps({"Files": files, "Totals": totals}).encode()


def etag(content: bytes) -> str:
    """Of an upload in one part, as S3 makes it."""
    part = hashlib.md5(content, usedforsecurity=False).digest()
    return f"{hashlib.md5(part, usedforsecurity=False).hexdigest()}-1"


def _folder(hour: datetime) -> str:
    return f"day={hour:%Y-%m-%d}/hour={hour:%H}"


async def deliver_hour(state: State, body: dict[str, Any]) -> dict[str, Any]:
    """Send an hour. Raises what a store does, and `ValueError` or `TypeError` for arguments."""
    body = dict(body)
    url, options = body.pop("url"), body.pop("options", {})
    hours_ago, late_s, every_s = body.pop("hours_ago", 0), body.pop("late_s", 0.0), body.pop("every_s", 60.0)
    now_s = state.clock.now_s()
    began = datetime.fromtimestamp(now_s // HOUR_S * HOUR_S - hours_ago * HOUR_S, UTC)
    contents = FeedHour(hour=began, **body).contents()
    await state.pieces.send(url, contents, first_s=now_s + late_s, every_s=every_s, options=options)
    return {"hour": began.isoformat(), "files": [name for name, _ in contents]}
