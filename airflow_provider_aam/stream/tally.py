"""What has become of the rows so far, and the file of those that were rejected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import IO

import msgspec

from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.files.staging import Destination, stage
from airflow_provider_aam.stream.delivery import Delivered
from airflow_provider_aam.stream.operations import Rejected, Row

_SHOWN = 5


class Tally:
    def __init__(self, file: IO[bytes] | None = None, uri: str | None = None) -> None:
        self._file = file
        self.uri = uri
        self.rows = self.sent = self.skipped = self.rejected = self.failed = 0
        self.requests = self.bytes = 0
        self.unsure = False
        """AAM may have accepted more than ``sent``."""
        self.codes: Counter[str] = Counter()
        self.first: list[Rejected] = []

    def add(self, done: Delivered) -> None:
        self.sent += done.sent
        self.skipped += len(done.skipped)
        self.codes.update(map(str, done.skipped))
        self.requests += done.requests
        self.bytes += done.bytes
        self.unsure = self.unsure or done.unsure
        self.reject(done.rejected)

    def reject(self, rejected: Iterable[Rejected]) -> None:
        """``failed`` counts those among them that AAM may take another time."""
        for each in rejected:
            self.rejected += 1
            self.failed += each.passing
            self.codes[each.code] += 1
            if len(self.first) < _SHOWN:
                self.first.append(each)
            if self._file is not None:
                said = {name: getattr(each, name) for name in ("place", "code", "reason", "transaction_id")}
                self._file.write(msgspec.json.encode({**said, "row": _as_json(each.row)}) + b"\n")

    def examples(self) -> str:
        lines = [f"  - {each.place}: {each.code}: {each.reason}" for each in self.first]
        more = self.rejected - len(lines)
        return "\n".join([*lines, *([f"  - … and {more:,} more."] if more else [])])


def _as_json(row: Row | bytes | None) -> msgspec.Raw:
    """Of a list a row may hold what JSON cannot: then its text."""
    if isinstance(row, bytes):
        return msgspec.Raw(row)
    try:
        return msgspec.Raw(msgspec.json.encode(row))
    except (TypeError, ValueError):
        return msgspec.Raw(msgspec.json.encode(one_line(str(row))))


@contextmanager
def tallying(rejects: Destination | None) -> Iterator[Tally]:
    """The file has the rejected rows as JSON Lines when the block is over, however it ends."""
    if rejects is None:
        yield Tally()
        return
    with stage(rejects) as staged:
        try:
            with staged.local.open("wb") as file:
                yield Tally(file, staged.uri)
        finally:
            staged.publish()
