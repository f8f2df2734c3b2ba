"""Numbers of a text, all at once: the digits of each are bytes of a machine word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from airflow_provider_aam.feeds.reading.part import MOST_DIGITS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers: TypeAlias = NDArray[np.integer[Any]]
    Flags: TypeAlias = NDArray[np.bool_]

_WORD = 8
LEAD = b"0" * _WORD
"""What a text must begin with, so that words can be taken from before each end."""


def read_numbers(content: Numbers, ends: Numbers, lengths: Numbers, wanted: Flags) -> tuple[Numbers, Flags]:
    """The value of each that is ``wanted``, at its place, and which of them do not fit."""
    numbers, strange = _last_digits(content, ends, lengths)
    strange |= (lengths - 1).view(np.uint64) >= MOST_DIGITS  # of none it is a very large number
    strange &= wanted
    for read in range(_WORD, MOST_DIGITS, _WORD):
        long = np.flatnonzero(wanted & (lengths > read))
        if not len(long):
            break
        more, strange_too = _last_digits(content, ends[long] - read, lengths[long] - read)
        numbers[long] += more * 10**read
        strange[long] |= strange_too
    return numbers, strange


def _last_digits(content: Numbers, ends: Numbers, lengths: Numbers) -> tuple[Numbers, Flags]:
    """The number of the last eight digits, or as many as there are, and whether any of them is not a digit.

    Neighbors are added up three times: to numbers of two digits, of four, and of eight.
    """
    words: Any = np.ndarray(len(content) - _WORD + 1, "<u8", content, strides=(1,))[ends - _WORD]
    others = np.maximum(_WORD - lengths, 0).view(np.uint64)
    others <<= 3
    words ^= 0x3030303030303030
    words >>= others
    words <<= others
    above_9 = words + 0x7676767676767676
    above_9 |= words
    above_9 &= 0x8080808080808080
    higher = words >> 8
    words *= 10
    words += higher
    np.right_shift(words, 16, out=higher)
    words &= 0x000000FF000000FF
    words *= (1_000_000 << 32) + 100
    higher &= 0x000000FF000000FF
    higher *= (10_000 << 32) + 1
    words += higher
    words >>= 32
    return words.view(np.int64), above_9 != 0
