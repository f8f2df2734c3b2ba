"""How a line of an outbound file is laid out.

Source: Adobe's page on contents of outbound files: ``UUID<SPACE>SEGMENT,SEGMENT<SPACE>REMOVED,REMOVED`` by default; the
destination's format template may say otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

import msgspec

from airflow_provider_aam.api.errors import AAMArgumentError
from airflow_provider_aam.api.visible import one_line

_NOT_A_SEPARATOR = frozenset("0123456789\r\n")


@dataclass(frozen=True, kw_only=True)
class LineLayout:
    """Columns are counted from 1. ``removed=None``: there is no such column.

    With the same character between columns and between segments, the segments are the rest of the line.
    """

    separator: str = " "
    list_separator: str = ","
    user: int = 1
    segments: int = 2
    removed: int | None = 3
    header_lines: int = 0

    @classmethod
    def of(cls, given: Any) -> Self:
        """Raises :class:`AAMArgumentError` that names every problem."""
        known = [field.name for field in fields(cls)]
        if given is not None and not isinstance(given, Mapping):
            found = one_line(repr(given))
            raise AAMArgumentError(f"layout is {found}; expected an object with some of {', '.join(known)}.")
        unknown = [name for name in given or {} if name not in known]
        problems = [f"it has no {one_line(repr(name))}; known: {', '.join(known)}" for name in unknown]
        try:
            layout = msgspec.convert({name: value for name, value in (given or {}).items() if name in known}, cls)
            problems += layout.problems()
        except msgspec.ValidationError as unfit:
            problems.append(str(unfit))
        if problems:
            raise AAMArgumentError.from_problems("layout", problems)
        return layout

    @property
    def is_one_list(self) -> bool:
        return self.separator == self.list_separator

    @property
    def least_columns(self) -> int:
        """A line may end before its removed segments."""
        return max(self.user, self.segments)

    @property
    def most_columns(self) -> int:
        return max(self.least_columns, self.removed or 0)

    def problems(self) -> Iterator[str]:
        for name in ("separator", "list_separator"):
            text = getattr(self, name)
            if len(text) != 1 or not text.isascii() or text in _NOT_A_SEPARATOR:
                yield f"{name} is {text!r}; expected one ASCII character other than digits and line breaks"
        columns = [self.user, self.segments, *([] if self.removed is None else [self.removed])]
        if min(columns) < 1 or len({*columns}) < len(columns):
            yield f"user, segments and removed are columns {columns}; expected different numbers, 1 or more"
        if self.is_one_list and (self.removed is not None or self.segments < self.user):
            yield "segments must be the last column, and removed None, where both separators are the same"
        if self.header_lines < 0:
            yield f"header_lines is {self.header_lines}; it must be 0 or more"
