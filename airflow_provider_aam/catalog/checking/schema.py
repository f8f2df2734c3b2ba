"""The JSON Schemas of source files, made from the draft models: editors complete and check with them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from airflow_provider_aam.catalog.drafts.hints import excludes, needs
from airflow_provider_aam.catalog.kinds.kind import Kind

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_LIMITS = ("minimum", "maximum", "minLength", "maxLength")
_NUMBERS = {"integer": r"^\s*[0-9]+\s*$", "number": r"^\s*[0-9.eE+-]+\s*$"}
"""What of a text is read as a number."""
_LIST_OF_NUMBERS = r"^[\s0-9,]*$"
_FLAGS = ("true", "false", "yes", "no")


def build_schema(kind: Kind) -> dict[str, Any]:
    """A list of objects, or a mapping that holds it under the kind's key. Checks all that no other object decides."""
    rows = _rows("row")
    return {
        "$schema": DIALECT,
        "title": f"{kind.plural.capitalize()} of Adobe Audience Manager",
        "description": f"Desired {kind.plural}, as airflow-provider-aam pushes them.",
        "anyOf": [{"required": [kind.key], **_document({kind.key: rows})}, rows],
        "$defs": {"row": _row(kind)},
    }


def build_catalog_schema(kinds: Iterable[Kind]) -> dict[str, Any]:
    """A mapping with lists of several kinds, each under its key."""
    by_key = {kind.key: kind for kind in kinds}
    return {
        "$schema": DIALECT,
        "title": "Catalog of Adobe Audience Manager",
        "description": "Desired objects of every kind, as airflow-provider-aam pushes them.",
        **_document({key: _rows(key) for key in by_key}),
        "$defs": {key: _row(kind) for key, kind in by_key.items()},
    }


def render_schema(kind: Kind) -> str:
    """The schema of one kind as the file that the package ships."""
    return _render(build_schema(kind))


def render_catalog_schema(kinds: Iterable[Kind]) -> str:
    """The schema of a whole catalog as the file that the package ships."""
    return _render(build_catalog_schema(kinds))


def _render(schema: Mapping[str, Any]) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _document(lists: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {"$schema": {"type": "string"}, **lists},
        "patternProperties": {"^x-": {"description": "Read by nobody: a place for YAML anchors"}},
        "additionalProperties": False,
    }


def _rows(name: str) -> dict[str, Any]:
    return {"type": "array", "items": {"$ref": f"#/$defs/{name}"}}


def _row(kind: Kind) -> dict[str, Any]:
    """What an editor marks as missing is what every row needs, unless it names its object by id."""
    model = kind.model
    columns = {ref.field: column for column, ref in model.references.items() if ref.field != column}
    needed = [needs(columns[field], field) if field in columns else needs(field) for field in model.required]
    created = {"if": {"not": needs(kind.id_field)}, "then": {"allOf": [*needed, *model.schema_if_created]}}
    clashes = [excludes(column, field) for field, column in columns.items() if field in model.columns()]
    return {
        "type": "object",
        "properties": {name: build_column(schema) for name, schema in _properties(kind).items()},
        "patternProperties": {"^<<$": {"description": "YAML's merge key"}},
        "additionalProperties": False,
        "allOf": [created, *clashes, *model.schema_always],
    }


def _properties(kind: Kind) -> dict[str, Any]:
    found: dict[str, Any] = kind.model.model_json_schema(by_alias=True)["properties"]
    return found


def build_column(schema: Mapping[str, Any]) -> dict[str, Any]:
    """pydantic's schema of one column, widened to what the readers accept: an empty value is none."""
    value, *_ = (choice for choice in schema["anyOf"] if choice.get("type") != "null")
    default = schema.get("default_in_aam")
    said = f"{schema['description']}; AAM's default: {default}" if default else schema["description"]
    widened = _list(value) if value.get("type") == "array" else _scalar(value)
    if "type" in widened:
        widened["type"] = [*widened["type"], "null"]
    return {"description": said, **widened}


def _scalar(value: Mapping[str, Any]) -> dict[str, Any]:
    """Tables and the YAML reader hold numbers and flags as texts; YAML reads the texts 007 and 1.10 as numbers."""
    words = value.get("enum") or ([value["const"]] if "const" in value else None)
    if words:
        return {"anyOf": [{"enum": [*words, None]}, {"type": "string", "pattern": _any_case(words)}]}
    kind = value["type"]
    if kind == "boolean":
        return {"type": ["boolean", "string"], "pattern": _any_case(_FLAGS)}
    limits = {name: value[name] for name in _LIMITS if name in value}
    if kind in _NUMBERS:
        return {"type": [kind, "string"], **limits, "pattern": _NUMBERS[kind]}
    pattern = value.get("pattern") or (r"\S" if "minLength" in value else None)
    numeric = pattern is None or re.search(pattern, "0")
    said = {"pattern": pattern} if pattern else {}
    return {"type": ["string", "number"] if numeric else ["string"], **limits, **said}


def _list(value: Mapping[str, Any]) -> dict[str, Any]:
    """A list, the text with commas that tables hold, or its only number."""
    item = value["items"]
    if "anyOf" in item:
        return {"type": ["array", "string", "integer"], "minimum": 1, "items": _ID_OR_WORD}
    widened = {"type": ["array", "string", "integer"], "items": _scalar(item)}
    return {**widened, "minimum": item["minimum"], "pattern": _LIST_OF_NUMBERS} if "minimum" in item else widened


_ID_OR_WORD = {"type": ["integer", "string"], "minimum": 1, "pattern": r"\S"}


def _any_case(words: Iterable[str]) -> str:
    """JSON Schema's patterns know no flags: ``[Aa][Dd][Ss]``."""
    spelled = ("".join(f"[{mark.upper()}{mark.lower()}]" if mark.isalpha() else mark for mark in w) for w in words)
    return rf"^\s*({'|'.join(spelled)})\s*$"
