"""Lines of outbound files → columns, whole blocks at a time: no step looks at one line or one number alone.

Every byte that is not a digit ends a *token*, so that a list of segments is a run of tokens; tokens are numbered within
their block. Users are cut out by where their column begins and ends, whatever they consist of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from airflow_provider_aam.api.counted import counted
from airflow_provider_aam.feeds.reading.layout import LineLayout
from airflow_provider_aam.feeds.reading.part import Part

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    Numbers: TypeAlias = NDArray[np.integer[Any]]
    Flags: TypeAlias = NDArray[np.bool_]

MOST_DIGITS = 18
"""All such numbers fit 64 bits."""
LINE_END = ord("\n")
NAMES = ("user", "segments", "removed")


def split(block: bytes, layout: LineLayout, *, with_removed: bool) -> Part:
    """Rows of :data:`NAMES`; ``block`` ends with a line break.

    Without ``with_removed`` no user has removed segments.
    """
    return _Lines(_Tokens(block, layout.separator), layout).split(with_removed=with_removed)


class _Tokens:
    """``offsets`` are where each token begins and ends in turn: those of texts of which every other one is a token."""

    def __init__(self, block: bytes, separator: str) -> None:
        self.block = block
        content = np.frombuffer(block, np.uint8)
        self.ends = np.flatnonzero(content - ord("0") > 9).astype(np.int32)
        self.marks = content[self.ends]
        self.offsets = np.empty(2 * len(self.ends) + 1, np.int32)
        self.offsets[0] = 0
        self.offsets[1::2] = self.ends
        np.add(self.ends, 1, out=self.offsets[2::2])
        self.begins = self.offsets[:-1:2]
        self.lengths = self.ends - self.begins
        self.line_ends = np.flatnonzero(self.marks == LINE_END)
        self.line_starts = np.concatenate(([0], self.line_ends[:-1] + 1))
        self._separators = np.flatnonzero(self.marks == ord(separator))
        upto = np.searchsorted(self._separators, self.line_ends)
        self._before = np.concatenate(([0], upto[:-1]))
        self.separators = upto - self._before
        """How many each line has."""

    def last_of(self, column: int) -> Numbers:
        """The last token of a column, by line; that of the line, where it has fewer columns."""
        if not len(self._separators):
            return self.line_ends
        at = np.minimum(self._before + (column - 1), len(self._separators) - 1)
        return np.where(column <= self.separators, self._separators[at], self.line_ends)

    def first_of(self, column: int) -> Numbers:
        return self.line_starts if column == 1 else np.minimum(self.last_of(column - 1), self.line_ends - 1) + 1

    def numbers(self, wanted: Flags) -> Numbers:
        """The value of each token that is ``wanted``, at its place."""
        import pyarrow as pa

        every_other = np.zeros(2 * len(wanted), np.bool_)
        every_other[::2] = wanted
        valid = np.packbits(every_other, bitorder="little")
        texts = _texts(self.offsets, self.block, valid)
        return np.frombuffer(texts.cast(pa.int64()).buffers()[1], np.int64)[::2]

    def line(self, number: int) -> str:
        start, end = self.begins[self.line_starts[number]], self.ends[self.line_ends[number]]
        return self.block[start:end].decode(errors="replace")


class _Lines:
    def __init__(self, tokens: _Tokens, layout: LineLayout) -> None:
        self._tokens, self._layout = tokens, layout
        users = tokens.first_of(layout.user), tokens.last_of(layout.user)
        self._users = tokens.begins[users[0]], tokens.ends[users[1]]
        self._problems: dict[int, str] = {}
        blank = (tokens.line_starts == tokens.line_ends) & (tokens.lengths[tokens.line_ends] == 0)
        self._good = ~blank

    def split(self, *, with_removed: bool) -> Part:
        import pyarrow as pa

        layout = self._layout
        self._check_columns()
        columns = [layout.segments, *([layout.removed] if with_removed and layout.removed else [])]
        wanted = [self._tokens_of(column) for column in columns]
        good = self._good
        self._check_numbers(np.logical_or.reduce(wanted))
        users = self._checked_users()
        if self._good is not good:
            wanted = [self._tokens_of(column) for column in columns]
        numbers = self._tokens.numbers(np.logical_or.reduce(wanted))
        lists = [self._lists(column, numbers[each]) for column, each in zip(columns, wanted, strict=True)]
        if len(lists) == 1:
            nothing = pa.array(np.zeros(len(users) + 1, np.int32))
            lists.append(pa.ListArray.from_arrays(nothing, pa.array([], pa.int64())))
        rows = pa.record_batch([users, *lists], names=list(NAMES))
        rejected = {line: (why, self._tokens.line(line)) for line, why in sorted(self._problems.items())}
        return Part(rows, rejected, len(self._good))

    def _reject(self, lines: Flags, why: str) -> None:
        """Those that are still good."""
        self._problems |= dict.fromkeys(np.flatnonzero(lines & self._good).tolist(), why)
        self._good = self._good & ~lines

    def _check_columns(self) -> None:
        least, most, there = self._layout.least_columns, self._layout.most_columns, self._tokens.separators + 1
        self._reject(there < least, f"it has fewer than {counted(least, 'column')}")
        if not self._layout.is_one_list:
            self._reject(there > most, f"it has more than {counted(most, 'column')}")
        self._reject(self._users[0] >= self._users[1], "it names no user")

    def _check_numbers(self, wanted: Flags) -> None:
        tokens = self._tokens
        strange = tokens.marks != LINE_END
        for mark in {self._layout.separator, self._layout.list_separator}:
            strange &= tokens.marks != ord(mark)
        strange |= (tokens.lengths - 1).view(np.uint32) >= MOST_DIGITS  # none is a very large number
        strange &= wanted
        if strange.any():
            lines = np.zeros(len(self._good), np.bool_)
            lines[np.searchsorted(tokens.line_ends, np.flatnonzero(strange))] = True
            self._reject(lines, f"a segment is not a number of 1 to {MOST_DIGITS} digits")

    def _checked_users(self) -> pa.StringArray:
        import pyarrow as pa

        users = self._take_users()
        try:
            users.validate(full=True)
        except pa.ArrowInvalid:
            strange = np.zeros(len(self._good), np.bool_)
            texts = users.cast(pa.binary()).to_pylist()
            strange[np.flatnonzero(self._good)] = [not _is_utf8(text) for text in texts]
            self._reject(strange, "its user is not UTF-8")
            users = self._take_users()
        return users

    def _take_users(self) -> pa.StringArray:
        import pyarrow as pa

        starts, ends = (each[self._good] for each in self._users)
        offsets = np.empty(2 * len(starts) + 1, np.int32)
        offsets[:-1:2], offsets[1::2], offsets[-1] = starts, ends, len(self._tokens.block)
        return _texts(offsets, self._tokens.block).take(pa.array(np.arange(0, 2 * len(starts), 2, dtype=np.int32)))

    def _tokens_of(self, column: int) -> Flags:
        """Whether each token is in that column of a good line."""
        first, after = self._span(column)
        filled = first < after
        steps = np.zeros(len(self._tokens.ends) + 1, np.int8)
        steps[first[filled]] += 1
        steps[after[filled]] -= 1
        return np.cumsum(steps[:-1], dtype=np.int8).view(np.bool_)

    def _lists(self, column: int, numbers: Numbers) -> pa.ListArray:
        import pyarrow as pa

        first, after = self._span(column)
        offsets = np.zeros(len(first) + 1, np.int32)
        np.cumsum(after - first, out=offsets[1:])
        return pa.ListArray.from_arrays(pa.array(offsets), pa.array(numbers))

    def _span(self, column: int) -> tuple[Numbers, Numbers]:
        """The first token of a column and the one after its last, by good line; a separator at the end adds none."""
        tokens = self._tokens
        is_rest = self._layout.is_one_list and column == self._layout.segments
        last = (tokens.line_ends if is_rest else tokens.last_of(column))[self._good]
        there = (tokens.separators >= column - 1)[self._good]
        return tokens.first_of(column)[self._good], np.where(there, last + (tokens.lengths[last] > 0), last)


def _texts(offsets: Numbers, block: bytes, valid: Any = None) -> pa.StringArray:
    import pyarrow as pa

    buffers = [None if valid is None else pa.py_buffer(valid), pa.py_buffer(offsets), pa.py_buffer(block)]
    return pa.Array.from_buffers(pa.string(), len(offsets) - 1, buffers)


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True
