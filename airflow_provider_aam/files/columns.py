"""Rows of AAM as the values of a table's columns: a stable set of typed columns, whatever AAM sends."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from operator import attrgetter
from typing import Any

import msgspec

from airflow_provider_aam.api.answers import UNREADABLE
from airflow_provider_aam.api.errors import AAMArgumentError, AAMBadAnswer, Fate
from airflow_provider_aam.api.names import near_misses
from airflow_provider_aam.api.resources import Resource, Type
from airflow_provider_aam.api.rows import Rows
from airflow_provider_aam.api.visible import one_line

Values = Sequence[Any]
OTHER = "_other"
"""The column of everything that has no column of its own, as one JSON object; empty when there is nothing."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)
_FIRST_MS = (datetime.min.replace(tzinfo=UTC) - EPOCH) // _MS
_LAST_MS = (datetime.max.replace(tzinfo=UTC) - EPOCH) // _MS
_LARGEST_EXACT_FLOAT = 2**53
_decoder = msgspec.json.Decoder(dict[str, Any])


def _within(lowest: int, highest: int) -> Callable[[Values], bool]:
    def fits(column: Values) -> bool:
        numbers = [value for value in column if value is not None]
        return not numbers or (min(numbers) >= lowest and max(numbers) <= highest)

    return fits


def _exact_as_float(column: Values) -> bool:
    return all(type(value) is not int or abs(value) <= _LARGEST_EXACT_FLOAT for value in column)


# What a column of each type may hold besides nulls, and what else must be true of the values.
_FITS: Mapping[Type, tuple[frozenset[type], Callable[[Values], bool]]] = {
    Type.INTEGER: (frozenset({int}), _within(-(2**63), 2**63 - 1)),
    Type.NUMBER: (frozenset({int, float}), _exact_as_float),
    Type.TEXT: (frozenset({str}), lambda _: True),
    Type.BOOLEAN: (frozenset({bool}), lambda _: True),
    Type.INSTANT: (frozenset({int}), _within(_FIRST_MS, _LAST_MS)),
}
_WHOLE = (Type.INTEGER, Type.INSTANT)
_DIGITS = re.compile("0|-?[1-9][0-9]{0,18}")
"""A whole number that came as text, in the only spelling that says no more than the number."""


def _fits(kind: Type, column: Values) -> bool:
    types, also = _FITS[kind]
    return {*map(type, column)} - {type(None)} <= types and also(column)


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
    return f"fields: {resource.name} have no {', '.join(map(one_line, names))}.{hints} Known: {', '.join(known)}"


@dataclass(frozen=True, kw_only=True)
class Columns:
    """``types`` in order, :data:`OTHER` included when ``keep_other``."""

    what: str
    types: Mapping[str, Type]
    keep_other: bool

    @classmethod
    def of(cls, resource: Resource, *, fields: Sequence[str] | None, include_metrics: bool) -> Columns:
        """The columns of the documented fields and :data:`OTHER`, or exactly those of ``fields``, in that order."""
        known = documented_fields(resource, include_metrics=include_metrics)
        if fields is None:
            return cls(what=resource.name, types={**known, OTHER: Type.JSON}, keep_other=True)
        return cls(what=resource.name, types={name: known[name] for name in fields}, keep_other=False)

    def of_rows(self, rows: Rows) -> list[Values]:
        """The values of each column: ``int``, ``float``, ``str``, ``bool`` or ``None``; instants stay epoch ms.

        A value of another type than documented goes to :data:`OTHER`, but for whole numbers that came as text. Raises
        :class:`AAMBadAnswer` when there is no such column, and for a row that is not a JSON object.
        """
        names = [(name, kind) for name, kind in self.types.items() if name != OTHER]
        try:
            documented = self._documented.decode_lines(rows.lines)
            known = [[*map(attrgetter(f"field_{at}"), documented)] for at in range(len(names))]
            rest: dict[int, dict[str, Any]] = {}
        except UNREADABLE:
            known, rest = self._with_rest(rows)
        misfits: dict[int, dict[str, Any]] = {}
        columns = [self._column(*each, values, misfits) for each, values in zip(names, known, strict=True)]
        if misfits and not self.keep_other:
            raise AAMBadAnswer(self._misfit(misfits[min(misfits)]), fate=Fate.UNKNOWN)
        if self.keep_other:
            other = {at: misfits.get(at, {}) | rest.get(at, {}) for at in misfits.keys() | rest.keys()}
            columns.append([to_json(other[at]) if at in other else None for at in range(len(rows))])
        return columns

    @cached_property
    def _documented(self) -> msgspec.json.Decoder[Any]:
        """Of rows that hold no field without a column; the garbage collector need not look at what it makes."""
        names = [name for name in self.types if name != OTHER]
        fields = [(f"field_{at}", Any, None) for at in range(len(names))]
        renamed = {field: name for (field, _, _), name in zip(fields, names, strict=True)}
        row = msgspec.defstruct("Row", fields, rename=renamed, gc=False, forbid_unknown_fields=self.keep_other)
        return msgspec.json.Decoder(row)

    def _with_rest(self, undecoded: Rows) -> tuple[list[list[Any]], dict[int, dict[str, Any]]]:
        """The values of each documented field, and by row what has no column."""
        try:
            rows = _decoder.decode_lines(undecoded.lines)
        except UNREADABLE as broken:
            said = f"{self.what}: a row cannot be decoded ({broken})."
            raise AAMBadAnswer(said, fate=Fate.UNKNOWN) from broken
        names = self.types.keys() - {OTHER}
        rest = {
            at: {name: value for name, value in row.items() if name not in names}
            for at, row in enumerate(rows)
            if not names >= row.keys()
        }
        return [[row.get(name) for row in rows] for name in self.types if name != OTHER], rest

    def _column(self, name: str, kind: Type, values: Values, misfits: dict[int, dict[str, Any]]) -> Values:
        """``values`` as they are to be; what does not fit is noted in ``misfits``, by row."""
        if kind is Type.JSON:
            return [None if value is None else to_json(value) for value in values]
        if _fits(kind, values):
            return values
        column = [*values]
        for at, value in enumerate(values):
            if _fits(kind, [value]):
                continue
            number = int(value) if isinstance(value, str) and _DIGITS.fullmatch(value) else None
            column[at] = number if kind in _WHOLE and number is not None and _fits(kind, [number]) else None
            if column[at] is None:
                misfits.setdefault(at, {})[name] = value
        return column

    def _misfit(self, misfits: Mapping[str, Any]) -> str:
        name = next(iter(misfits))
        return (
            f"{self.what}: a row's {name} is {to_json(misfits[name])[:80]}, which is not of type "
            f"{self.types[name].value}. Pull without `fields`: then such values are kept in the column "
            f"{OTHER}; or pull to JSONL."
        )


def to_json(value: object) -> str:
    """Compact JSON; the standard library's, because AAM's integers need not fit 64 bits."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def to_iso(epoch_ms: int) -> str:
    """``2026-01-31T23:59:59.000Z``."""
    return (EPOCH + epoch_ms * _MS).isoformat(timespec="milliseconds").replace("+00:00", "Z")
