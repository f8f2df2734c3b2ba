"""The offline check: which rows are right in themselves, and everything wrong with the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import ValidationError

from airflow_provider_aam.catalog.drafts import Draft, TraitDraft
from airflow_provider_aam.catalog.findings import Finding, near
from airflow_provider_aam.catalog.source import SourceRow

MatchOn = Literal["integrationCode", "name", "sid"]
MATCH_ON: tuple[MatchOn, ...] = ("integrationCode", "name", "sid")


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A draft, the row it came from, and what the row says under the file's names."""

    draft: TraitDraft
    row: SourceRow
    given: dict[str, Any]


def check_rows(
    rows: Sequence[SourceRow], model: type[TraitDraft], *, match_on: MatchOn
) -> tuple[list[Checked], list[Finding]]:
    """The rows that are right in themselves, and every problem of the others; keys that stand twice included."""
    checked: list[Checked] = []
    findings: list[Finding] = []
    for row in rows:
        try:
            draft = model.model_validate({name: value for name, value in row.values.items() if value is not None})
        except ValidationError as invalid:
            findings += _explain(invalid, row, model)
        else:
            item = Checked(draft=draft, row=row, given=draft.given())
            findings += _missing(item, match_on)
            checked.append(item)
    return checked, findings + _duplicates(checked, match_on)


def _missing(item: Checked, match_on: MatchOn) -> list[Finding]:
    needed = ("sid",) if match_on == "sid" else (*item.draft.required, match_on)
    columns = {field: column for column, field in item.draft.references.items()}
    findings = []
    for field in dict.fromkeys(needed):
        column = columns.get(field, field)
        if field not in item.given and column not in item.given:
            choice = f"{column} (or {field})" if column != field else field
            why = f"; match_on={match_on!r} needs it" if field == match_on else ""
            findings.append(Finding(place=item.row.place, problem=f"{choice} is missing{why}"))
    if match_on != "sid" and "sid" in item.given:
        problem = "is only read with match_on='sid': set that, or remove the column"
        findings.append(Finding(place=item.row.place_of("sid"), field="sid", problem=problem))
    return findings


def _duplicates(checked: Sequence[Checked], match_on: MatchOn) -> list[Finding]:
    """References are compared as written; two ways to name one data source are found when the plan resolves them."""
    first: dict[tuple[object, ...], SourceRow] = {}
    findings = []
    for item in checked:
        if match_on not in item.given:
            continue
        scope = () if match_on == "sid" else (item.given.get("dataSourceId"), item.given.get("dataSource"))
        earlier = first.setdefault((*scope, item.given[match_on]), item.row)
        if earlier is not item.row:
            problem = f"“{item.given[match_on]}” stands twice (first at {earlier.place})"
            findings.append(Finding(place=item.row.place_of(match_on), field=match_on, problem=problem))
    return findings


def _explain(invalid: ValidationError, row: SourceRow, model: type[Draft]) -> list[Finding]:
    findings: list[Finding] = []
    for error in invalid.errors(include_url=False):
        if error["loc"]:
            field = str(error["loc"][0])
            problem = _problem(error, field, model)
            findings.append(Finding(place=row.place_of(field), field=field, problem=problem))
        else:
            findings.extend(Finding(place=row.place, problem=text) for text in str(error["msg"]).split("\n"))
    return findings


def _problem(error: Any, field: str, model: type[Draft]) -> str:
    kind, context, value = error["type"], error.get("ctx", {}), error["input"]
    shown = str(value) if isinstance(value, int | float) else f"“{str(value)[:60]}”"
    texts = {
        "said": error["msg"],
        "extra_forbidden": f"unknown column.{near(field, model.columns())} Known: {', '.join(model.columns())}",
        "string_too_long": f"has {len(str(value))} characters, {context.get('max_length')} at most",
        "string_too_short": "is empty",
        "literal_error": f"{shown} is not one of {context.get('expected')}",
        "string_pattern_mismatch": f"{shown} must be a path from the root, like /Web/Pricing",
        "greater_than_equal": f"{shown} is too small, {context.get('ge')} at least",
        "string_type": f"{shown} is no text",
    }
    if kind.startswith(("int_", "float_")):
        return f"{shown} is not a {'whole number' if kind.startswith('int') else 'number'}"
    return str(texts.get(kind, f"{shown}: {error['msg']}"))
