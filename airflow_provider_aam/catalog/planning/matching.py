"""Rows and the objects that AAM has: which belong together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from airflow_provider_aam.account.keys import Key, key_of, plain
from airflow_provider_aam.account.objects import Objects
from airflow_provider_aam.catalog.checking.check import Checked
from airflow_provider_aam.catalog.kinds import Kind
from airflow_provider_aam.catalog.planning.targets import Target
from airflow_provider_aam.catalog.problems import Finding


@dataclass(slots=True)
class Match:
    """``object_id`` is ``None`` where AAM has no such object yet."""

    item: Checked
    way: str
    object_id: int | None


@dataclass(frozen=True, slots=True)
class _Row:
    at: int
    item: Checked
    values: Mapping[str, Any]


Keyed = tuple[Checked, Mapping[str, Target]]
"""A row, and the references among its key fields."""


class Matcher:
    """``matched`` holds the ids of all objects that a row was found for."""

    def __init__(self, kind: Kind, objects: Objects, *, match_on: str | None) -> None:
        self.matched: dict[int, Checked] = {}
        self._kind = kind
        self._objects = objects
        self._match_on = match_on
        self._findings: list[Finding] = []

    def match(self, rows: Iterable[Keyed]) -> tuple[list[Match], list[Finding]]:
        """One match a row, in the rows' order; and the rows that mean several objects, or one that is not there.

        Rows with an id find theirs first, then those with a code, then those with a name.
        """
        ways: dict[str, dict[Key | None, list[_Row]]] = {way: {} for way in self._kind.match_on}
        for at, (item, references) in enumerate(rows):
            values = {**item.given, **references}
            way = self._kind.way_of(values, self._match_on)
            key = key_of(values, self._kind.match_on[way])
            ways[way].setdefault(key, []).append(_Row(at, item, _compared(self._kind, values)))
        found: dict[int, Match] = {}
        for way, groups in ways.items():
            for key, members in groups.items():
                for row, object_id in self._pair(way, key, members):
                    found[row.at] = Match(row.item, way, object_id)
                    if object_id is not None:
                        self.matched[object_id] = row.item
        return [found[at] for at in sorted(found)], self._findings

    def look_first(self, way: str) -> bool:
        """Whether an object could have escaped, because AAM's list showed no keys."""
        return not self._objects.shows(self._kind.match_on[way])

    def _pair(self, way: str, key: Key | None, members: Sequence[_Row]) -> Iterable[tuple[_Row, int | None]]:
        candidates = self._objects.find(self._kind.match_on[way], key) if key else []
        if self._kind.refine and way != self._kind.id_field:
            yield from self._refined(way, members, [each for each in candidates if each not in self.matched])
            return
        first, *others = members
        for row in others:
            self._find(way, row, f"stands twice (first at {first.item.row.place})")
        object_id, problem = self._choose(way, key, first, candidates)
        if problem is not None:
            self._find(way, first, problem)
        else:
            yield first, object_id

    def _choose(self, way: str, key: Key | None, row: _Row, candidates: Sequence[int]) -> tuple[int | None, str | None]:
        """The object, or none, or what is wrong."""
        free = [each for each in candidates if each not in self.matched]
        if len(free) > 1 and self._match_on is None and way == "name":
            free = self._without_code(free) or free
        if len(free) > 1:
            ids = ", ".join(map(str, free))
            return None, f"AAM has {len(free)} {self._kind.plural} with “{_said(row, way)}” ({ids}): {_TWINS}"
        if free:
            return free[0], None
        return None, self._taken(way, row, candidates) if candidates else self._misspelt(way, key, row)

    def _taken(self, way: str, row: _Row, candidates: Sequence[int]) -> str | None:
        """Rows have found every candidate: nothing is wrong with one more object of that name, without a code."""
        if self._match_on is None and way == "name" and row.values.get("integrationCode") == "":
            return None
        earlier = self.matched[candidates[0]].row.place
        return f"is {self._kind.name} {candidates[0]}, which {earlier} describes already"

    def _misspelt(self, way: str, key: Key | None, row: _Row) -> str | None:
        if way == self._kind.id_field:
            return f"AAM has no {self._kind.name} {_said(row, way)}, or the technical account may not see it"
        other = self._other_case.get((way, *(part.casefold() for part in key))) if key else None
        if other is None or (other in self.matched and self._way_of(self.matched[other]) != way):
            return None
        stored = (self._objects.get(other) or {}).get(way)
        return (
            f"“{_said(row, way)}” differs from AAM's “{stored}” ({self._kind.name} {other}) in upper and lower "
            "case only: write it as AAM does"
        )

    def _way_of(self, item: Checked) -> str:
        return self._kind.way_of(item.given, self._match_on)

    def _refined(self, way: str, members: Sequence[_Row], candidates: list[int]) -> Iterable[tuple[_Row, int | None]]:
        """Equal ones first, rows that say most before others; a single row and a single object left belong together."""
        waiting = []
        first: dict[tuple[Any, ...], _Row] = {}
        for row in sorted(members, key=lambda row: -sum(name in row.values for name in self._kind.refine)):
            earlier = first.setdefault(tuple(row.values.get(name) for name in self._kind.refine), row)
            if earlier is not row:
                self._find(way, row, f"stands twice (first at {earlier.item.row.place})")
                continue
            twin = next((each for each in candidates if self._agrees(row, each)), None)
            if twin is None:
                waiting.append(row)
            else:
                candidates.remove(twin)
                yield row, twin
        single = len(waiting) == len(candidates) == 1
        for row in waiting:
            yield row, candidates[0] if single else None

    def _agrees(self, row: _Row, object_id: int) -> bool:
        record = self._objects.get(object_id) or {}
        return all(
            plain(str(row.values.get(name) or "")) == plain(str(record.get(name) or ""))
            for name in self._kind.refine
            if name in row.values
        )

    def _without_code(self, ids: Sequence[int]) -> list[int]:
        return [each for each in ids if not (self._objects.get(each) or {}).get("integrationCode")]

    @cached_property
    def _other_case(self) -> dict[tuple[str, ...], int]:
        """Codes and names in lower case, as far as rows are matched by them; data, such as a signal's, is as it is."""
        ways = [way for way in _WORDS if way in self._kind.match_on and self._match_on in (None, way)]
        return {
            (way, *(part.casefold() for part in key)): ids[0]
            for way in ways
            for key, ids in self._objects.index(self._kind.match_on[way]).items()
        }

    def _find(self, way: str, row: _Row, problem: str) -> None:
        said = problem if "“" in problem or way == self._kind.id_field else f"“{_said(row, way)}” {problem}"
        self._findings.append(Finding(place=row.item.row.place_of(way), field=way, problem=said))


_WORDS = ("integrationCode", "name")
_TWINS = "make one of them different first"


def _compared(kind: Kind, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """What pairing looks at: no more is kept of 100,000 rows."""
    names = {*kind.match_on, *kind.refine, "integrationCode", *(kind.model.column_of(way) for way in kind.match_on)}
    return {name: values[name] for name in names & values.keys()}


def _said(row: _Row, way: str) -> Any:
    return row.values.get(way, row.values.get("sid"))
