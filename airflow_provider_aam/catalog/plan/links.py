"""A change that names objects its plan creates, with the ids that they have got."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

import msgspec

from airflow_provider_aam.catalog.kinds import kind_called
from airflow_provider_aam.catalog.plan.plan import Change, FieldChange, Link
from airflow_provider_aam.catalog.rules import segment_rule


def linked(change: Change, ids: Mapping[Link, int]) -> Change:
    """``change`` with ``ids`` in place of the links' texts: whole values, items of lists, operands of rules."""
    if not ids:
        return change
    by_field: dict[str, dict[str, int]] = {}
    for link, object_id in ids.items():
        by_field.setdefault(link.field, {})[link.text] = object_id
    rules = kind_called(change.kind).rules
    fields = tuple(
        FieldChange(field.field, field.before, _after(field, by_field.get(field.field, {}), rules), field.shown)
        for field in change.fields
    )
    key = {name: _filled(value, by_field.get(name, {})) for name, value in change.key.items()}
    return msgspec.structs.replace(change, fields=fields, key=key)


def _after(field: FieldChange, ids: Mapping[str, int], rules: Set[str]) -> Any:
    if field.field not in rules:
        return _filled(field.after, ids)
    return segment_rule.replace(str(field.after), {text: f"{object_id}T" for text, object_id in ids.items()})


def _filled(value: Any, ids: Mapping[str, int]) -> Any:
    if isinstance(value, list | tuple):
        return [_filled(item, ids) for item in value]
    return ids.get(value, value) if isinstance(value, str) else value
