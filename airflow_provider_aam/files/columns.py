"""Rows of AAM as the values of a table's columns: a stable set of typed columns, whatever AAM sends."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from operator import attrgetter
from types import GenericAlias
from typing import Annotated, Any

import msgspec

from airflow_provider_aam.api.answers import UNREADABLE
from airflow_provider_aam.api.errors import AAMArgumentError, AAMBadAnswer, Fate
from airflow_provider_aam.api.names import near_misses
from airflow_provider_aam.api.resources import Resource, Type
from airflow_provider_aam.api.visible import one_line

Values = Sequence[Any]
OTHER = "_other"
"""The column of everything that has no column of its own, as one JSON object; empty when there is nothing."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)
_FIRST_MS = (datetime.min.replace(tzinfo=UTC) - EPOCH) // _MS
_LAST_MS = (datetime.max.replace(tzinfo=UTC) - EPOCH) // _MS
_decoder = msgspec.json.Decoder(dict[str, Any])
_DECODED: Mapping[Type, Any] = {
    Type.INTEGER: Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)] | None,
    Type.NUMBER: Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)] | float | None,  # these are exact as floats
    Type.TEXT: str | None,
    Type.BOOLEAN: bool | None,
    Type.INSTANT: Annotated[int, msgspec.Meta(ge=_FIRST_MS, le=_LAST_MS)] | None,
    Type.JSON: Any,
}
"""What a column of each type may hold."""
_LISTED: Mapping[Type, Any] = {kind: GenericAlias(list, decoded) for kind, decoded in _DECODED.items()}
_WHOLE = (Type.INTEGER, Type.INSTANT)
_BOOLEANS = {"true": True, "false": False}
_DIGITS = re.compile("0|-?[1-9][0-9]{0,18}")
"""A whole number that came as text, in the only spelling that says no more than the number."""


def _fits(kind: Type, values: Values) -> bool:
    try:
        msgspec.convert(values, _LISTED[kind])
    except msgspec.ValidationError:
        return False
    return True


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

    def of_lines(self, lines: bytes) -> list[Values]:
        """The values of each column: ``int``, ``float``, ``str``, ``bool`` or ``None``; instants stay epoch ms.

        A value of another type than documented goes to :data:`OTHER`, but for numbers and booleans as text. Raises
        :class:`AAMBadAnswer` when there is no such column, and for a row that is not a JSON object.
        """
        try:
            fitting = self._fitting.decode_lines(lines)
        except UNREADABLE:
            return self._with_misfits(lines)
        columns: list[Values] = []
        for at, kind in enumerate(self._documented.values()):
            values = [*map(attrgetter(f"field_{at}"), fitting)]
            columns.append(_json_texts(values) if kind is Type.JSON else values)
        return [*columns, [None] * len(fitting)] if self.keep_other else columns

    @cached_property
    def _documented(self) -> Mapping[str, Type]:
        return {name: kind for name, kind in self.types.items() if name != OTHER}

    @cached_property
    def _fitting(self) -> msgspec.json.Decoder[Any]:
        """Of rows without misfits and fields without a column; the garbage collector need not look at what it makes."""
        fields = [(f"field_{at}", _DECODED[kind], None) for at, kind in enumerate(self._documented.values())]
        renamed = {field: name for (field, _, _), name in zip(fields, self._documented, strict=True)}
        row = msgspec.defstruct("Row", fields, rename=renamed, gc=False, forbid_unknown_fields=self.keep_other)
        return msgspec.json.Decoder(row)

    def _with_misfits(self, lines: bytes) -> list[Values]:
        try:
            rows = _decoder.decode_lines(lines)
        except UNREADABLE as broken:
            said = f"{self.what}: a row cannot be decoded ({broken})."
            raise AAMBadAnswer(said, fate=Fate.UNKNOWN) from broken
        names = self._documented.keys()
        misfits: dict[int, dict[str, Any]] = {}
        columns = [
            self._column(name, kind, [row.get(name) for row in rows], misfits)
            for name, kind in self._documented.items()
        ]
        if not self.keep_other:
            if misfits:
                raise AAMBadAnswer(self._misfit(misfits[min(misfits)]), fate=Fate.UNKNOWN)
            return columns
        for at, row in enumerate(rows):
            if not names >= row.keys():
                misfits.setdefault(at, {}).update((name, row[name]) for name in row if name not in names)
        return [*columns, [to_json(misfits[at]) if at in misfits else None for at in range(len(rows))]]

    def _column(self, name: str, kind: Type, values: Values, misfits: dict[int, dict[str, Any]]) -> Values:
        """``values`` as they are to be; what does not fit is noted in ``misfits``, by row."""
        if kind is Type.JSON:
            return _json_texts(values)
        if _fits(kind, values):
            return values
        column = [_meant(kind, value) for value in values]
        if not _fits(kind, column):
            for at, value in enumerate(column):
                if not _fits(kind, [value]):
                    misfits.setdefault(at, {})[name] = values[at]
                    column[at] = None
        return column

    def _misfit(self, misfits: Mapping[str, Any]) -> str:
        name = next(iter(misfits))
        return (
            f"{self.what}: a row's {name} is {to_json(misfits[name])[:80]}, which is not of type "
            f"{self.types[name].value}. Pull without `fields`: then such values are kept in the column "
            f"{OTHER}; or pull to JSONL."
        )


def _meant(kind: Type, value: Any) -> Any:
    """Adobe's document prints some booleans as text."""
    if not isinstance(value, str):
        return value
    if kind is Type.BOOLEAN:
        return _BOOLEANS.get(value, value)
    return int(value) if kind in _WHOLE and _DIGITS.fullmatch(value) else value


def _json_texts(values: Values) -> Values:
    return [None if value is None else to_json(value) for value in values]


def to_json(value: object) -> str:
    """Compact JSON; the standard library's, because AAM's integers need not fit 64 bits."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def to_iso(epoch_ms: int) -> str:
    """``2026-01-31T23:59:59.000Z``."""
    return (EPOCH + epoch_ms * _MS).isoformat(timespec="milliseconds").replace("+00:00", "Z")
