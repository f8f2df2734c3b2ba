"""Values that go through JSON: into XCom, and into the arguments of triggers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self

import msgspec


class Plain:
    """What dataclasses inherit that travel so."""

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        return msgspec.convert(document, cls)

    def as_json(self) -> dict[str, Any]:
        """Timestamps as ISO 8601 text, no tuple, which Airflow would wrap."""
        document: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(self, enc_hook=datetime.isoformat))
        return document
