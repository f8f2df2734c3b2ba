"""YAML's events as small nodes, only for as long as they are needed: the row being read, and what has an anchor."""

from __future__ import annotations

from typing import Any

import yaml
from yaml.composer import ComposerError

from airflow_provider_aam.catalog.reading.readers.text import TextStream

_Loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULLS = ("", "~", "null", "Null", "NULL")


def _error(context: str | None, first: Any, problem: str, second: Any) -> ComposerError:
    return ComposerError(context, first, problem, second)


class ListNode:
    __slots__ = ("items", "start_mark")

    def __init__(self, start_mark: Any) -> None:
        self.start_mark = start_mark
        self.items: list[Any] = []


class MappingNode:
    """``merged`` are its pairs with those of its merge keys, once they are known."""

    __slots__ = ("is_row", "merged", "pairs", "start_mark")

    def __init__(self, start_mark: Any) -> None:
        self.start_mark = start_mark
        self.pairs: list[tuple[Any, Any]] = []
        self.merged: list[tuple[Any, Any]] | None = None
        self.is_row = False


def is_null(scalar: yaml.ScalarEvent) -> bool:
    return scalar.tag == "tag:yaml.org,2002:null" or (bool(scalar.implicit[0]) and scalar.value in _NULLS)


def is_merge(scalar: yaml.ScalarEvent) -> bool:
    return scalar.tag == "tag:yaml.org,2002:merge" or (scalar.value == "<<" and bool(scalar.implicit[0]))


class Nodes:
    """One document of a stream. Raises :class:`yaml.YAMLError` as PyYAML's own composer does.

    A node is a :class:`yaml.ScalarEvent`, a :class:`ListNode` or a :class:`MappingNode`; each has a ``start_mark``.
    """

    def __init__(self, stream: TextStream) -> None:
        self._loader = _Loader(stream)
        self._anchors: dict[str, Any] = {}
        self.next = self._loader.get_event

    def start(self) -> Any:
        """The event that begins the document's content; None in a stream without a document."""
        self.next()
        self._opening = self.next()
        return self.next() if isinstance(self._opening, yaml.DocumentStartEvent) else None

    def end(self) -> None:
        """Refuses whatever follows the document."""
        if isinstance(self._opening, yaml.DocumentStartEvent):
            self.next()
            if isinstance(another := self.next(), yaml.DocumentStartEvent):
                first, second = self._opening.start_mark, another.start_mark
                raise _error("expected a single document in the stream", first, "but found another document", second)

    def node(self, event: Any) -> Any:
        """The node that begins with this event; all its events are read."""
        if type(event) is yaml.ScalarEvent and event.anchor is None:
            return event
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self._anchors:
                raise _error(None, None, "found undefined alias", event.start_mark)
            return self._anchors[event.anchor]
        if isinstance(event, yaml.MappingStartEvent):
            mapping = MappingNode(event.start_mark)
            self._name(event, mapping)
            self._read_pairs(mapping)
            return mapping
        if isinstance(event, yaml.SequenceStartEvent):
            sequence = ListNode(event.start_mark)
            self._name(event, sequence)
            while type(item := self.next()) is not yaml.SequenceEndEvent:
                sequence.items.append(self.node(item))
            return sequence
        self._name(event, event)
        return event

    def skip(self, event: Any) -> None:
        """Reads past the node that begins with this event, and keeps of it only what has an anchor."""
        if event.anchor is not None or not isinstance(event, yaml.CollectionStartEvent):
            self.node(event)
            return
        while not isinstance(inner := self.next(), yaml.CollectionEndEvent):
            self.skip(inner)

    def refuse_twice(self, event: Any) -> None:
        if event.anchor in self._anchors:
            first = self._anchors[event.anchor].start_mark
            raise ComposerError(
                "found duplicate anchor; first occurrence", first, "second occurrence", event.start_mark
            )

    def _read_pairs(self, mapping: MappingNode) -> None:
        read, pairs, scalar = self.next, mapping.pairs, yaml.ScalarEvent
        while type(name := read()) is not yaml.MappingEndEvent:
            if type(name) is not scalar or name.anchor is not None:
                name = self.node(name)
            value = read()
            if type(value) is not scalar or value.anchor is not None:
                value = self.node(value)
            pairs.append((name, value))

    def _name(self, event: Any, node: Any) -> None:
        if event.anchor is not None:
            self.refuse_twice(event)
            self._anchors[event.anchor] = node
