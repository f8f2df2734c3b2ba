"""One row of a source, as it was written, and where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from airflow_provider_aam.catalog.findings import Place


@dataclass(frozen=True, kw_only=True)
class SourceRow:
    """``lines`` holds the line of a field where it is not the row's own."""

    values: Mapping[str, Any]
    place: Place
    lines: Mapping[str, int] = field(default_factory=dict)

    def place_of(self, name: str) -> Place:
        line = self.lines.get(name)
        return self.place if line is None else Place(source=self.place.source, line=line)
