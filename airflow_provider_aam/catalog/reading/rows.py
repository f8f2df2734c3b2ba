"""One row of a source, as it was written, and where it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from airflow_provider_aam.catalog.problems import Place
from airflow_provider_aam.catalog.reading.limits import most, spend

_LONGEST_SHARED = 64
_MOST_SHARED = 4096

_Layout = tuple[tuple[str, ...], tuple[str, ...], tuple[int, ...]]
"""Names of the values; names of the fields whose line is known; a line of each: ≥ 0 counts from the row's own line,
a negative one is the line itself (what a YAML merge key brings is elsewhere)."""


class SourceRow:
    """One object as written. Rows of one file share names, layouts and repeated values: a file may hold 100,000."""

    __slots__ = ("_cells", "_layout", "_line", "_row", "_source")

    def __init__(self, *, values: Mapping[str, Any], place: Place, lines: Mapping[str, int] | None = None) -> None:
        """``lines`` holds the line of a field where it is not the row's own."""
        start = place.line or 0
        offsets = tuple(line - start if line >= start else -line for line in (lines or {}).values())
        self._fill((tuple(values), tuple(lines or ()), offsets), tuple(values.values()), place)

    def _fill(self, layout: _Layout, cells: tuple[Any, ...], place: Place) -> None:
        self._layout = layout
        self._cells = cells
        self._source, self._line, self._row = place.source, place.line, place.row

    @property
    def values(self) -> dict[str, Any]:
        """Built for each reader."""
        return dict(zip(self._layout[0], self._cells, strict=True))

    def get(self, name: str) -> Any:
        """One of the values, ``None`` without it."""
        names = self._layout[0]
        return self._cells[names.index(name)] if name in names else None

    @property
    def place(self) -> Place:
        return Place(source=self._source, line=self._line, row=self._row)

    def place_of(self, name: str) -> Place:
        """Where the field ``name`` is; the row's place where no line of its own is known."""
        _, named, offsets = self._layout
        if name not in named:
            return self.place
        offset = offsets[named.index(name)]
        return Place(source=self._source, line=-offset if offset < 0 else (self._line or 0) + offset)


class RowPacker:
    """Makes the rows of one file, and keeps once what many of them have in common.

    Raises :class:`TooMuch` when there are more rows, columns or values than a file may hold.
    """

    def __init__(self) -> None:
        self._rows = self._values = 0
        self._most = (most("rows"), most("columns"), most("values"))
        self._layouts: dict[_Layout, _Layout] = {}
        self._texts: dict[str, dict[str, str]] = {}

    def pack(self, values: Mapping[str, Any], place: Place, lines: Mapping[str, int] | None = None) -> SourceRow:
        self._rows += 1
        self._values += len(values)
        rows, columns, most_values = self._most
        if self._rows > rows or len(values) > columns or self._values > most_values:
            spend("rows", self._rows)
            spend("columns", len(values))
            spend("values", self._values)
        start = place.line or 0
        offsets = tuple([line - start if line >= start else -line for line in lines.values()]) if lines else ()
        layout = (tuple(values), tuple(lines or ()), offsets)
        row = SourceRow.__new__(SourceRow)
        cells = tuple([self._shared(name, value) for name, value in values.items()])
        row._fill(self._layouts.setdefault(layout, layout), cells, place)  # noqa: SLF001  one class in two steps
        return row

    def _shared(self, name: str, value: Any) -> Any:
        if type(value) is not str or len(value) > _LONGEST_SHARED:
            return value
        known = self._texts.get(name)
        if known is None:
            known = self._texts[name] = {}
        return known.setdefault(value, value) if len(known) < _MOST_SHARED else known.get(value, value)


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows of one kind of object, as a reader found them.

    ``title`` is what the file itself calls them (a document's key, a sheet's name), None where it does not;
    ``header`` the columns of a table, empty where each row names its own fields.
    """

    source: str
    rows: list[SourceRow]
    title: str | None = None
    header: tuple[str, ...] = ()

    @property
    def columns(self) -> Collection[str]:
        return self.header or {name for row in self.rows for name in row.values}
