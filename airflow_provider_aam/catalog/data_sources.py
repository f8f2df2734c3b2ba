"""Data sources by integration code or name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from airflow_provider_aam.api.guide import Step
from airflow_provider_aam.catalog.findings import near
from airflow_provider_aam.catalog.folders import id_in
from airflow_provider_aam.catalog.keys import plain

# What role-based access control does to an account in no group: empty lists, and no error.
NONE_SEEN = f"the technical account sees no data source at all. {Step.TECHNICAL_USER.pointer}"


class DataSources:
    """Codes win over names; a word that means two data sources means none."""

    def __init__(self, records: Iterable[Mapping[str, Any]]) -> None:
        self._labels: dict[int, str] = {}
        self._by_code: dict[str, list[int]] = {}
        self._by_name: dict[str, list[int]] = {}
        for record in records:
            source_id = id_in(record, "dataSourceId")
            code, name = (plain(str(record.get(field) or "")) for field in ("integrationCode", "name"))
            self._labels[source_id] = code or name or str(source_id)
            if code:
                self._by_code.setdefault(code, []).append(source_id)
            if name:
                self._by_name.setdefault(name, []).append(source_id)

    def __contains__(self, source_id: int) -> bool:
        return source_id in self._labels

    def label(self, source_id: int | None) -> str:
        return self._labels.get(source_id or 0, str(source_id))

    def resolve(self, word: str) -> tuple[int | None, str | None]:
        """The id, or what is wrong with the word."""
        word = plain(word)
        found = self._by_code.get(word) or self._by_name.get(word) or []
        if len(found) == 1:
            return found[0], None
        if found:
            ids = ", ".join(str(source_id) for source_id in found)
            return None, f"“{word}” means {len(found)} data sources ({ids}): give dataSourceId instead"
        if not self._labels:
            return None, f"AAM has no data source “{word}”: {NONE_SEEN}"
        return None, f"AAM has no data source “{word}”.{near(word, [*self._by_code, *self._by_name])}"

    def unknown_id(self, source_id: int) -> str:
        if not self._labels:
            return f"AAM has no data source {source_id}: {NONE_SEEN}"
        return f"AAM has no data source {source_id}, or the technical account may not see it"
