"""How a line of an outbound file is laid out.

Source: Adobe's page on contents of outbound files: ``UUID<SPACE>SEGMENT,SEGMENT<SPACE>REMOVED,REMOVED`` by default; the
destination's format template may say otherwise. That a template makes JSON objects is in Adobe's page on macros; which
keys they have is up to the template.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

import msgspec

from airflow_provider_aam.api.errors import AAMArgumentError
from airflow_provider_aam.api.visible import one_line

_NOT_A_SEPARATOR = frozenset("0123456789\r\n")
_NOT_IN_A_KEY = frozenset('"\\')


def read_layout(given: Any) -> LineLayout | ObjectLayout:
    """Of objects, where users or segments have a name and not a number. Raises as :meth:`_Layout.of`."""
    named = isinstance(given, Mapping) and any(isinstance(given.get(name), str) for name in ("user", "segments"))
    return ObjectLayout.of(given) if named else LineLayout.of(given)


@dataclass(frozen=True, kw_only=True)
class _Layout:
    list_separator: str = ","
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

    def problems(self) -> Iterator[str]:
        yield from self._not_separators("list_separator")
        if self.header_lines < 0:
            yield f"header_lines is {self.header_lines}; it must be 0 or more"

    def _not_separators(self, *names: str) -> Iterator[str]:
        for name in names:
            text = getattr(self, name)
            if len(text) != 1 or not text.isascii() or text in _NOT_A_SEPARATOR:
                yield f"{name} is {text!r}; expected one ASCII character other than digits and line breaks"


@dataclass(frozen=True, kw_only=True)
class ObjectLayout(_Layout):
    """A JSON object on each line; ``user``, ``segments`` and ``removed`` are its keys.

    Segments are a list, or a text with ``list_separator``.
    """

    user: str
    segments: str
    removed: str | None = None

    def problems(self) -> Iterator[str]:
        yield from super().problems()
        keys = [self.user, self.segments, *([] if self.removed is None else [self.removed])]
        if len({*keys}) < len(keys) or not all(key.isprintable() and not _NOT_IN_A_KEY & {*key} for key in keys):
            yield f"user, segments and removed are keys {keys}; expected different ones, without quotes and backslashes"


@dataclass(frozen=True, kw_only=True)
class LineLayout(_Layout):
    """Columns are counted from 1. ``removed=None``: there is no such column.

    With the same character between columns and between segments, the segments are the rest of the line.
    """

    separator: str = " "
    user: int = 1
    segments: int = 2
    removed: int | None = 3

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
        yield from super().problems()
        yield from self._not_separators("separator")
        columns = [self.user, self.segments, *([] if self.removed is None else [self.removed])]
        if min(columns) < 1 or len({*columns}) < len(columns):
            yield f"user, segments and removed are columns {columns}; expected different numbers, 1 or more"
        if self.is_one_list and (self.removed is not None or self.segments < self.user):
            yield "segments must be the last column, and removed None, where both separators are the same"
