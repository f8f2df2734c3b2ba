"""What a block of lines turned out to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Part:
    """``rejected``: why, and what the line says, by its number within the block, from 0.

    ``lines`` = rows + rejected + blank ones.
    """

    rows: pa.RecordBatch
    rejected: Mapping[int, tuple[str, str]]
    lines: int
