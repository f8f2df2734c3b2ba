"""Lines of outbound files that are JSON objects → columns."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, TypeAlias

import msgspec

from airflow_provider_aam.api.answers import UNREADABLE
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.feeds.reading.layout import ObjectLayout
from airflow_provider_aam.feeds.reading.part import MOST_DIGITS, Part, delivery_schema, is_number, read_lines

Row: TypeAlias = tuple[str, list[int], list[int]]

_LISTS: Any = list[Annotated[int, msgspec.Meta(ge=0, lt=10**MOST_DIGITS)] | str] | str
_NOT_A_NUMBER = f"a segment is not a number of 1 to {MOST_DIGITS} digits"


def read_objects(block: bytes, layout: ObjectLayout, *, with_removed: bool) -> Part:
    """``block`` ends with a line break. Without ``with_removed`` no user has removed segments."""
    decoder = _decoder(layout, with_removed=with_removed)
    return read_lines(block, lambda line: _read(line, decoder, layout), delivery_schema())


@cache
def _decoder(layout: ObjectLayout, *, with_removed: bool) -> msgspec.json.Decoder[Any]:
    """Of the keys that are read, with users as they are written: numbers of 38 digits fit no type."""
    fields: list[Any] = [("user", msgspec.Raw), ("segments", _LISTS)]
    if with_removed and layout.removed is not None:
        fields.append(("removed", _LISTS, ""))
    names = {name: getattr(layout, name) for name, *_ in fields}
    return msgspec.json.Decoder(msgspec.defstruct("Line", fields, rename=names))


def _read(line: bytes, decoder: msgspec.json.Decoder[Any], layout: ObjectLayout) -> Row:
    try:
        found = decoder.decode(line)
        user = _user(bytes(found.user), layout.user)
    except UNREADABLE:
        raise ValueError(_reason(line, layout)) from None
    return (
        user,
        _numbers(found.segments, layout.list_separator),
        _numbers(getattr(found, "removed", ""), layout.list_separator),
    )


def _user(written: bytes, key: str) -> str:
    if written.isdigit():
        return written.decode()
    if not written.startswith(b'"'):
        raise ValueError(f"“{one_line(key)}” is not a string or a number of digits")
    user = msgspec.json.decode(written, type=str)
    if not user:
        raise ValueError("it names no user")
    return user


def _numbers(found: list[int | str] | str, separator: str) -> list[int]:
    if isinstance(found, str):
        found = [*found.removesuffix(separator).split(separator)] if found else []
    return [each if isinstance(each, int) else _number(each) for each in found]


def _number(text: str) -> int:
    if not is_number(text):
        raise ValueError(_NOT_A_NUMBER)
    return int(text)


def _reason(line: bytes, layout: ObjectLayout) -> str:
    try:
        found = msgspec.json.decode(line)
    except UNREADABLE:
        return "it is not valid JSON"
    if not isinstance(found, dict):
        return "it is not a JSON object"
    for key in (layout.user, layout.segments):
        if key not in found:
            return f"it has no “{one_line(key)}”"
    for key in filter(None, (layout.segments, layout.removed)):
        if not isinstance(found.get(key, []), list | str):
            return f"“{one_line(key)}” is not a list or a string"
    return _NOT_A_NUMBER
