"""What one file says about a credential."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Auth = Literal["oauth_server_to_server", "jwt"]


@dataclass(frozen=True, kw_only=True)
class Found:
    """``values`` uses the Connection's names: login, password and keys of its extra, and ``certificate`` (PEM text).

    ``auth`` is ``None`` where the file does not tell. ``fingerprints`` are those of the certificates that the
    Developer Console knows, with their last day as ``MM/DD/YYYY``. ``notes`` are sentences for the reader.
    """

    source: str
    kind: str
    auth: Auth | None
    values: Mapping[str, str] = field(repr=False)
    fingerprints: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
