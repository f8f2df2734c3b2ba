"""Rows that were left out, as a file that people can read: JSON Lines, written as they are found."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from airflow_provider_aam.files.staging import Destination, stage


class Rejects:
    """``counts`` are by ``counted_by``, a key of each row. ``path`` is theirs until :meth:`publish`."""

    def __init__(self, path: Path, *, counted_by: str) -> None:
        self.counts: Counter[str] = Counter()
        self._path, self._counted_by = path, counted_by
        path.touch()

    def add(self, rows: Iterable[Mapping[str, Any]]) -> None:
        encoder = msgspec.json.Encoder()
        with self._path.open("ab") as file:
            for row in rows:
                self.counts[row[self._counted_by]] += 1
                file.write(encoder.encode(row) + b"\n")

    def publish(self, destination: Destination | None) -> str | None:
        """Their URI; ``None`` where they are not asked for."""
        if destination is None:
            return None
        with stage(destination) as staged:
            shutil.copyfile(self._path, staged.local)
            staged.publish()
            return staged.uri
