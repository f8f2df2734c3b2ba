"""The offline check: which rows are right in themselves, and everything wrong with the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from airflow_provider_aam.catalog.drafts import Draft
from airflow_provider_aam.catalog.findings import Finding, Place, near
from airflow_provider_aam.catalog.kinds import Kind
from airflow_provider_aam.catalog.rows import SourceRow


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What a row says under the file's names, in the types that AAM uses."""

    row: SourceRow
    given: dict[str, Any]


def check_rows(rows: Sequence[SourceRow], kind: Kind, *, match_on: str) -> tuple[list[Checked], list[Finding]]:
    """The rows that are right in themselves, and every problem of the others; keys that stand twice included."""
    checked: list[Checked] = []
    findings: list[Finding] = []
    unknown: dict[str, list[Place]] = {}
    for row in rows:
        try:
            draft = kind.model.model_validate({name: value for name, value in row.values.items() if value is not None})
        except ValidationError as invalid:
            findings += _explain(invalid, row, unknown)
        else:
            item = Checked(row=row, given=draft.given())
            findings += _missing(item, kind, match_on)
            checked.append(item)
    return checked, [*findings, *_unknown(unknown, kind.model), *_duplicates(checked, kind, match_on)]


def _missing(item: Checked, kind: Kind, match_on: str) -> list[Finding]:
    by_id = match_on == kind.id_field
    columns = {reference.field: column for column, reference in kind.model.references.items()}
    key = kind.match_on[match_on]
    findings = []
    for field in dict.fromkeys(key if by_id else (*kind.model.required, *key)):
        column = columns.get(field, field)
        if field not in item.given and column not in item.given:
            choice = f"{column} (or {field})" if column != field else field
            why = f"; match_on={match_on!r} needs it" if field == match_on else ""
            findings.append(Finding(place=item.row.place, problem=f"{choice} is missing{why}"))
    if not by_id:
        findings += [Finding(place=item.row.place, problem=text) for text in kind.model.missing(item.given)]
        if kind.id_field in item.given:
            problem = f"is only read with match_on={kind.id_field!r}: set that, or remove the column"
            place = item.row.place_of(kind.id_field)
            findings.append(Finding(place=place, field=kind.id_field, problem=problem))
    return findings


def _duplicates(checked: Sequence[Checked], kind: Kind, match_on: str) -> list[Finding]:
    """References are compared as written; two ways to name one data source are found when the plan resolves them."""
    columns = {reference.field: column for column, reference in kind.model.references.items()}
    first: dict[tuple[object, ...], SourceRow] = {}
    findings = []
    for item in checked:
        if match_on not in item.given:
            continue
        fields = kind.match_on[match_on]
        key = tuple(item.given.get(name) for field in fields for name in (field, columns.get(field, field)))
        earlier = first.setdefault(key, item.row)
        if earlier is not item.row:
            problem = f"“{item.given[match_on]}” stands twice (first at {earlier.place})"
            findings.append(Finding(place=item.row.place_of(match_on), field=match_on, problem=problem))
    return findings


def _explain(invalid: ValidationError, row: SourceRow, unknown: dict[str, list[Place]]) -> list[Finding]:
    findings: list[Finding] = []
    for error in invalid.errors(include_url=False):
        if not error["loc"]:
            findings.extend(Finding(place=row.place, problem=text) for text in str(error["msg"]).split("\n"))
            continue
        field = str(error["loc"][0])
        if error["type"] == "extra_forbidden":
            unknown.setdefault(field, []).append(row.place_of(field))
        else:
            findings.append(Finding(place=row.place_of(field), field=field, problem=_problem(error)))
    return findings


def _unknown(unknown: dict[str, list[Place]], model: type[Draft]) -> list[Finding]:
    """One finding a column: a wrong header would else be reported once a row."""
    known = ", ".join(model.columns())
    return [
        Finding(
            place=places[0],
            field=field or "a column without a name",
            problem=f"unknown column{f' (in {len(places)} rows)' if len(places) > 1 else ''}."
            f"{near(field, model.columns())} Known: {known}",
        )
        for field, places in unknown.items()
    ]


def _problem(error: Any) -> str:
    kind, context, value = error["type"], error.get("ctx", {}), error["input"]
    shown = _shown(value)
    texts = {
        "said": error["msg"],
        "string_too_long": f"has {len(str(value))} characters, {context.get('max_length')} at most",
        "string_too_short": "is empty",
        "literal_error": f"{shown} is not one of {context.get('expected')}",
        "string_pattern_mismatch": f"{shown} must be a path from the root, like /Web/Pricing",
        "greater_than_equal": f"{shown} is too small, {context.get('ge')} at least",
        "less_than_equal": f"{shown} is too large, {context.get('le')} at most",
        "string_type": f"{shown} is no text",
        "string_unicode": f"{shown} is no text: half of a surrogate pair stands alone",
    }
    if kind.startswith("int_"):
        return f"{shown} is not a whole number"
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
