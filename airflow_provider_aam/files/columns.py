"""One row of AAM as the values of a table's columns: a stable set of typed columns, whatever AAM sends."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from airflow_provider_aam.api.answers import UNREADABLE
from airflow_provider_aam.api.errors import AAMArgumentError, AAMBadAnswer, Fate
from airflow_provider_aam.api.names import near_misses
from airflow_provider_aam.api.resources import Resource, Type

OTHER = "_other"
"""The column of everything that has no column of its own, as one JSON object; empty when there is nothing."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)
_FIRST_MS = (datetime.min.replace(tzinfo=UTC) - EPOCH) // _MS
_LAST_MS = (datetime.max.replace(tzinfo=UTC) - EPOCH) // _MS
_LARGEST_EXACT_FLOAT = 2**53


def _is_integer(value: object) -> bool:
    return type(value) is int and -(2**63) <= value < 2**63


def _is_number(value: object) -> bool:
    if type(value) is int:
        return abs(value) <= _LARGEST_EXACT_FLOAT
    return isinstance(value, float)


_FITS: Mapping[Type, Callable[[object], bool]] = {
    Type.INTEGER: _is_integer,
    Type.NUMBER: _is_number,
    Type.TEXT: lambda value: isinstance(value, str),
    Type.BOOLEAN: lambda value: isinstance(value, bool),
    Type.INSTANT: lambda value: type(value) is int and _FIRST_MS <= value <= _LAST_MS,
    Type.JSON: lambda _value: True,
}


_WHOLE = (Type.INTEGER, Type.INSTANT)
_DIGITS = re.compile("0|-?[1-9][0-9]{0,18}")
"""A whole number that came as text, in the only spelling that says no more than the number."""


def documented_fields(resource: Resource, *, include_metrics: bool) -> Mapping[str, Type]:
    """Every documented field of such a list, in the order of the columns."""
    return {**resource.fields, **(resource.metrics if include_metrics else {})}


def check_fields(resource: Resource, fields: object, *, include_metrics: bool) -> tuple[str, ...] | None:
    """``fields``, ``None`` for all. Raises :class:`AAMArgumentError` for names that AAM does not document."""
    if fields is None:
        return None
    if isinstance(fields, str) or not isinstance(fields, Sequence) or not fields:
        raise AAMArgumentError(
            f"fields must be a list of names that is not empty, like ['sid', 'name'], not {fields!r}."
        )
    known = documented_fields(resource, include_metrics=include_metrics)
    unknown = [name for name in fields if name not in known]
    if unknown:
        raise AAMArgumentError(_unknown_fields(resource, unknown, known))
    if len(set(fields)) < len(fields):
        raise AAMArgumentError(f"fields names a field twice: {', '.join(fields)}.")
    return tuple(fields)


def _unknown_fields(resource: Resource, unknown: Sequence[Any], known: Mapping[str, Type]) -> str:
    names = [str(name) for name in unknown]
    metrics = " Metrics need include_metrics=True." if resource.metrics.keys() & {*names} else ""
    hints = f"{near_misses(names, known)}{metrics}"
    return f"fields: {resource.name} have no {', '.join(names)}.{hints} Known: {', '.join(known)}"


@dataclass(frozen=True, kw_only=True)
class Columns:
    """``types`` in order, :data:`OTHER` included when ``keep_other``."""

    what: str
    types: Mapping[str, Type]
    keep_other: bool
    _decoder: msgspec.json.Decoder[dict[str, Any]] = field(
        default_factory=lambda: msgspec.json.Decoder(dict[str, Any]), init=False, repr=False, compare=False
    )

    @classmethod
    def of(cls, resource: Resource, *, fields: Sequence[str] | None, include_metrics: bool) -> Columns:
        """The columns of the documented fields and :data:`OTHER`, or exactly those of ``fields``, in that order."""
        known = documented_fields(resource, include_metrics=include_metrics)
        if fields is None:
            return cls(what=resource.name, types={**known, OTHER: Type.JSON}, keep_other=True)
        return cls(what=resource.name, types={name: known[name] for name in fields}, keep_other=False)

    def values(self, row: msgspec.Raw) -> list[Any]:
        """One value a column: ``int``, ``float``, ``str``, ``bool`` or ``None``; instants stay epoch milliseconds.

        A value of another type than documented goes to :data:`OTHER`, but for whole numbers that came as text. Raises
        :class:`AAMBadAnswer` when there is no such column, and for a row that is no JSON object.
        """
        try:
            rest = self._decoder.decode(row)
        except UNREADABLE as broken:
            text = f"{self.what}: a row cannot be decoded ({broken})."
            raise AAMBadAnswer(text, fate=Fate.UNKNOWN) from broken
        values: list[Any] = []
        misfits: dict[str, Any] = {}
        for name, kind in self.types.items():
            value = None if name == OTHER else rest.pop(name, None)
            if value is None or _FITS[kind](value):
                values.append(to_json(value) if kind is Type.JSON and value is not None else value)
            elif kind in _WHOLE and isinstance(value, str) and _DIGITS.fullmatch(value) and _FITS[kind](int(value)):
                values.append(int(value))
            else:
                values.append(None)
                misfits[name] = value
        if self.keep_other:
            misfits.update(rest)
            values[-1] = to_json(misfits) if misfits else None
        elif misfits:
            raise AAMBadAnswer(self._misfit(misfits), fate=Fate.UNKNOWN)
        return values

    def _misfit(self, misfits: Mapping[str, Any]) -> str:
        name = next(iter(misfits))
        return (
            f"{self.what}: a row's {name} is {to_json(misfits[name])[:80]}, which is no {self.types[name].value}. "
            f"Pull without `fields`: then such values are kept in the column {OTHER}; or pull to JSONL."
        )


def to_json(value: object) -> str:
    """Compact JSON; the standard library's, because AAM's integers need not fit 64 bits."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def to_iso(epoch_ms: int) -> str:
    """``2026-01-31T23:59:59.000Z``."""
    return (EPOCH + epoch_ms * _MS).isoformat(timespec="milliseconds").replace("+00:00", "Z")
