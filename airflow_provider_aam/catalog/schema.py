"""The JSON Schema of a source file, made from the draft models: editors complete and check with it."""

from __future__ import annotations

import json
from typing import Any

from airflow_provider_aam.catalog.kinds import Kind

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_LIMITS = ("minimum", "maximum", "minLength", "maxLength", "pattern")
_NUMBERS = {"integer": r"^\s*[0-9]+\s*$", "number": r"^\s*[0-9.eE+-]+\s*$"}
"""What of a text is read as a number."""
_SCALARS = ["string", "number"]
"""YAML reads 007 and 1.10 as numbers; the readers keep them as they are written."""


def build_schema(kind: Kind) -> dict[str, Any]:
    """A list of objects, or a mapping that holds it under the kind's key. Checks all that no other object decides."""
    title = kind.key.replace("_", " ").capitalize()
    rows = {"type": "array", "items": {"$ref": "#/$defs/row"}}
    return {
        "$schema": DIALECT,
        "title": f"{title} of Adobe Audience Manager",
        "description": f"Desired {kind.key}, as airflow-provider-aam pushes them.",
        "anyOf": [
            {
                "type": "object",
                "required": [kind.key],
                "properties": {"$schema": {"type": "string"}, kind.key: rows},
                "patternProperties": {"^x-": {"description": "Read by nobody: a place for YAML anchors"}},
                "additionalProperties": False,
            },
            rows,
        ],
        "$defs": {"row": _row(kind)},
    }


def render_schema(kind: Kind) -> str:
    """The schema as the file that the package ships."""
    return json.dumps(build_schema(kind), indent=2, ensure_ascii=False) + "\n"


def _row(kind: Kind) -> dict[str, Any]:
    """What an editor marks as missing is what every row needs, unless it names its object by id."""
    columns = {reference.field: column for column, reference in kind.model.references.items()}
    needed = []
    for field in kind.model.required:
        names = [columns[field], field] if field in columns else [field]
        needed.append({"anyOf": [{"required": [name]} for name in names]})
    clashes = [{"not": {"required": [column, field]}} for field, column in columns.items()]
    return {
        "type": "object",
        "properties": {name: _column(schema) for name, schema in _properties(kind).items()},
        "patternProperties": {"^<<$": {"description": "YAML's merge key"}},
        "additionalProperties": False,
        "allOf": [{"if": {"not": {"required": [kind.id_field]}}, "then": {"allOf": needed}}, *clashes],
    }


def _properties(kind: Kind) -> dict[str, Any]:
    found: dict[str, Any] = kind.model.model_json_schema(by_alias=True)["properties"]
    return found


def _column(schema: dict[str, Any]) -> dict[str, Any]:
    """pydantic's schema of one column, widened to what the readers accept: an empty value is none."""
    value, *_ = (choice for choice in schema["anyOf"] if choice.get("type") != "null")
    said = {"description": schema["description"]}
    if "enum" in value:
        return {**said, "enum": [*value["enum"], None]}
    limits = {name: value[name] for name in _LIMITS if name in value}
    if value["type"] == "string":
        return {**said, "type": [*_SCALARS, "null"], **limits}
    return {**said, "type": [value["type"], "string", "null"], **limits, "pattern": _NUMBERS[value["type"]]}
