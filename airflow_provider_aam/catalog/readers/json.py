"""JSON (a list, or an object with one list of each kind) and JSON Lines, each object with its line."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from airflow_provider_aam.catalog.findings import Finding, Place
from airflow_provider_aam.catalog.readers.text import decode_text, is_extra
from airflow_provider_aam.catalog.rows import SourceRow

_BLANKS = re.compile(r"\s*")


class _Object(dict[str, Any]):
    """An object that knows which of its keys stood twice: the last of them is all that is left."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        names = [name for name, _ in pairs] if len(self) < len(pairs) else []
        self.twice = sorted({name for name in names if names.count(name) > 1})


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no value in JSON")


_decoder = json.JSONDecoder(object_pairs_hook=_Object, parse_constant=_no_constant)


def read_json(content: bytes, source: str, key: str, findings: list[Finding]) -> list[SourceRow]:
    text = decode_text(content, source, findings)
    if text is None:
        return []
    try:
        document = _decoder.decode(text)
    except (ValueError, RecursionError) as broken:
        findings.append(_not_json(broken, Place(source=source)))
        return []
    start = _skip(text, 0)
    place = Place(source=source, line=text.count("\n", 0, start) + 1)
    items = document
    if isinstance(document, _Object):
        if not _check_keys(document, key, place, findings):
            return []
        items = document.get(key)
        start = _find_value(text, start, key) if key in document else start
    if not isinstance(items, list):
        findings.append(Finding(place=place, problem=f'must be a list, or {{"{key}": [...]}}'))
        return []
    return _read_items(text, start, len(items), source, findings)


def read_jsonl(content: bytes, source: str, _key: str, findings: list[Finding]) -> list[SourceRow]:
    """The collection key plays no part: every line is one object."""
    text = decode_text(content, source, findings)
    rows: list[SourceRow] = []
    for number, line in enumerate((text or "").split("\n"), start=1):
        if line.strip():
            place = Place(source=source, line=number)
            try:
                _add(_decoder.decode(line), place, rows, findings)
            except (ValueError, RecursionError) as broken:
                findings.append(_not_json(broken, place))
    return rows


def _check_keys(document: _Object, key: str, place: Place, findings: list[Finding]) -> bool:
    others = sorted(name for name in document if name != key and not is_extra(name))
    if others:
        findings.append(Finding(place=place, problem=f"unknown keys {', '.join(others)}; known: {key}"))
    if document.twice:
        findings.append(_twice(document, place))
    return not document.twice


def _find_value(text: str, start: int, key: str) -> int:
    """Where the value of ``key`` begins in the well-formed object at ``start``."""
    at = start + 1
    while True:
        name, at = _decoder.raw_decode(text, _skip(text, at))
        at = _skip(text, text.index(":", at) + 1)
        if name == key:
            return at
        _, at = _decoder.raw_decode(text, at)
        at = text.index(",", at) + 1


def _read_items(text: str, start: int, count: int, source: str, findings: list[Finding]) -> list[SourceRow]:
    """The ``count`` items of the well-formed list at ``start``."""
    rows: list[SourceRow] = []
    line, counted, at = 1, 0, start + 1
    for _ in range(count):
        at = _skip(text, at)
        line, counted = line + text.count("\n", counted, at), at
        value, at = _decoder.raw_decode(text, at)
        _add(value, Place(source=source, line=line), rows, findings)
        at = _skip(text, at) + 1
    return rows


def _skip(text: str, at: int) -> int:
    blanks = _BLANKS.match(text, at)
    return blanks.end() if blanks else at


def _not_json(broken: ValueError | RecursionError, place: Place) -> Finding:
    if isinstance(broken, json.JSONDecodeError):
        where = Place(source=place.source, line=place.line or broken.lineno)
        return Finding(place=where, problem=f"is not JSON: {broken.msg} (column {broken.colno})")
    return Finding(place=place, problem=f"is not JSON: {str(broken) or 'nested too deeply'}")


def _twice(value: _Object, place: Place) -> Finding:
    names = ", ".join(repr(name) for name in value.twice)
    return Finding(place=place, problem=f"the key {names} stands twice in one object")


def _add(value: Any, place: Place, rows: list[SourceRow], findings: list[Finding]) -> None:
    if not isinstance(value, _Object):
        findings.append(Finding(place=place, problem=f"a {type(value).__name__} stands where an object was due"))
    elif value.twice:
        findings.append(_twice(value, place))
    else:
        rows.append(SourceRow(values=value, place=place))
