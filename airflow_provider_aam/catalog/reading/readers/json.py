"""JSON (a list, or an object with one list of each kind) and JSON Lines, each object with its line."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import IO, Any, NoReturn

from airflow_provider_aam.api.answers import shape_of
from airflow_provider_aam.api.names import near
from airflow_provider_aam.catalog.problems import Place, Problem
from airflow_provider_aam.catalog.reading.limits import spend
from airflow_provider_aam.catalog.reading.readers.header import repeated
from airflow_provider_aam.catalog.reading.readers.lists import ONE_VALUE_EXPECTED, plain_list
from airflow_provider_aam.catalog.reading.readers.text import decode_text, is_extra
from airflow_provider_aam.catalog.reading.rows import RowPacker, SourceRow, Table

_BLANKS = re.compile(r"\s*")


class _Object(dict[str, Any]):
    """An object that knows which of its keys are duplicates: the last of them is all that is left."""

    __slots__ = ("twice",)

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.twice = repeated(name for name, _ in pairs) if len(self) < len(pairs) else ()


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a value in JSON")


_decoder = json.JSONDecoder(object_pairs_hook=_Object, parse_constant=_no_constant)


def read_json(file: IO[bytes], source: str, keys: Sequence[str], findings: list[Problem]) -> list[Table]:
    """A list of objects, or an object with such lists under ``keys``."""
    text = decode_text(file.read(), source, findings, marks=b",[{")
    if text is None:
        return []
    if not text.strip():
        findings.append(Problem(place=Place(source=source, line=1), text=_is_empty(keys)))
        return []
    try:
        document = _decoder.decode(text)
    except (ValueError, RecursionError) as broken:
        findings.append(_not_json(broken, Place(source=source)))
        return []
    start = _skip(text, 0)
    place = Place(source=source, line=text.count("\n", 0, start) + 1)
    items = _Items(text, source, findings)
    if isinstance(document, list):
        return [Table(source=source, rows=items.read(start, len(document)))]
    held = _held_lists(document, keys, place, findings)
    starts = _value_starts(text, start, len(document)) if held else {}
    return [Table(source=source, title=key, rows=items.read(starts[key], count)) for key, count in held.items()]


def _is_empty(keys: Sequence[str]) -> str:
    return f'is empty: where there are none, write {{"{keys[0]}": []}}'


def read_jsonl(file: IO[bytes], source: str, _keys: Sequence[str], findings: list[Problem]) -> list[Table]:
    """The keys play no part: every line is one object."""
    text = decode_text(file.read(), source, findings, marks=b"\n,[{")
    rows: list[SourceRow] = []
    packer = RowPacker()
    for number, line in enumerate((text or "").split("\n"), start=1):
        if line.strip():
            place = Place(source=source, line=number)
            try:
                _add(_decoder.decode(line), place, rows, packer, findings)
            except (ValueError, RecursionError) as broken:
                findings.append(_not_json(broken, place))
    return [Table(source=source, rows=rows)]


def _held_lists(document: Any, keys: Sequence[str], place: Place, findings: list[Problem]) -> dict[str, int]:
    """The length of each list of objects in the document, in the document's order."""
    expected = f'{{"{keys[0]}": [...]' + (", …}" if len(keys) > 1 else "}")
    if not isinstance(document, _Object):
        findings.append(Problem(place=place, text=f"must be a list, or {expected}"))
        return {}
    others = sorted(name for name in document if name not in keys and not is_extra(name))
    if others:
        spend("columns", len(others))
        hints = "".join(near(name, keys) for name in others)
        findings.append(Problem(place=place, text=f"unknown keys {', '.join(others)}; known: {', '.join(keys)}{hints}"))
    if document.twice:
        findings.append(_twice(document, place))
        return {}
    wrong = [key for key in keys if (key in document or len(keys) == 1) and not isinstance(document.get(key), list)]
    if wrong:
        problem = f"must be a list, or {expected}" if len(keys) == 1 else f"{', '.join(wrong)} must be a list"
        findings.append(Problem(place=place, text=problem))
    return {key: len(items) for key, items in document.items() if key in keys and key not in wrong}


def _value_starts(text: str, start: int, count: int) -> dict[str, int]:
    """Where the value of each of the ``count`` keys begins in the well-formed object at ``start``."""
    starts: dict[str, int] = {}
    at = start + 1
    for _ in range(count):
        name, at = _decoder.raw_decode(text, _skip(text, at))
        starts[name] = _skip(text, text.index(":", at) + 1)
        _, at = _decoder.raw_decode(text, starts[name])
        at = _skip(text, at) + 1
    return starts


class _Items:
    """The objects of a document's lists, each with its line."""

    def __init__(self, text: str, source: str, findings: list[Problem]) -> None:
        self._text = text
        self._source = source
        self._findings = findings
        self._packer = RowPacker()

    def read(self, start: int, count: int) -> list[SourceRow]:
        """The ``count`` items of the well-formed list at ``start``."""
        text, rows = self._text, list[SourceRow]()
        line, counted, at = 1, 0, start + 1
        for _ in range(count):
            at = _skip(text, at)
            line, counted = line + text.count("\n", counted, at), at
            value, at = _decoder.raw_decode(text, at)
            _add(value, Place(source=self._source, line=line), rows, self._packer, self._findings)
            at = _skip(text, at) + 1
        return rows


def _skip(text: str, at: int) -> int:
    blanks = _BLANKS.match(text, at)
    return blanks.end() if blanks else at


def _not_json(broken: ValueError | RecursionError, place: Place) -> Problem:
    if isinstance(broken, json.JSONDecodeError):
        where = Place(source=place.source, line=place.line or broken.lineno)
        return Problem(place=where, text=f"is not JSON: {broken.msg} (column {broken.colno})")
    return Problem(place=place, text=f"is not JSON: {str(broken) or 'nested too deeply'}")


def _twice(value: _Object, place: Place) -> Problem:
    names = ", ".join(repr(name) for name in value.twice)
    return Problem(place=place, text=f"duplicate key in one object: {names}")


def _add(value: Any, place: Place, rows: list[SourceRow], packer: RowPacker, findings: list[Problem]) -> None:
    if not isinstance(value, _Object):
        findings.append(Problem(place=place, text=f"expected an object, found {shape_of(value)}"))
    elif value.twice:
        findings.append(_twice(value, place))
    else:
        for name, field in value.items():
            if isinstance(field, list):
                value[name] = plain_list(field)
            if isinstance(field, dict) or (isinstance(field, list) and value[name] is None):
                findings.append(Problem(place=place, field=name, text=ONE_VALUE_EXPECTED))
        rows.append(packer.pack(value, place))
