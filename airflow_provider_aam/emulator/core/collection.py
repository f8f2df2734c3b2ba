"""All objects of one type, kept in the order of their ids so that a page costs what the page holds."""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

Row = dict[str, Any]


class Collection:
    """Objects by id. Rows are replaced, never changed in place: rendered bytes are kept until then.

    `indexed` names the fields by whose value rows are found without looking at all of them.
    """

    def __init__(self, id_field: str, indexed: Iterable[str] = ()) -> None:
        self.id_field = id_field
        self.rows: dict[int, Row] = {}
        self.ids: list[int] = []
        self.rendered: dict[object, dict[int, bytes]] = {}
        self._indexes: dict[str, dict[object, list[int]]] = {field: {} for field in indexed}
        self._version = 0
        self._sorted: tuple[int, str, list[int]] = (-1, "", [])

    def __len__(self) -> int:
        return len(self.ids)

    def put(self, row: Row) -> None:
        """Store a new row or a new state of a known one."""
        key: int = row[self.id_field]
        old = self.rows.get(key)
        if old is not None:
            self._forget(key, old)
        elif not self.ids or key > self.ids[-1]:
            self.ids.append(key)
        else:
            insort(self.ids, key)
        self.rows[key] = row
        for field, index in self._indexes.items():
            if value := row.get(field):
                insort(index.setdefault(value, []), key)
        self._version += 1

    def remove(self, key: int) -> None:
        """Drop a row."""
        self._forget(key, self.rows.pop(key))
        del self.ids[bisect_left(self.ids, key)]
        self._version += 1

    def with_value(self, field: str, value: object) -> list[int]:
        """Return the ids whose indexed field has this value (not an empty one), lowest first."""
        return self._indexes[field].get(value, [])

    def sorted_ids(self, field: str) -> list[int]:
        """Return all ids in the order of a field; empty values first, ties by id. The last order is kept."""
        version, kept, ids = self._sorted
        if version != self._version or kept != field:
            ids = sorted(self.ids, key=lambda key: _sort_key(self.rows[key].get(field)))
            self._sorted = (self._version, field, ids)
        return ids

    def _forget(self, key: int, old: Row) -> None:
        for rendered in self.rendered.values():
            rendered.pop(key, None)
        for field, index in self._indexes.items():
            if value := old.get(field):
                ids = index[value]
                del ids[bisect_left(ids, key)]


def _sort_key(value: object) -> tuple[int, float, str]:
    match value:
        case None:
            return (0, 0.0, "")
        case int() | float():
            return (1, float(value), "")
        case _:
            return (2, 0.0, str(value).casefold())
