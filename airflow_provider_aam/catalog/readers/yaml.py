"""YAML with the line of every value. Scalars stay as they are written: an integration code 007 is not the number 7."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from airflow_provider_aam.catalog.findings import Finding, Place
from airflow_provider_aam.catalog.readers.text import decode_text, is_extra
from airflow_provider_aam.catalog.rows import SourceRow

_Loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULL = "tag:yaml.org,2002:null"
_MERGE = "tag:yaml.org,2002:merge"

_Pairs = list[tuple[Any, Any]]


def read_yaml(content: bytes, source: str, key: str, findings: list[Finding]) -> list[SourceRow]:
    """A list of mappings, or a mapping with that list under ``key``; ``x-…`` keys beside it may hold anchors."""
    text = decode_text(content, source, findings)
    if text is None:
        return []
    try:
        document = yaml.compose(text, Loader=_Loader)
    except (yaml.YAMLError, RecursionError) as broken:
        findings.append(_not_yaml(broken, source))
        return []
    return _Reader(source, findings).rows(document, key)


def _not_yaml(broken: yaml.YAMLError | RecursionError, source: str) -> Finding:
    if isinstance(broken, yaml.MarkedYAMLError):
        mark = broken.problem_mark or broken.context_mark
        place = Place(source=source, line=mark.line + 1 if mark else None)
        said = ", ".join(part for part in (broken.context, broken.problem) if part)
        return Finding(place=place, problem=f"is not YAML: {said}{f' (column {mark.column + 1})' if mark else ''}")
    said = str(broken).partition("\n")[0] if isinstance(broken, yaml.YAMLError) else "nested too deeply"
    return Finding(place=Place(source=source), problem=f"is not YAML: {said}")


class _Reader:
    """Turns the nodes of one document into rows; what is wrong goes to ``findings``."""

    def __init__(self, source: str, findings: list[Finding]) -> None:
        self._source = source
        self._findings = findings

    def rows(self, document: Any, key: str) -> list[SourceRow]:
        rows = (self._row(node) for node in self._items(document, key))
        return [row for row in rows if row is not None]

    def _items(self, document: Any, key: str) -> list[Any]:
        if isinstance(document, yaml.SequenceNode):
            return list(document.value)
        if not isinstance(document, yaml.MappingNode):
            self._find(Place(source=self._source, line=1), f"must be a list, or a mapping with a list {key!r}")
            return []
        lists = [(name, value) for name, value in document.value if name.value == key]
        for name, _ in document.value:
            if name.value != key and not is_extra(str(name.value)):
                self._find(self._place(name), f"unknown key {name.value!r}; known: {key}")
        if not lists:
            self._find(Place(source=self._source, line=1), f"has no list {key!r}")
        for name, _ in lists[1:]:
            self._find(self._place(name), f"stands twice (first in line {lists[0][0].start_mark.line + 1})", key)
        items: list[Any] = []
        for name, value in lists:
            if isinstance(value, yaml.SequenceNode):
                items += value.value
            else:
                self._find(self._place(name), f"{key} must be a list")
        return items

    def _row(self, node: Any) -> SourceRow | None:
        place = self._place(node)
        if not isinstance(node, yaml.MappingNode):
            self._find(place, "a mapping was due: - name: …")
            return None
        values: dict[str, Any] = {}
        lines: dict[str, int] = {}
        for name, value in self._pairs(node, within=()):
            if name.value in lines:
                self._find(self._place(name), f"stands twice (first in line {lines[name.value]})", name.value)
                continue
            lines[name.value] = name.start_mark.line + 1
            if isinstance(value, yaml.ScalarNode):
                if value.tag != _NULL:
                    values[name.value] = value.value
            else:
                self._find(self._place(value), "one value was due, a list or a mapping stands here", name.value)
        return SourceRow(values=values, place=place, lines=lines)

    def _pairs(self, node: Any, *, within: tuple[Any, ...]) -> _Pairs:
        """A mapping's pairs; those of YAML's merge key (``<<: *defaults``) where the mapping itself is silent."""
        own: _Pairs = []
        for name, value in node.value:
            if not isinstance(name, yaml.ScalarNode):
                self._find(self._place(name), "a key must be a plain name")
            elif name.tag != _MERGE:
                own.append((name, value))
        names = {name.value for name, _ in own}
        for merged in self._merged(node, within):
            new = [pair for pair in self._pairs(merged, within=(*within, node)) if pair[0].value not in names]
            names.update(name.value for name, _ in new)
            own += new
        return own

    def _merged(self, node: Any, within: tuple[Any, ...]) -> Iterator[Any]:
        for name, value in node.value:
            if name.tag == _MERGE:
                for source in value.value if isinstance(value, yaml.SequenceNode) else [value]:
                    if not isinstance(source, yaml.MappingNode):
                        self._find(self._place(name), "<< must name a mapping, like <<: *defaults")
                    elif source is node or any(source is outer for outer in within):
                        self._find(self._place(name), "<< leads back to the mapping it stands in")
                    else:
                        yield source

    def _find(self, place: Place, problem: str, field: str | None = None) -> None:
        self._findings.append(Finding(place=place, field=field, problem=problem))

    def _place(self, node: Any) -> Place:
        return Place(source=self._source, line=node.start_mark.line + 1)
