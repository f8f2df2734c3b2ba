"""Rows and the objects that AAM has: which belong together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from airflow_provider_aam.account.keys import Key, plain
from airflow_provider_aam.account.objects import Objects
from airflow_provider_aam.catalog.checking.check import Checked
from airflow_provider_aam.catalog.kinds import Kind
from airflow_provider_aam.catalog.planning.targets import Pending, Target
from airflow_provider_aam.catalog.problems import Problem


@dataclass(slots=True, eq=False)
class Match:
    """A row by its match key; ``references`` are those of the key. Where AAM has no such object yet, the rest is
    ``None``, until it is known what is to be created."""

    item: Checked
    way: str
    references: Mapping[str, Target]
    object_id: int | None = None
    pending: Pending | None = None

    @property
    def values(self) -> Mapping[str, Any]:
        return {**self.item.given, **self.references}


Keyed = tuple[Key | None, Match]


class Matcher:
    """``matched`` holds the ids of all objects that a row was found for."""

    def __init__(self, kind: Kind, objects: Objects, *, match_on: str | None) -> None:
        self.matched: dict[int, Checked] = {}
        self._kind = kind
        self._objects = objects
        self._match_on = match_on
        self._findings: list[Problem] = []
        self._refused: set[Match] = set()

    def match(self, rows: Iterable[Keyed]) -> tuple[list[Match], list[Problem]]:
        """The rows with their objects, in the rows' order; and those that mean several, or one that is not there.

        Rows with an id find theirs first, then those with a code, then those with a name.
        """
        ways: dict[str, dict[Key | None, Match | list[Match]]] = {way: {} for way in self._kind.match_on}
        matches = []
        for key, match in rows:
            matches.append(match)
            known = ways[match.way].setdefault(key, match)
            if isinstance(known, list):
                known.append(match)
            elif known is not match:
                ways[match.way][key] = [known, match]
        for way, groups in ways.items():
            for key, members in groups.items():
                self._pair(way, key, members if isinstance(members, list) else [members])
        return [match for match in matches if match not in self._refused], self._findings

    def look_first(self, way: str) -> bool:
        """Whether an object could have escaped, because AAM's list showed no keys."""
        return not self._objects.shows(self._kind.match_on[way])

    def _pair(self, way: str, key: Key | None, members: Sequence[Match]) -> None:
        candidates = self._objects.find(self._kind.match_on[way], key) if key else []
        if self._kind.refine and way != self._kind.id_field:
            self._refine(way, members, [each for each in candidates if each not in self.matched])
            return
        first, *others = members
        for row in others:
            self._report(way, row, f"is a duplicate (first used at {first.item.row.place})")
        object_id, problem = self._choose(way, key, first, candidates)
        if problem is not None:
            self._report(way, first, problem)
        else:
            self._take(first, object_id)

    def _take(self, match: Match, object_id: int | None) -> None:
        match.object_id = object_id
        if object_id is not None:
            self.matched[object_id] = match.item

    def _choose(
        self, way: str, key: Key | None, row: Match, candidates: Sequence[int]
    ) -> tuple[int | None, str | None]:
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

    def _taken(self, way: str, row: Match, candidates: Sequence[int]) -> str | None:
        """Rows have found every candidate: nothing is wrong with one more object of that name, without a code."""
        if self._match_on is None and way == "name" and row.values.get("integrationCode") == "":
            return None
        earlier = self.matched[candidates[0]].row.place
        return f"is {self._kind.name} {candidates[0]}, which {earlier} describes already"

    def _misspelt(self, way: str, key: Key | None, row: Match) -> str | None:
        if way == self._kind.id_field:
            return f"AAM has no {self._kind.name} {_said(row, way)}, or the technical account has no access to it"
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

    def _refine(self, way: str, members: Sequence[Match], candidates: list[int]) -> None:
        """Equal ones first, rows that say most before others; a single row and a single object left belong together."""
        waiting = []
        first: dict[tuple[Any, ...], Match] = {}
        for row in sorted(members, key=lambda row: -sum(name in row.values for name in self._kind.refine)):
            earlier = first.setdefault(tuple(row.values.get(name) for name in self._kind.refine), row)
            if earlier is not row:
                self._report(way, row, f"is a duplicate (first used at {earlier.item.row.place})")
                continue
            twin = next((each for each in candidates if self._agrees(row, each)), None)
            if twin is None:
                waiting.append(row)
            else:
                candidates.remove(twin)
                self._take(row, twin)
        if len(waiting) == len(candidates) == 1:
            self._take(waiting[0], candidates[0])

    def _agrees(self, row: Match, object_id: int) -> bool:
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
        found: dict[tuple[str, ...], int] = {}
        for way in ways:
            for key, object_id in self._objects.keys(self._kind.match_on[way]):
                found.setdefault((way, *(part.casefold() for part in key)), object_id)
        return found

    def _report(self, way: str, row: Match, problem: str) -> None:
        self._refused.add(row)
        said = problem if "“" in problem or way == self._kind.id_field else f"“{_said(row, way)}” {problem}"
        self._findings.append(Problem(place=row.item.row.place_of(way), field=way, text=said))


_WORDS = ("integrationCode", "name")
_TWINS = "make one of them different first"


def _said(row: Match, way: str) -> Any:
    return row.values.get(way, row.values.get("sid"))
