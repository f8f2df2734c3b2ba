r"""Rows as the text format of PostgreSQL's COPY: tabs between values, ``\N`` for null."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import cache

import msgspec

from airflow_provider_aam.api.resources import Type
from airflow_provider_aam.files.columns import EPOCH, Values

NULL = "\\N"
_DAY_S = 24 * 60 * 60
_DAY_MS = _DAY_S * 1000
_SIGNS = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": "\ufffd"}
"""PostgreSQL holds no NUL in a text."""
_ESCAPED = str.maketrans(_SIGNS)
_NUL_IN_JSON = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")
_encode = msgspec.json.Encoder().encode
_BOOLEANS = {True: "t", False: "f", None: NULL}


def copy_text(kinds: Sequence[Type], columns: Sequence[Values]) -> bytes:
    """The lines of rows that are given column by column."""
    texts = [_TEXTS.get(kind, _text)(values) for kind, values in zip(kinds, columns, strict=True)]
    lines = [*map("\t".join, zip(*texts, strict=True)), ""]
    return "\n".join(lines).encode()


def _text(values: Values) -> Values:
    joined = "".join(filter(None, values))
    if any(sign in joined for sign in _SIGNS):
        return [NULL if value is None else value.translate(_ESCAPED) for value in values]
    return [NULL if value is None else value for value in values] if None in values else values


def _json(values: Values) -> Values:
    return _text([value and _NUL_IN_JSON.sub("\\1\\\\ufffd", value) for value in values])


def _number(values: Values) -> list[str]:
    return _encode(values)[1:-1].decode().replace("null", NULL).split(",")


def _boolean(values: Values) -> list[str]:
    return [_BOOLEANS[value] for value in values]


def _instant(values: Values) -> list[str]:
    dates, clocks, parts = _dates, _clocks(), _parts()
    return [
        NULL if ms is None else f"{dates[ms // _DAY_MS]}{clocks[ms // 1000 % _DAY_S]}{parts[ms % 1000]}"
        for ms in values
    ]


class _Dates(dict[int, str]):
    """By days since 1970."""

    def __missing__(self, days: int) -> str:
        self[days] = (EPOCH + timedelta(days)).date().isoformat()
        return self[days]


_dates = _Dates()


@cache
def _clocks() -> list[str]:
    return [f"T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}" for second in range(_DAY_S)]


@cache
def _parts() -> list[str]:
    return [f".{ms:03}Z" for ms in range(1000)]


_TEXTS: Mapping[Type, Callable[[Values], Values]] = {
    Type.INTEGER: _number,
    Type.NUMBER: _number,
    Type.BOOLEAN: _boolean,
    Type.INSTANT: _instant,
    Type.JSON: _json,
}
