"""A list of segments or traits as the page asks for it: searched, sorted, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import msgspec

from airflow_provider_aam.api.numbers import whole_number
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.files.page_files import PERIODS, POPULATIONS

Sort = Literal["name", "id", "population", "change"]
Populations = tuple[int | None, ...]
"""One for each of :data:`PERIODS`."""


class Row(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """``change`` is against the list before, by period; ``None`` where there is nothing to compare."""

    id: int
    name: str
    code: str | None
    source: str | None
    status: str | None
    population: Populations
    change: Populations | None


@dataclass(frozen=True, kw_only=True)
class Query:
    search: str = ""
    sort: Sort = "population"
    descending: bool = True
    period: int = 30
    offset: int = 0
    limit: int = 50


@dataclass(frozen=True)
class PopulationIndex:
    """``rows`` in AAM's order. Sorting happens once per order that is asked for, searching in memory.

    Several requests may ask at once: what is kept for the next one is kept when it is whole.
    """

    rows: list[Row]
    _orders: dict[tuple[Sort, int], tuple[list[int], list[int]]] = field(default_factory=dict)

    def find(self, query: Query) -> dict[str, Any]:
        """``total`` matches, and the ``rows`` of them that are asked for. Rows without a value come last."""
        words = query.search.casefold().split()
        positions = self._sorted(query)
        if words:
            texts = self._texts
            positions = [at for at in positions if all(word in texts[at] for word in words)]
        shown = positions[query.offset : query.offset + query.limit]
        return {"total": len(positions), "rows": [msgspec.to_builtins(self.rows[at]) for at in shown]}

    def _sorted(self, query: Query) -> list[int]:
        by = query.sort, PERIODS.index(query.period) if query.sort in ("population", "change") else 0
        if by not in self._orders:
            keys = [_key(row, *by) for row in self.rows]
            valued = sorted((at for at, key in enumerate(keys) if key is not None), key=keys.__getitem__)
            self._orders[by] = valued, [at for at, key in enumerate(keys) if key is None]
        valued, empty = self._orders[by]
        return [*(reversed(valued) if query.descending else valued), *empty]

    @cached_property
    def _texts(self) -> list[str]:
        return [f"{row.name}\n{row.code or ''}\n{row.id}".casefold() for row in self.rows]


def _key(row: Row, sort: Sort, period: int) -> Any:
    match sort:
        case "name":
            return row.name.casefold()
        case "id":
            return row.id
        case "population":
            return row.population[period]
        case "change":
            change = row.change[period] if row.change else None
            return None if change is None else abs(change)


def read_index(name: str, current: bytes, before: bytes | None, sources: Mapping[str, str]) -> PopulationIndex:
    """Of the lines of two lists; ``sources`` are names of data sources by id. Rows without a sid are left out."""
    fields = POPULATIONS[name]
    earlier = {row["sid"]: _populations(row, fields) for row in _rows(before)} if before else {}
    rows = []
    for each in _rows(current):
        population = _populations(each, fields)
        old = earlier.get(each["sid"])
        source = each.get("dataSourceId")
        rows.append(
            Row(
                id=each["sid"],
                name=_shown(each.get("name")) or "",
                code=_shown(each.get("integrationCode")),
                source=None if source is None else _shown(sources.get(str(source), source)),
                status=_shown(each.get("status")),
                population=population,
                change=None if old is None else _changes(old, population),
            )
        )
    return PopulationIndex(rows)


def _rows(lines: bytes) -> Iterable[dict[str, Any]]:
    rows = msgspec.json.Decoder(dict[str, Any]).decode_lines(lines)
    return (row for row in rows if isinstance(row.get("sid"), int))


def _populations(row: Mapping[str, Any], fields: Iterable[str]) -> Populations:
    return tuple(whole_number(row.get(name)) for name in fields)


def _changes(old: Populations, new: Populations) -> Populations:
    return tuple(
        None if before is None or after is None else after - before for before, after in zip(old, new, strict=True)
    )


def _shown(text: object) -> str | None:
    return None if text in (None, "") else one_line(str(text))
