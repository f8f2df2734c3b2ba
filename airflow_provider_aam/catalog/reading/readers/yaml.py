"""YAML with the line of every value. Scalars stay as they are written: an integration code 007 is not the number 7.

The parser's events are read one by one and a row is made as soon as it ends, so that a file of 100,000 rows costs the
memory of its rows: a tree of the whole document would cost ten times as much.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO, Any

import yaml

from airflow_provider_aam.api.names import near
from airflow_provider_aam.catalog.problems import Place, Problem
from airflow_provider_aam.catalog.reading.limits import Findings
from airflow_provider_aam.catalog.reading.readers.text import TextStream, is_extra
from airflow_provider_aam.catalog.reading.readers.yaml_nodes import ListNode, Nodes
from airflow_provider_aam.catalog.reading.readers.yaml_rows import YamlRows
from airflow_provider_aam.catalog.reading.rows import SourceRow, Table


def read_yaml(file: IO[bytes], source: str, keys: Sequence[str], findings: list[Problem]) -> list[Table]:
    """A list of mappings, or a mapping with such lists under ``keys``; ``x-…`` keys next to them may hold anchors."""
    stream = TextStream(file, source)
    found = Findings()
    try:
        tables = _Document(Nodes(stream), source, keys, found).read()
    except (yaml.YAMLError, RecursionError) as broken:
        tables, found = [], Findings([_not_yaml(broken, source)])
    if stream.wrong:
        tables, found = [], Findings([stream.wrong])
    findings += found
    return tables


def _not_yaml(broken: yaml.YAMLError | RecursionError, source: str) -> Problem:
    if isinstance(broken, yaml.MarkedYAMLError):
        begun, mark, context = broken.context_mark, broken.problem_mark or broken.context_mark, broken.context or ""
        if begun and context == "while scanning a quoted scalar" and "end of stream" in (broken.problem or ""):
            place = Place(source=source, line=begun.line + 1)
            return Problem(place=place, text=f"is not YAML: the quote in column {begun.column + 1} is never closed")
        if begun and mark and begun.line < mark.line and context.startswith("while parsing"):
            context += f" that begins in line {begun.line + 1}"
        place = Place(source=source, line=mark.line + 1 if mark else None)
        said = ", ".join(part for part in (context, broken.problem) if part)
        return Problem(place=place, text=f"is not YAML: {said}{f' (column {mark.column + 1})' if mark else ''}")
    said = str(broken).partition("\n")[0] if isinstance(broken, yaml.YAMLError) else "nested too deeply"
    return Problem(place=Place(source=source), text=f"is not YAML: {said}")


class _Document:
    """The top level of one document: which lists it holds."""

    def __init__(self, nodes: Nodes, source: str, keys: Sequence[str], findings: list[Problem]) -> None:
        self._nodes = nodes
        self._source = source
        self._keys = keys
        self._findings = findings
        self._make = YamlRows(source, findings)
        self._tables: dict[str, Table] = {}
        self._lines: dict[str, int] = {}

    def read(self) -> list[Table]:
        start = self._nodes.start()
        tables: list[Table] = []
        if isinstance(start, yaml.SequenceStartEvent):
            tables = [Table(source=self._source, rows=self._rows(start))]
        elif isinstance(start, yaml.MappingStartEvent):
            self._read_keys()
            tables = list(self._tables.values())
        elif start is None:
            self._find(1, f"is empty: where there are none, write {self._keys[0]}: []")
        else:
            self._nodes.skip(start)
            self._find(1, f"must be a list, or an object with {self._lists()}")
        self._nodes.end()
        return tables

    def _read_keys(self) -> None:
        while not isinstance(name := self._nodes.next(), yaml.MappingEndEvent):
            line = name.start_mark.line + 1
            key = self._nodes.node(name)
            value = self._nodes.next()
            if not isinstance(key, yaml.ScalarEvent):
                self._find(line, "a key must be a plain name")
            elif key.value in self._keys:
                self._read_list(key.value, line, value)
                continue
            elif not is_extra(key.value):
                known = ", ".join(self._keys)
                self._find(line, f"unknown key {key.value!r}; known: {known}{near(key.value, self._keys)}")
            self._nodes.skip(value)
        if len(self._keys) == 1 and not self._lines:
            self._find(1, f"has no list {self._keys[0]!r}")

    def _read_list(self, key: str, line: int, start: Any) -> None:
        if key in self._lines:
            self._find(line, f"is a duplicate (first used in line {self._lines[key]})", key)
        self._lines.setdefault(key, line)
        if isinstance(start, yaml.SequenceStartEvent) and start.anchor is None:
            rows = self._rows(start)
        elif isinstance(node := self._nodes.node(start), ListNode):
            rows = [row for item in node.items if (row := self._make.row(item))]
        else:
            self._find(line, f"{key} must be a list")
            return
        self._tables[key] = Table(source=self._source, title=key, rows=rows)

    def _rows(self, start: yaml.SequenceStartEvent) -> list[SourceRow]:
        """Of the list that begins here: each row made, and its nodes forgotten, before the next one is read."""
        rows: list[SourceRow] = []
        self._nodes.refuse_twice(start)
        while not isinstance(event := self._nodes.next(), yaml.SequenceEndEvent):
            row = self._make.row(self._nodes.node(event))
            if row is not None:
                rows.append(row)
        return rows

    def _lists(self) -> str:
        return f"a list {self._keys[0]!r}" if len(self._keys) == 1 else f"lists of {', '.join(self._keys)}"

    def _find(self, line: int, problem: str, field: str | None = None) -> None:
        self._findings.append(Problem(place=Place(source=self._source, line=line), field=field, text=problem))
