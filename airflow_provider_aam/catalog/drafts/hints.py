"""The few shapes of JSON Schema by which an editor shows what a row lacks and what contradicts itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def needs(*columns: str) -> dict[str, Any]:
    """One of the columns at least."""
    if len(columns) == 1:
        return {"required": [*columns]}
    return {"anyOf": [{"required": [name]} for name in columns]}


def without(*columns: str) -> dict[str, Any]:
    """None of the columns."""
    return {"not": needs(*columns)}


def without_value(*columns: str) -> dict[str, Any]:
    """None of the columns, unless it is empty."""
    return {"properties": {name: {"enum": [None, "", []]} for name in columns}}


def excludes(column: str, *others: str) -> dict[str, Any]:
    """The column, or others, never both."""
    return {"if": needs(column), "then": without(*others)}


def when(column: str, values: tuple[str, ...], then: Mapping[str, Any]) -> dict[str, Any]:
    """What a word in one column asks of the row."""
    return {"if": {"required": [column], "properties": {column: {"enum": [*values]}}}, "then": then}
