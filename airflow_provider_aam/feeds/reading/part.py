"""What a block of lines turned out to be, and how that is found out line by line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

MOST_DIGITS = 18
"""All such numbers fit 64 bits."""


@dataclass(frozen=True)
class Part:
    """``rejected``: why, and what the line says, by its number within the block, from 0.

    ``lines`` = rows + rejected + blank ones.
    """

    rows: pa.RecordBatch
    rejected: Mapping[int, tuple[str, str]]
    lines: int


def read_lines(block: bytes, read: Callable[[bytes], Sequence[Any]], schema: pa.Schema) -> Part:
    """``block`` ends with a line break. ``read`` makes a row of a line, or raises :class:`ValueError` with why not."""
    import pyarrow as pa

    rows: list[Sequence[Any]] = []
    rejected: dict[int, tuple[str, str]] = {}
    lines = block.split(b"\n")[:-1]
    for number, line in enumerate(lines):
        if not line:
            continue
        try:
            rows.append(read(line))
        except ValueError as unfit:
            rejected[number] = (str(unfit), line.decode(errors="replace"))
    columns = [*zip(*rows, strict=True)] or [()] * len(schema)
    arrays = [pa.array(values, field.type) for values, field in zip(columns, schema, strict=True)]
    return Part(pa.record_batch(arrays, schema=schema), rejected, len(lines))


def delivery_schema() -> pa.Schema:
    """Of the rows of a delivery."""
    import pyarrow as pa

    numbers = pa.list_(pa.int64())
    return pa.schema([("user", pa.string()), ("segments", numbers), ("removed", numbers)])


def is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
