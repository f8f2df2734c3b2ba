"""Lines of outbound files → columns, whole blocks at a time: no step looks at one line or one number alone.

Every separator and line break ends a *token*, so that a list of segments is a run of tokens; tokens are numbered within
their block. Users are cut out by where their column begins and ends, whatever they consist of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from airflow_provider_aam.api.counted import counted
from airflow_provider_aam.feeds.reading.layout import LineLayout
from airflow_provider_aam.feeds.reading.numbers import LEAD, read_numbers
from airflow_provider_aam.feeds.reading.part import MOST_DIGITS, Part

if TYPE_CHECKING:
    import pyarrow as pa

    from airflow_provider_aam.feeds.reading.numbers import Flags, Numbers

LINE_END = ord("\n")
NAMES = ("user", "segments", "removed")
# Once so large an array has been freed, glibc keeps smaller ones for the next block instead of asking for them again.
np.empty(31 * 2**20, np.uint8)


def split(block: bytes, layout: LineLayout, *, with_removed: bool) -> Part:
    """Rows of :data:`NAMES`; ``block`` ends with a line break.

    Without ``with_removed`` no user has removed segments.
    """
    return _Lines(_Tokens(block, layout), layout).split(with_removed=with_removed)


class _Tokens:
    """``ends``: where the mark after each token is in ``content``; ``last_of``: each column's last token, by line."""

    def __init__(self, block: bytes, layout: LineLayout) -> None:
        self.content = np.frombuffer(LEAD + block, np.uint8)
        is_end = self.content == LINE_END
        for mark in {layout.separator, layout.list_separator}:
            is_end |= self.content == ord(mark)
        self.ends = np.flatnonzero(is_end)
        self.begins = np.concatenate(([len(LEAD)], self.ends[:-1] + 1))
        self.lengths = self.ends - self.begins
        marks = self.content[self.ends]
        in_lists = -1 if layout.is_one_list else ord(layout.list_separator)
        columns = np.flatnonzero(marks != in_lists)
        lasts = np.flatnonzero(marks[columns] == LINE_END)
        firsts = np.concatenate(([0], lasts[:-1] + 1))
        self.separators = lasts - firsts
        """How many each line has."""
        self.line_ends = columns[lasts]
        self.line_starts = np.concatenate(([0], self.line_ends[:-1] + 1))
        # That of the line, where it has fewer columns.
        self.last_of = [columns[np.minimum(firsts + column, lasts)] for column in range(layout.most_columns)]

    def first_of(self, column: int) -> Numbers:
        return self.line_starts if column == 1 else np.minimum(self.last_of[column - 2] + 1, self.line_ends)

    def line(self, number: int) -> str:
        start, end = self.begins[self.line_starts[number]], self.ends[self.line_ends[number]]
        return self.content[start:end].tobytes().decode(errors="replace")


class _Lines:
    def __init__(self, tokens: _Tokens, layout: LineLayout) -> None:
        self._tokens, self._layout = tokens, layout
        self._users = tokens.begins[tokens.first_of(layout.user)], tokens.ends[tokens.last_of[layout.user - 1]]
        self._problems: dict[int, str] = {}
        blank = (tokens.line_starts == tokens.line_ends) & (tokens.lengths[tokens.line_ends] == 0)
        self._good = ~blank

    def split(self, *, with_removed: bool) -> Part:
        import pyarrow as pa

        layout, tokens = self._layout, self._tokens
        self._check_columns()
        columns = [layout.segments, *([layout.removed] if with_removed and layout.removed else [])]
        spans = [self._span(column) for column in columns]
        wanted = [self._are_in(span) for span in spans]
        numbers, strange = read_numbers(tokens.content, tokens.ends, tokens.lengths, np.logical_or.reduce(wanted))
        good = self._good
        self._check_numbers(strange)
        users = self._checked_users()
        if self._good is not good:
            wanted = [self._are_in(span) for span in spans]
        lists = [self._lists(span, numbers[each]) for span, each in zip(spans, wanted, strict=True)]
        if len(lists) == 1:
            nothing = pa.array(np.zeros(len(users) + 1, np.int32))
            lists.append(pa.ListArray.from_arrays(nothing, pa.array([], pa.int64())))
        rows = pa.record_batch([users, *lists], names=list(NAMES))
        rejected = {line: (why, tokens.line(line)) for line, why in sorted(self._problems.items())}
        return Part(rows, rejected, len(self._good))

    def _reject(self, lines: Flags, why: str) -> None:
        """Those that are still good."""
        found = np.flatnonzero(lines & self._good)
        if len(found):
            self._problems |= dict.fromkeys(found.tolist(), why)
            self._good = self._good & ~lines

    def _check_columns(self) -> None:
        least, most, there = self._layout.least_columns, self._layout.most_columns, self._tokens.separators + 1
        self._reject(there < least, f"it has fewer than {counted(least, 'column')}")
        if not self._layout.is_one_list:
            self._reject(there > most, f"it has more than {counted(most, 'column')}")
        self._reject(self._users[0] >= self._users[1], "it names no user")

    def _check_numbers(self, strange: Flags) -> None:
        if strange.any():
            lines = np.zeros(len(self._good), np.bool_)
            lines[np.searchsorted(self._tokens.line_ends, np.flatnonzero(strange))] = True
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
        """Every other of texts that begin and end in turn where users do."""
        import pyarrow as pa

        starts, ends = map(self._of_good, self._users)
        offsets = np.empty(2 * len(starts) + 1, np.int32)
        offsets[:-1:2], offsets[1::2], offsets[-1] = starts, ends, len(self._tokens.content)
        buffers = [None, pa.py_buffer(offsets), pa.py_buffer(self._tokens.content)]
        texts = pa.Array.from_buffers(pa.string(), 2 * len(starts), buffers)
        return texts.take(pa.array(np.arange(0, 2 * len(starts), 2, dtype=np.int32)))

    def _span(self, column: int) -> tuple[Numbers, Numbers]:
        """The first token of a column and the one after its last, by line; a separator at the end adds none."""
        tokens = self._tokens
        is_rest = self._layout.is_one_list and column == self._layout.segments
        last = tokens.line_ends if is_rest else tokens.last_of[column - 1]
        filled = tokens.lengths[last] > 0
        filled &= tokens.separators >= column - 1
        return tokens.first_of(column), last + filled

    def _are_in(self, span: tuple[Numbers, Numbers]) -> Flags:
        """Whether each token is in those of a good line."""
        first, after = map(self._of_good, span)
        turns = np.zeros(len(self._tokens.ends) + 1, np.uint8)
        turns[first] = 1
        turns[after] ^= 1
        return np.bitwise_xor.accumulate(turns[:-1]).view(np.bool_)

    def _lists(self, span: tuple[Numbers, Numbers], numbers: Numbers) -> pa.ListArray:
        import pyarrow as pa

        first, after = map(self._of_good, span)
        offsets = np.zeros(len(first) + 1, np.int32)
        np.cumsum(after - first, out=offsets[1:])
        return pa.ListArray.from_arrays(pa.array(offsets), pa.array(numbers))

    def _of_good(self, by_line: Numbers) -> Numbers:
        return by_line if self._good.all() else by_line[self._good]


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True
