"""All objects of one resource that AAM has, small in memory: encoded values and the indexes that were asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from airflow_provider_aam.account.folders import id_in
from airflow_provider_aam.account.keys import Key, key_of
from airflow_provider_aam.api.collection import Record

_decoder = msgspec.json.Decoder(list[Any])

_Layout = tuple[str, ...]
_Index = dict[str, int | list[int]]
"""Part of a key → the position that has it, or all of them."""


class Objects:
    """100,000 traits are some 35 MB this way, a tenth of what they are as dicts. Names of fields are kept once."""

    def __init__(self, id_field: str, records: Iterable[Record]) -> None:
        self._id_field = id_field
        self._layouts: list[_Layout] = []
        self._rows: list[bytes] = []
        self._positions: dict[int, int] = {}
        self.listed: set[str] = set()
        layouts: dict[_Layout, _Layout] = {}
        for record in records:
            self._positions[id_in(record, id_field)] = len(self._rows)
            layout = tuple(record)
            if layout not in layouts:
                layouts[layout] = layout
                self.listed.update(layout)
            self._layouts.append(layouts[layout])
            self._rows.append(msgspec.json.encode([*record.values()]))
        self._ids = [*self._positions] if len(self._positions) == len(self._rows) else []
        self._indexes: dict[str, _Index] = {}
        self._columns: dict[str, list[str]] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Record]:
        return map(self._at, range(len(self._rows)))

    def __contains__(self, object_id: int) -> bool:
        return object_id in self._positions

    def get(self, object_id: int) -> Record | None:
        position = self._positions.get(object_id)
        return None if position is None else self._at(position)

    def ids(self) -> Iterable[int]:
        return self._positions.keys()

    def shows(self, fields: Sequence[str]) -> bool:
        """Whether some object has each field: the list may leave one out, or nothing have a value there."""
        return not self._rows or all(name in self.listed for name in fields)

    def find(self, fields: tuple[str, ...], key: Key) -> list[int]:
        """The ids of the objects with this match key, in AAM's order."""
        *around, last = zip(fields, key, strict=True)
        found = self._index(last[0]).get(last[1], [])
        positions = [found] if isinstance(found, int) else found
        for name, part in around if positions else ():
            column = self._column(name)
            positions = [position for position in positions if column[position] == part]
        return [self._id_at(position) for position in positions]

    def keys(self, fields: tuple[str, ...]) -> Iterator[tuple[Key, int]]:
        """Every match key with the id of its object; objects without one are left out."""
        for record in self:
            key = key_of(record, fields)
            if key is not None:
                yield key, int(record[self._id_field])

    def _at(self, position: int) -> Record:
        return dict(zip(self._layouts[position], _decoder.decode(self._rows[position]), strict=True))

    def _id_at(self, position: int) -> int:
        return self._ids[position] if self._ids else int(self._at(position)[self._id_field])

    def _index(self, field: str) -> _Index:
        if field not in self._indexes:
            index: _Index = {}
            for position, part in enumerate(self._parts(field)):
                known = index.get(part) if part else None
                if isinstance(known, list):
                    known.append(position)
                elif part:
                    index[part] = position if known is None else [known, position]
            self._indexes[field] = index
        return self._indexes[field]

    def _column(self, field: str) -> list[str]:
        if field not in self._columns:
            shared: dict[str, str] = {}
            self._columns[field] = [shared.setdefault(part, part) for part in self._parts(field)]
        return self._columns[field]

    def _parts(self, field: str) -> Iterator[str]:
        """What each object has in a key's place; an empty text for nothing."""
        for record in self:
            (part,) = key_of(record, (field,)) or ("",)
            yield part
