"""A plan as a reviewer wants to read it: a header with counts, then one line a change."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.catalog.plan.plan import Change, FieldChange, Plan, makes_folder

LONGEST_VALUE = 60
MOST_LINES = 2_500
_IN_LABEL = ("name", "integrationCode", "dataSourceId")
_OF_FOLDER = ("name", "parentFolderId")
_SIGNS = {"create": "+", "update": "~", "delete": "-"}


def render_plan(plan: Plan) -> Iterator[str]:
    """Lines without line breaks. Beyond :data:`MOST_LINES` changes the rest is only counted; a saved plan has all."""
    counts = plan.counts()
    made = counts["create_folders"]
    folders = f", {made} {'folder' if made == 1 else 'folders'} to create first" if made else ""
    yield (
        f"Plan for {plan.source}: {counts['create']} to create, {counts['update']} to update, "
        f"{counts['delete']} to delete, {counts['unchanged']} unchanged{folders}."
    )
    yield from (f"! {warning}" for warning in plan.warnings)
    yield from (render_change(change) for change in plan.changes[:MOST_LINES])
    if len(plan.changes) > MOST_LINES:
        yield f"… and {len(plan.changes) - MOST_LINES} more; a saved plan holds all of them."


def render_change(change: Change) -> str:
    head = f"{_SIGNS[change.action]} {change.kind} {one_line(change.label)}"
    if change.action == "delete":
        return head
    if change.action == "update":
        said = [f"{field.field}: {_before(field)} → {_after(field)}" for field in change.fields]
    else:
        in_label = _OF_FOLDER if makes_folder(change) else _IN_LABEL
        said = [f"{field.field} {_after(field)}" for field in change.fields if field.field not in in_label]
    return f"{head}: {'; '.join(said)}" if said else head


def _before(change: FieldChange) -> str:
    return change.shown[0] if change.shown else _short(change.before)


def _after(change: FieldChange) -> str:
    return change.shown[1] if change.shown else _short(change.after)


def _short(value: Any) -> str:
    if value is None:
        return "none"
    text = one_line(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
    shown = text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"
    return f"“{shown}”" if isinstance(value, str) else shown
