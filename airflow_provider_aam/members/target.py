"""Where a set of memberships goes, in files of which size, and what is allowed to be left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from airflow_provider_aam.files.staging import Destination

MB = 10**6


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """Bytes at which a file ends. Adobe's optimum is 200–300 MB compressed, and 1 GB uncompressed."""

    raw: int = 1000 * MB
    stored: int = 250 * MB


@dataclass(frozen=True, kw_only=True)
class Target:
    """``batch``: seconds since 1970, in the files' names. ``put_options`` are the store's own, such as ``ACL`` for S3.

    ``max_rejected`` rows may be left out, each written to ``rejects``. ``max_removed_ratio`` is the share of an earlier
    set that may be gone from a snapshot. ``pgp_key`` is a public key, for which files are encrypted instead of
    compressed. ``dry_run`` writes the rejects alone.
    """

    folder: Any
    batch: int
    sizes: Sizes = field(default_factory=Sizes)
    compressed: bool = True
    pgp_key: bytes | None = None
    put_options: Mapping[str, Any] = field(default_factory=dict)
    rejects: Destination | None = None
    max_rejected: int = 0
    max_removed_ratio: float = 0.5
    dry_run: bool = False
