"""The reference of the catalog, docs/catalog.md: words from a template, tables from the draft models."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from airflow_provider_aam.catalog import KINDS, Kind, build_schema

TEMPLATE = Path(__file__).with_name("catalog_page.md")
_HEAD = "| Column | Meaning | Value | Names | Needed | Default in AAM |\n|---|---|---|---|---|---|\n"
_TYPES = {"integer": "whole number", "number": "number", "boolean": "true or false", "string": "text"}
_UNBOUNDED = 2**31 - 1
"""From here on a maximum is that of the number's type, of no use to people."""


def render() -> str:
    """The template with ``{{limits}}`` and each line ``{{columns of KEY}}`` replaced by tables."""
    text = TEMPLATE.read_text(encoding="utf-8").replace("{{limits}}", _limits())
    return re.sub(r"\{\{columns of (\w+)\}\}", lambda found: _table(KINDS[found[1]]), text)


def _limits() -> str:
    lines = (
        f"| {kind.plural}{f' with `{kind.limits.by}: {value}`' if value else ''} | {most:,} |"
        for kind in KINDS.values()
        for value, most in kind.limits.most.items()
    )
    return "| Objects | At most |\n|---|---|\n" + "\n".join(lines)


def _table(kind: Kind) -> str:
    fields = kind.model.model_json_schema(by_alias=True)["properties"]
    published = build_schema(kind)["$defs"]["row"]["properties"]
    return _HEAD + "\n".join(_line(kind, name, fields[name], published[name]) for name in kind.model.columns())


def _line(kind: Kind, name: str, field: Mapping[str, Any], published: Mapping[str, Any]) -> str:
    cells = (
        f"`{name}`",
        field["description"],
        "; ".join(_value(field, published)),
        _named(kind, name),
        _needed(kind, name),
        field["default_in_aam"] or "",
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _value(field: Mapping[str, Any], published: Mapping[str, Any]) -> Iterator[str]:
    """Type and limits, as words."""
    value, *_ = (choice for choice in field["anyOf"] if choice.get("type") != "null")
    words = value.get("enum") or ([value["const"]] if "const" in value else [])
    if words:
        yield ", ".join(f"`{word}`" for word in words)
    elif value["type"] == "array":
        item = value["items"]
        yield "list of " + ("ids or texts" if "anyOf" in item else f"{_TYPES[item['type']]}s")
    elif "[0-9]{4}" in value.get("pattern", ""):
        yield "date"
    else:
        yield _TYPES[value["type"]]
    if "maxLength" in published:
        yield f"{published['maxLength']} characters at most"
    if value.get("minimum", 0) > 0:
        yield f"{value['minimum']} at least"
    if value.get("maximum", _UNBOUNDED) < _UNBOUNDED:
        yield f"{value['maximum']} at most"


def _named(kind: Kind, name: str) -> str:
    reference = kind.model.references.get(name)
    if reference is None:
        return ""
    name = reference.to.label
    described = {each.resource.name for each in KINDS.values()}
    return f"[{name}](#{name.replace(' ', '-')}s)" if reference.to.name in described else name


def _needed(kind: Kind, name: str) -> str:
    """For an object to be created."""
    columns = {reference.field: column for column, reference in kind.model.references.items()}
    for field in kind.model.required:
        column = columns.get(field, field)
        if name == column:
            return "yes" if column == field else f"yes, or `{field}`"
    return ""
