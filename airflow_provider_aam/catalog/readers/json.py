"""JSON (a list, or an object with one list of each kind) and JSON Lines, each object with its line."""

from __future__ import annotations

import json
import re
from typing import Any

from airflow_provider_aam.catalog.findings import Finding, Place
from airflow_provider_aam.catalog.readers.text import decode_text
from airflow_provider_aam.catalog.source import SourceRow

_BLANKS = re.compile(r"\s*")


class _TwiceError(ValueError):
    pass


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        names = [name for name, _ in pairs]
        raise _TwiceError(", ".join(sorted({repr(name) for name in names if names.count(name) > 1})))
    return values


_decoder = json.JSONDecoder(object_pairs_hook=_object)


def read_json(content: bytes, source: str, key: str, findings: list[Finding]) -> list[SourceRow]:
    text = decode_text(content, source, findings)
    if text is None:
        return []
    try:
        document = json.loads(text)
    except json.JSONDecodeError as broken:
        findings.append(_not_json(broken, Place(source=source, line=broken.lineno)))
        return []
    start = _skip(text, 0)
    place = Place(source=source, line=text.count("\n", 0, start) + 1)
    if isinstance(document, dict):
        others = sorted(name for name in document if name not in (key, "$schema"))
        if others:
            findings.append(Finding(place=place, problem=f"unknown keys {', '.join(others)}; known: {key}"))
        items = document.get(key)
        start = _find_value(text, start, key) if key in document else start
    else:
        items = document
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
            except json.JSONDecodeError as broken:
                findings.append(_not_json(broken, place))
            except _TwiceError as twice:
                findings.append(_twice(twice, place))
    return rows


def _find_value(text: str, start: int, key: str) -> int:
    """Where the value of ``key`` begins in the well-formed object at ``start``."""
    plain = json.JSONDecoder()
    at = start + 1
    while True:
        name, at = plain.raw_decode(text, _skip(text, at))
        at = _skip(text, text.index(":", at) + 1)
        if name == key:
            return at
        _, at = plain.raw_decode(text, at)
        at = text.index(",", at) + 1


def _read_items(text: str, start: int, count: int, source: str, findings: list[Finding]) -> list[SourceRow]:
    """The ``count`` items of the well-formed list at ``start``."""
    rows: list[SourceRow] = []
    line, counted, at = 1, 0, start + 1
    for _ in range(count):
        at = _skip(text, at)
        line, counted = line + text.count("\n", counted, at), at
        place = Place(source=source, line=line)
        try:
            value, at = _decoder.raw_decode(text, at)
        except _TwiceError as twice:
            findings.append(_twice(twice, place))
            _, at = json.JSONDecoder().raw_decode(text, at)
        else:
            _add(value, place, rows, findings)
        at = _skip(text, at) + 1
    return rows


def _skip(text: str, at: int) -> int:
    blanks = _BLANKS.match(text, at)
    return blanks.end() if blanks else at


def _not_json(broken: json.JSONDecodeError, place: Place) -> Finding:
    return Finding(place=place, problem=f"is not JSON: {broken.msg} (column {broken.colno})")


def _twice(twice: _TwiceError, place: Place) -> Finding:
    return Finding(place=place, problem=f"the key {twice} stands twice in one object")


def _add(value: Any, place: Place, rows: list[SourceRow], findings: list[Finding]) -> None:
    if isinstance(value, dict):
        rows.append(SourceRow(values=value, place=place))
    else:
        findings.append(Finding(place=place, problem=f"a {type(value).__name__} stands where an object was due"))
