"""A YAML mapping as a row: merge keys, duplicate keys, and the line of every field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from airflow_provider_aam.catalog.problems import Place, Problem
from airflow_provider_aam.catalog.reading.limits import spend
from airflow_provider_aam.catalog.reading.readers.lists import ONE_VALUE_EXPECTED
from airflow_provider_aam.catalog.reading.readers.yaml_nodes import ListNode, MappingNode, is_merge, is_null
from airflow_provider_aam.catalog.reading.rows import RowPacker, SourceRow

_Pairs = list[tuple[Any, Any]]


class YamlRows:
    """Turns the nodes of one document into rows; what is wrong goes to ``findings``."""

    def __init__(self, source: str, findings: list[Problem]) -> None:
        self._source = source
        self._findings = findings
        self._pack = RowPacker().pack
        self._merged_keys = 0

    def row(self, node: Any) -> SourceRow | None:
        place = self._place(node)
        if not isinstance(node, MappingNode):
            self._find(place, f"expected an object (- name: …), found {_shown(node)}")
            return None
        if node.is_row:
            self._count(len(node.pairs))
        node.is_row = True
        values: dict[str, Any] = {}
        lines: dict[str, int] = {}
        for name, value in self._pairs(node, within=()):
            field = name.value
            if field in lines:
                self._find(self._place(name), f"is a duplicate (first used in line {lines[field]})", field)
                continue
            lines[field] = name.start_mark.line + 1
            if type(value) is yaml.ScalarEvent:
                if not is_null(value):
                    values[field] = value.value
            elif isinstance(value, ListNode) and all(_is_value(item) for item in value.items):
                self._count(len(value.items))
                values[field] = [item.value for item in value.items]
            else:
                self._find(self._place(value), ONE_VALUE_EXPECTED, field)
        return self._pack(values, place, lines)

    def _pairs(self, node: MappingNode, *, within: tuple[MappingNode, ...]) -> _Pairs:
        """A mapping's pairs; those of YAML's merge key (``<<: *defaults``) where the mapping itself is silent."""
        if node.merged is None:
            node.merged = self._merge(node, within)
        self._count(len(node.merged) if within else 0)
        return node.merged

    def _merge(self, node: MappingNode, within: tuple[MappingNode, ...]) -> _Pairs:
        own: _Pairs = []
        merges: _Pairs = []
        for pair in node.pairs:
            if type(pair[0]) is not yaml.ScalarEvent:
                self._find(self._place(pair[0]), "a key must be a plain name")
            else:
                (merges if is_merge(pair[0]) else own).append(pair)
        if merges:
            names = {name.value for name, _ in own}
            for merged in self._merged(node, merges, within):
                new = [pair for pair in self._pairs(merged, within=(*within, node)) if pair[0].value not in names]
                names.update(name.value for name, _ in new)
                own += new
        return own

    def _merged(self, node: MappingNode, merges: _Pairs, within: tuple[MappingNode, ...]) -> Iterator[MappingNode]:
        for name, value in merges:
            for source in value.items if isinstance(value, ListNode) else [value]:
                if not isinstance(source, MappingNode):
                    self._find(self._place(name), "<< must name a mapping, like <<: *defaults")
                elif source is node or any(source is outer for outer in within):
                    self._find(self._place(name), "<< leads back to the mapping it is in")
                else:
                    yield source

    def _count(self, more: int) -> None:
        """What an alias brings costs nothing in the file: it is counted each time that it is brought."""
        self._merged_keys += more + 1
        spend("merged keys and list items", self._merged_keys)

    def _find(self, place: Place, problem: str, field: str | None = None) -> None:
        self._findings.append(Problem(place=place, field=field, text=problem))

    def _place(self, node: Any) -> Place:
        return Place(source=self._source, line=node.start_mark.line + 1)


def _shown(node: Any) -> str:
    return "a list" if isinstance(node, ListNode) else f"“{node.value[:60]}”"


def _is_value(item: Any) -> bool:
    return isinstance(item, yaml.ScalarEvent) and not is_null(item)
