"""YAML with the line of every value. Scalars stay as they are written: an integration code 007 is not the number 7."""

from __future__ import annotations

from typing import Any

import yaml

from airflow_provider_aam.catalog.findings import Finding, Place
from airflow_provider_aam.catalog.readers.text import decode_text
from airflow_provider_aam.catalog.source import SourceRow

_Loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULL = "tag:yaml.org,2002:null"
_MERGE = "tag:yaml.org,2002:merge"


def read_yaml(content: bytes, source: str, key: str, findings: list[Finding]) -> list[SourceRow]:
    """A list of mappings, or a mapping with that list under ``key``."""
    text = decode_text(content, source, findings)
    if text is None:
        return []
    try:
        document = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as broken:
        mark = broken.problem_mark or broken.context_mark
        place = Place(source=source, line=mark.line + 1 if mark else None)
        column = f" (column {mark.column + 1})" if mark else ""
        findings.append(Finding(place=place, problem=f"is not YAML: {broken.problem or broken.context}{column}"))
        return []
    except yaml.YAMLError as broken:
        findings.append(Finding(place=Place(source=source), problem=f"is not YAML: {broken}"))
        return []
    items = _find_list(document, source, key, findings)
    return [row for row in (_read_row(node, source, findings) for node in items) if row is not None]


def _find_list(document: Any, source: str, key: str, findings: list[Finding]) -> list[Any]:
    if isinstance(document, yaml.SequenceNode):
        return list(document.value)
    if document is None or not isinstance(document, yaml.MappingNode):
        place = Place(source=source, line=1)
        findings.append(Finding(place=place, problem=f"must be a list, or a mapping with a list {key!r}"))
        return []
    items: list[Any] = []
    known = False
    for name, value in document.value:
        place = _place(name, source)
        if name.value != key:
            findings.append(Finding(place=place, problem=f"unknown key {name.value!r}; known: {key}"))
        elif isinstance(value, yaml.SequenceNode):
            items, known = list(value.value), True
        else:
            findings.append(Finding(place=place, problem=f"{key} must be a list"))
            known = True
    if not known:
        findings.append(Finding(place=Place(source=source, line=1), problem=f"has no list {key!r}"))
    return items


def _read_row(node: Any, source: str, findings: list[Finding]) -> SourceRow | None:
    place = _place(node, source)
    if not isinstance(node, yaml.MappingNode):
        findings.append(Finding(place=place, problem="a mapping was due: - name: …"))
        return None
    values: dict[str, Any] = {}
    lines: dict[str, int] = {}
    for name, value in _pairs(node):
        if not isinstance(name, yaml.ScalarNode):
            findings.append(Finding(place=_place(name, source), problem="a key must be a plain name"))
            continue
        if name.value in lines:
            text = f"stands twice (first in line {lines[name.value]})"
            findings.append(Finding(place=_place(name, source), field=name.value, problem=text))
            continue
        lines[name.value] = name.start_mark.line + 1
        read = _read_value(value)
        if read is not None:
            values[name.value] = read
    return SourceRow(values=values, place=place, lines=lines)


def _pairs(node: Any) -> list[tuple[Any, Any]]:
    """A mapping's pairs; those of YAML's merge key (``<<: *defaults``) where the mapping itself is silent."""
    own = [(name, value) for name, value in node.value if name.tag != _MERGE]
    names = {name.value for name, _ in own if isinstance(name, yaml.ScalarNode)}
    for merge, value in node.value:
        if merge.tag == _MERGE:
            for source in value.value if isinstance(value, yaml.SequenceNode) else [value]:
                merged = [pair for pair in _pairs(source) if pair[0].value not in names]
                names.update(name.value for name, _ in merged)
                own += merged
    return own


def _read_value(node: Any) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return None if node.tag == _NULL else node.value
    if isinstance(node, yaml.SequenceNode):
        return [_read_value(item) for item in node.value]
    return {str(name.value): _read_value(value) for name, value in node.value}


def _place(node: Any, source: str) -> Place:
    return Place(source=source, line=node.start_mark.line + 1)
