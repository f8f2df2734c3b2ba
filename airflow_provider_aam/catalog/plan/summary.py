"""A plan in a few lines of Markdown, fit for an approval prompt and for XCom."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_provider_aam.catalog.plan.plan import Plan
from airflow_provider_aam.catalog.plan.render import render_change

MOST_LINES = 30
MOST_CHARACTERS = 4_000
LONGEST_LINE = 400
_FIRST = {"delete": 0, "update": 1, "create": 2}


def summarise(plan: Plan, plan_uri: str) -> str:
    """Counts by kind, then the changes, deletes first; at most :data:`MOST_CHARACTERS`."""
    counts = plan.counts()
    changes = "1 change makes" if len(plan.changes) == 1 else f"{len(plan.changes):,} changes make"
    head = f"**{changes}** the AAM account as {_fit(plan.source)} says; {counts['unchanged']:,} objects are so already."
    if not plan.changes:
        return head
    rows = [
        f"| {kind} | {each['create']:,} | {each['update']:,} | {each['delete']:,} |"
        for kind, each in plan.counts_by_kind().items()
    ]
    table = "\n".join(["| Kind | Create | Update | Delete |", "|---|---|---|---|", *rows])
    room = MOST_CHARACTERS - len(head) - len(table) - len(plan_uri) - 200
    shown = [*_fitting(render_changes(plan), room)]
    total = len(plan.changes) + len(plan.warnings)
    rest = f"… and {total - len(shown):,} more. " if total > len(shown) else ""
    listed = "\n".join(f"- `{text}`" for text in shown)  # Airflow's page runs the lines of a block of code together
    return "\n\n".join([head, table, listed, f"{rest}The whole plan: {plan_uri}"])


def render_changes(plan: Plan) -> Iterator[str]:
    """Warnings, deletes, updates, creates: one line each, that no name can break out of its quotes."""
    for warning in plan.warnings:
        yield _fit(f"! {warning}")
    for change in sorted(plan.changes, key=lambda change: _FIRST[change.action]):
        yield _fit(render_change(change))


def _fitting(texts: Iterator[str], room: int) -> Iterator[str]:
    for _, text in zip(range(MOST_LINES), texts, strict=False):
        room -= len(text) + len("- ``\n")
        if room < 0:
            return
        yield text


def _fit(text: str) -> str:
    text = " ".join(text.split()).replace("`", "'")
    return text if len(text) <= LONGEST_LINE else f"{text[: LONGEST_LINE - 1]}…"
