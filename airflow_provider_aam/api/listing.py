"""Rows of a list made whole: ids under one name, trees as rows, and the ids of what is around them filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec

from airflow_provider_aam.api.answers import UNREADABLE, shape_of
from airflow_provider_aam.api.errors import AAMBadAnswer, AAMIncomplete, Fate
from airflow_provider_aam.api.numbers import whole_number
from airflow_provider_aam.api.paging import AGAIN, Page
from airflow_provider_aam.api.resources import Resource
from airflow_provider_aam.api.rows import Rows

Record = dict[str, Any]
"""One object as AAM writes it: its own field names, epoch milliseconds, unknown fields kept."""

Records = list[Record]


def with_names(resource: Resource, record: Record, around: Mapping[str, Any] | None = None) -> Record:
    """The record with its id under ``id_field``, and the ids of ``around`` where it does not name them itself."""
    _fill(record, resource.id_field, resource.id_aliases)
    for name, value in (around or {}).items():
        if record.get(name) is None:
            record[name] = value
    for name, (id_field, *aliases) in resource.embedded.items():
        inner = record.get(name)
        for each in inner if isinstance(inner, list) else ():
            if isinstance(each, dict):
                _fill(each, id_field, aliases)
    return record


def _fill(record: Record, id_field: str, aliases: tuple[str, ...] | list[str]) -> None:
    if record.get(id_field) is None:
        known = next((record[alias] for alias in aliases if record.get(alias) is not None), None)
        if known is not None:
            record[id_field] = known


def named_page(resource: Resource, page: Page, around: Mapping[str, Any]) -> Page:
    """The page with :func:`with_names` done to its rows; the same page where that cannot change anything."""
    if not resource.id_aliases and not around:
        return page
    rows = Rows()
    for row in page.rows:
        record = decoded(resource, row)
        rows.append(msgspec.Raw(msgspec.json.encode(with_names(resource, record, around))))
    return replace(page, rows=rows)


def decoded(resource: Resource, row: msgspec.Raw) -> Record:
    try:
        return msgspec.json.decode(row, type=Record)
    except UNREADABLE as broken:
        text = f"list of {resource.name}: a row cannot be decoded ({broken})."
        raise AAMBadAnswer(text, fate=Fate.UNKNOWN) from broken


def flat_tree(resource: Resource, answer: Any) -> Page:
    """AAM's tree as one page of rows without their children, parents first."""
    what, children = f"list of {resource.name}", resource.children or ""
    total = None
    if isinstance(answer, dict) and isinstance(answer.get("list"), list):
        answer, total = answer["list"], whole_number(answer.get("total"))
    rows = Rows()
    waiting: list[tuple[Any, Any]] = [
        (node, None) for node in reversed(answer if isinstance(answer, list) else [answer])
    ]
    while waiting:
        node, parent_id = waiting.pop()
        inner: Any = (node.get(children) or []) if isinstance(node, dict) else None
        if not isinstance(inner, list):
            wrong = shape_of(node if inner is None else inner)
            expected = "an object" if inner is None else f"a list as {children}"
            raise AAMBadAnswer(f"{what}: expected {expected}, found {wrong}.", fate=Fate.UNKNOWN)
        flat = with_names(resource, {name: value for name, value in node.items() if name != children})
        waiting.extend((child, flat.get(resource.id_field)) for child in reversed(inner))
        if resource.parent and flat.get(resource.parent) is None and parent_id is not None:
            flat[resource.parent] = parent_id  # else the row would no longer say where it was
        rows.append(msgspec.Raw(msgspec.json.encode(flat)))
    if total is not None and total > len(rows):
        raise AAMIncomplete(f"{what}: AAM announced {total:,} rows but returned {len(rows):,}. {AGAIN}")
    return Page(number=0, total=None, size=len(rows), rows=rows)
