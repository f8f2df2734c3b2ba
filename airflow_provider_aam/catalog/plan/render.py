"""A plan as a reviewer wants to read it: a header with counts, then one line per change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from airflow_provider_aam.api.counted import counted
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.catalog.kinds import kind_called
from airflow_provider_aam.catalog.plan.plan import Change, FieldChange, Plan, makes_folder
from airflow_provider_aam.catalog.plan.values import said_change, said_value

MOST_LINES = 2_500
_IN_LABEL = ("name", "integrationCode", "dataSourceId")
_OF_FOLDER = ("name", "parentFolderId")
_SIGNS = {"create": "+", "update": "~", "delete": "-"}


def render_plan(plan: Plan) -> Iterator[str]:
    """Lines without line breaks. Beyond :data:`MOST_LINES` changes the rest is only counted; a saved plan has all."""
    counts = plan.counts()
    made = counts["create_folders"]
    folders = f" ({made:,} of them {'a folder' if made == 1 else 'folders'})" if made else ""
    yield (
        f"Plan for {account_of(plan)}, from {one_line(plan.source)}: {counts['create']:,} to create{folders}, "
        f"{counts['update']:,} to update, {counts['delete']:,} to delete, {counts['unchanged']:,} unchanged."
    )
    yield from (f"! {one_line(warning)}" for warning in plan.warnings)
    yield from (render_change(change) for change in plan.changes[:MOST_LINES])
    if len(plan.changes) > MOST_LINES:
        yield f"… and {counted(len(plan.changes) - MOST_LINES, 'more change')}; see the plan file for all of them."


def render_change(change: Change) -> str:
    """All that the change writes, but for values that a new object has anyway."""
    head = f"{_SIGNS[change.action]} {change.kind} {one_line(change.label)}"
    if change.action == "delete":
        return head
    if change.action == "update":
        said = [
            f"{field.field}: {said_change(*_sides(field), quotes=_quotes(change, field))}" for field in change.fields
        ]
    else:
        in_label = _OF_FOLDER if makes_folder(change) else _IN_LABEL
        named = {f.field for f in change.fields if str(_sides(f)[1]).removesuffix(" (new)") in change.label}
        fields = [
            f for f in change.fields if f.field not in named.intersection(in_label) and not _is_default(change, f)
        ]
        said = [f"{field.field} {said_value(_sides(field)[1], quotes=_quotes(change, field))}" for field in fields]
    return f"{head}: {'; '.join(said)}" if said else head


def _sides(field: FieldChange) -> tuple[Any, Any]:
    return field.shown or (field.before, field.after)


def _quotes(change: Change, field: FieldChange) -> bool:
    """Names in place of ids are not the field's own text."""
    return field.shown is None or field.field in kind_called(change.kind).rules


def account_of(plan: Plan) -> str:
    return said_account(plan.account)


def said_account(account: Mapping[str, Any]) -> str:
    """``AAM account 1099 (aam.adobe.io)``; without the number where it was not asked for."""
    host = one_line(str(account.get("base_url")).partition("://")[2].rstrip("/"))
    pid = account.get("pid")
    return f"AAM at {host}" if pid is None else f"AAM account {one_line(str(pid))} ({host})"


def _is_default(change: Change, field: FieldChange) -> bool:
    default = kind_called(change.kind).model.defaults().get(field.field, "")
    return field.after == [] or str(field.after).casefold() in ("", default.casefold())
