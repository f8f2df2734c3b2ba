"""Destinations, whose list holds only summaries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from airflow_provider_aam.api.collection import Collection, Record
from airflow_provider_aam.api.reading import Reading
from airflow_provider_aam.api.resources import DESTINATIONS, MAPPINGS
from airflow_provider_aam.api.session import AAMSession


class Destinations(Collection):
    """``client.destinations``: the verbs of every collection; :meth:`read_all` gives whole objects."""

    def __init__(self, session: AAMSession) -> None:
        super().__init__(DESTINATIONS, session)
        self._mappings = Reading(MAPPINGS, session)

    def get(self, object_id: int, **params: Any) -> Record:
        """As :meth:`.Reading.get`. With ``includeMappings`` its ``mappings`` are a list, each with ``destinationId``.

        Where AAM leaves them out or returns a part of them as a page, they are read by themselves: one request more.
        """
        record = super().get(object_id, **params)
        wanted = str(params.get("includeMappings", "")).lower() == "true"
        if wanted and not isinstance(record.get("mappings"), list):
            record["mappings"] = self._mappings.fetch_all(destinationId=object_id)
        for mapping in record.get("mappings") or []:
            if isinstance(mapping, dict) and mapping.get("destinationId") is None:
                mapping["destinationId"] = object_id
        return record

    def read_all(self, *, include_mappings: bool = False, **params: Any) -> Iterator[Record]:
        """As :meth:`.Reading.read_all`; with ``include_mappings`` each destination holds its ``mappings``."""
        asked = {"includeMappings": True, **params} if include_mappings else params
        return super().read_all(**asked)
