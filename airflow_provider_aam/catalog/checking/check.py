"""The offline check: which rows are right in themselves, and everything wrong with the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pydantic import ValidationError

from airflow_provider_aam.api.names import near
from airflow_provider_aam.catalog.drafts import Draft
from airflow_provider_aam.catalog.kinds import KINDS, Kind
from airflow_provider_aam.catalog.problems import Place, Problem
from airflow_provider_aam.catalog.reading.rows import SourceRow

Catalog = Mapping[Kind, Sequence[SourceRow]]
"""Rows of each kind that a source describes."""
_KEPT = 16
"""Rows whose values are kept as a dictionary: those that were asked for last."""


@dataclass(frozen=True, slots=True, eq=False)
class Checked:
    """A row after the check. ``typed`` holds what differs from the text in the file."""

    row: SourceRow
    typed: tuple[tuple[str, Any], ...]
    broken: frozenset[str] | None = None
    """The fields that hold nothing usable, of a row with something wrong; ``None``: the row is right in itself."""

    unheard: frozenset[str] = frozenset()
    """Fields that AAM fills in by itself, whatever the row says."""

    @property
    def is_sound(self) -> bool:
        return self.broken is None

    @property
    def given(self) -> Mapping[str, Any]:
        """What the row says under the file's names, in the types that AAM uses; broken fields are left out."""
        return _given(self)


@lru_cache(maxsize=_KEPT)
def _given(item: Checked) -> Mapping[str, Any]:
    values = item.row.values
    out = item.unheard | (item.broken or frozenset())
    if out or None in values.values():
        values = {name: value for name, value in values.items() if value is not None and name not in out}
    values.update(pair for pair in item.typed if pair[0] not in item.unheard)
    return values


def check_catalog(catalog: Catalog, *, match_on: str | None = None) -> tuple[dict[Kind, list[Checked]], list[Problem]]:
    """:func:`check_rows` of every kind, in the order in which kinds need each other."""
    checked: dict[Kind, list[Checked]] = {}
    findings: list[Problem] = []
    for kind in KINDS.values():
        if kind in catalog:
            checked[kind], found = check_rows(catalog[kind], kind, match_on=match_on)
            findings += found
    return checked, findings


def check_rows(rows: Sequence[SourceRow], kind: Kind, *, match_on: str | None) -> tuple[list[Checked], list[Problem]]:
    """All rows, and every problem of those that are not sound; duplicate keys included.

    ``match_on`` ``None``: each row is matched by its id, its code or its name, whichever it gives first.
    """
    checked: list[Checked] = []
    findings: list[Problem] = []
    unknown: dict[str, list[Place]] = {}
    shared: dict[object, tuple[tuple[str, Any], ...]] = {}
    for row in rows:
        values = {name: value for name, value in row.values.items() if value is not None}
        broken: frozenset[str] | None = None
        try:
            given = kind.model.model_validate(values).given
        except ValidationError as invalid:
            findings += _explain(invalid, row, unknown)
            given, broken = _rest(kind.model, values, invalid)
        else:
            if missing := _missing(row, given, kind, match_on):
                findings += missing
                broken = frozenset()
        typed = tuple((name, value) for name, value in given.items() if values.get(name) is not value)
        typed = tuple(pair for pair in typed if type(pair[1]) is not str or pair[1] != values.get(pair[0]))
        checked.append(Checked(row, shared.setdefault(repr(typed), typed), broken))
    return checked, [*findings, *_unknown(unknown, kind.model), *_duplicates(checked, kind, match_on)]


def _rest(
    model: type[Draft], values: Mapping[str, Any], invalid: ValidationError
) -> tuple[Mapping[str, Any], frozenset[str]]:
    """What is right in a row that is not: the fields without fault, unless they contradict each other."""
    broken = frozenset(str(error["loc"][0]) for error in invalid.errors(include_url=False))
    try:
        rest = {name: value for name, value in values.items() if name not in broken}
        return model.model_validate(rest).given, broken
    except ValidationError:
        return {}, frozenset(values)


def find_faults(held: Mapping[str, Sequence[SourceRow]], *, match_on: str | None) -> list[Problem]:
    """What is wrong with rows by the key of their kind."""
    return [fault for key, rows in held.items() for fault in check_rows(rows, KINDS[key], match_on=match_on)[1]]


def _missing(row: SourceRow, given: Mapping[str, Any], kind: Kind, match_on: str | None) -> list[Problem]:
    way = kind.way_of(given, match_on)
    by_id = way == kind.id_field
    findings = []
    # A row with its id alone is one that changes what AAM has.
    instead = f", or give {kind.id_field} of one that AAM has" if match_on not in kind.match_on else ""
    for field, said in () if kind.is_tree else _absent(kind, kind.match_on[way], given):
        why = f"; match_on={match_on!r} needs it" if field == match_on else instead
        findings.append(Problem(place=row.place, text=f"{said} is missing{why}"))
        instead = ""
    if not by_id:
        empty = [name for name in (*kind.model.required, *kind.match_on[way]) if given.get(name) == ""]
        findings += [Problem(place=row.place_of(name), field=name, text="is empty") for name in dict.fromkeys(empty)]
        findings += [Problem(place=row.place, text=text) for text in kind.model.missing(given) if kind.is_tree]
        if kind.id_field in given:
            problem = f"is only read with match_on={kind.id_field!r}: set that, or remove the column"
            findings.append(Problem(place=row.place_of(kind.id_field), field=kind.id_field, text=problem))
    return findings


def _absent(kind: Kind, fields: Iterable[str], given: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Those fields that a row does not give, each with what to call it."""
    pairs = ((field, kind.model.column_of(field)) for field in fields)
    absent = ((field, column) for field, column in pairs if field not in given and column not in given)
    return [(field, column if column == field else f"{column} (or {field})") for field, column in absent]


def lacking(kind: Kind, given: Mapping[str, Any]) -> str:
    """The columns that a new object needs and the row does not give; a row of an object that AAM has needs none."""
    return ", ".join(said for _, said in _absent(kind, kind.model.required, given))


def _duplicates(checked: Sequence[Checked], kind: Kind, match_on: str | None) -> list[Problem]:
    """References are compared as written; two ways to name one data source are found when the plan resolves them."""
    first: dict[int, SourceRow] = {}
    findings = []
    for item in checked:
        if item.broken:
            continue
        given = item.given
        way = kind.way_of(given, match_on)
        reference = kind.model.references.get(way)
        names = (way, kind.model.column_of(way), reference.field if reference else way)
        name = next((name for name in names if given.get(name) not in (None, "")), None)
        if name is None:
            continue
        fields = (*kind.match_on[way], *kind.refine)
        key = hash((way, *(given.get(each) for field in fields for each in (field, kind.model.column_of(field)))))
        earlier = first.setdefault(key, item.row)
        if earlier is not item.row:
            problem = f"“{given[name]}” is a duplicate (first used at {earlier.place_of(name)})"
            findings.append(Problem(place=item.row.place_of(name), field=name, text=problem))
    return findings


def _explain(invalid: ValidationError, row: SourceRow, unknown: dict[str, list[Place]]) -> list[Problem]:
    findings: list[Problem] = []
    for error in invalid.errors(include_url=False):
        field = str(error["loc"][0])
        if error["type"] == "extra_forbidden":
            unknown.setdefault(field, []).append(row.place_of(field))
        else:
            findings.append(Problem(place=row.place_of(field), field=field, text=_problem(error)))
    return findings


def _unknown(unknown: dict[str, list[Place]], model: type[Draft]) -> list[Problem]:
    """One finding a column: a wrong header would else be reported once a row."""
    known = ", ".join(model.columns())
    return [
        Problem(
            place=places[0],
            field=field or "a column without a name",
            text=f"unknown column{f' (in {len(places)} rows)' if len(places) > 1 else ''}."
            f"{near(field, model.columns())} Known: {known}",
        )
        for field, places in unknown.items()
    ]


def _problem(error: Any) -> str:
    kind, context, value = error["type"], error.get("ctx", {}), error["input"]
    shown = _shown(value)
    texts = {
        "said": error["msg"],
        "string_too_long": f"has {len(str(value))} characters; at most {context.get('max_length')} are allowed",
        "string_too_short": "is empty",
        "literal_error": f"{shown} is not one of {context.get('expected')}",
        "string_pattern_mismatch": f"{shown} must be a path from the root, like /Web/Pricing",
        "greater_than_equal": f"{shown} is too small, {context.get('ge')} at least",
        "less_than_equal": f"{shown} is too large, {context.get('le')} at most",
        "string_type": f"{shown} is not a string",
        "string_unicode": f"{shown} is not a string: half of a surrogate pair is missing",
    }
    if kind.startswith("int_"):
        return f"{shown} is not an integer"
    if kind.startswith(("float_", "finite_")):
        return f"{shown} is not a number"
    return str(texts.get(kind, f"{shown}: {error['msg']}"))


def _shown(value: object) -> str:
    """For messages; a list may be large, and half a surrogate pair cannot be logged."""
    if isinstance(value, str):
        return f"“{value[:60].encode('utf-8', 'backslashreplace').decode()}”"
    if isinstance(value, bool | int | float):
        return str(value)[:60]
    return f"a {type(value).__name__}"
