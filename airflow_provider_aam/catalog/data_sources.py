"""Data sources by integration code or name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from airflow_provider_aam.catalog.findings import near


class DataSources:
    """Codes win over names; a word that means two data sources means none."""

    def __init__(self, records: Iterable[Mapping[str, Any]]) -> None:
        self._labels: dict[int, str] = {}
        self._by_code: dict[str, list[int]] = {}
        self._by_name: dict[str, list[int]] = {}
        for record in records:
            source_id = int(record["dataSourceId"])
            code, name = record.get("integrationCode"), record.get("name")
            self._labels[source_id] = str(code or name or source_id)
            if code:
                self._by_code.setdefault(str(code), []).append(source_id)
            if name:
                self._by_name.setdefault(str(name), []).append(source_id)

    def __contains__(self, source_id: int) -> bool:
        return source_id in self._labels

    def label(self, source_id: int | None) -> str:
        return self._labels.get(source_id or 0, str(source_id))

    def resolve(self, word: str) -> tuple[int | None, str | None]:
        """The id, or what is wrong with the word."""
        found = self._by_code.get(word) or self._by_name.get(word) or []
        if len(found) == 1:
            return found[0], None
        if found:
            ids = ", ".join(str(source_id) for source_id in found)
            return None, f"“{word}” means {len(found)} data sources ({ids}): give dataSourceId instead"
        return None, f"AAM has no data source “{word}”.{near(word, [*self._by_code, *self._by_name])}"

    def unknown_id(self, source_id: int) -> str:
        return f"AAM has no data source {source_id}, or the technical account may not see it"
