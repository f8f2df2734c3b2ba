"""What a user has, as one whole number each: four times the sid, plus its kind; a pair's place, from 1."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    Numbers = np.ndarray[Any, Any]

HAS, REMOVED, PERHAPS = range(3)
"""Kinds. In a snapshot REMOVED is what AAM has until now, and PERHAPS what it may have: an upload was interrupted."""
KIND_BITS = 2
KIND = (1 << KIND_BITS) - 1
LARGEST_SID = 2**34 - 1
"""AAM's are below 2³¹."""
NOTHING = 0
"""The item of a user who is to lose all traits of the target."""
_WIDEST_TABLE = 2**24


@dataclass(frozen=True, kw_only=True)
class Items:
    """``pairs`` are all pairs of signals in their order; ``None`` for traits."""

    numbers: Numbers
    pairs: pa.StringArray | None

    @cached_property
    def texts(self) -> tuple[pa.StringArray, Numbers]:
        """The distinct items as AAM reads them, and for each item the place of its text."""
        import pyarrow as pa

        distinct, places = _distinct(self.numbers)
        if self.pairs is not None:
            return self.pairs.take(pa.array(distinct - 1)), places
        return pa.array(map(_text, distinct.tolist()), pa.string()), places


def items_of(column: pa.Array) -> Items:
    """Of numbers as above, null for :data:`NOTHING`; or of pairs."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    if not pa.types.is_string(column.type):
        return Items(numbers=pc.fill_null(column, NOTHING).to_numpy(), pairs=None)
    encoded = column.dictionary_encode()
    order = pc.sort_indices(encoded.dictionary).to_numpy()
    places = np.empty(len(order), np.int64)
    places[order] = np.arange(1, len(order) + 1)
    return Items(numbers=places[encoded.indices.to_numpy()], pairs=encoded.dictionary.take(pa.array(order)))


def _distinct(numbers: Numbers) -> tuple[Numbers, Numbers]:
    """The distinct numbers in order, and for each number its place among them."""
    import numpy as np

    if not len(numbers) or numbers.max() - numbers.min() > _WIDEST_TABLE:
        return np.unique(numbers, return_inverse=True)
    lowest = numbers.min()
    table = np.zeros(numbers.max() - lowest + 1, np.int32)
    table[numbers - lowest] = 1
    distinct = table.nonzero()[0]
    table[distinct] = np.arange(len(distinct), dtype=np.int32)
    return distinct + lowest, table[numbers - lowest]


def _text(item: int) -> str:
    if item == NOTHING:
        return ""
    return f"{'d_unsid' if item & KIND else 'd_sid'}={item >> KIND_BITS}"
