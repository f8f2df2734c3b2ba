"""Destinations, whose list answers only summaries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from airflow_provider_aam.api.collection import Collection, Record
from airflow_provider_aam.api.resources import DESTINATIONS
from airflow_provider_aam.api.session import AAMSession


class Destinations(Collection):
    """``client.destinations``: the verbs of every collection; :meth:`read_all` gives whole objects."""

    def __init__(self, session: AAMSession) -> None:
        super().__init__(DESTINATIONS, session)

    def read_all(self, *, include_mappings: bool = False, **params: Any) -> Iterator[Record]:
        """As :meth:`.Reading.read_all`; with ``include_mappings`` each destination holds its ``mappings``."""
        asked = {"includeMappings": True, **params} if include_mappings else params
        return super().read_all(**asked)
