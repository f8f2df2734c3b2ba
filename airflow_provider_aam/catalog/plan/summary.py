"""A plan in a few lines of Markdown, fit for an approval prompt and for XCom."""

from __future__ import annotations

import re
from collections.abc import Iterator

from airflow_provider_aam.api.counted import counted
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.catalog.plan.plan import Plan
from airflow_provider_aam.catalog.plan.render import account_of, render_change

MOST_LINES = 30
MOST_CHARACTERS = 4_000
LONGEST_SOURCE = 400
_FIRST = {"delete": 0, "update": 1, "create": 2}


def summarise(plan: Plan, plan_uri: str, *, page: str | None = None) -> str:
    """Account and counts, then the changes, deletes first; at most :data:`MOST_CHARACTERS`.

    ``page`` is where the whole plan can be read in a browser.

    A change is shown complete or not at all, so that no one approves one of which the end was cut off.
    """
    changes = f"**{counted(len(plan.changes), 'change')}**" if plan.changes else "No changes"
    already = counted(len(plan.unchanged), "object")
    matches = "matches" if len(plan.unchanged) == 1 else "match"
    head = f"{changes} to {account_of(plan)}, from {_code(plan.source[:LONGEST_SOURCE])}. {already} already {matches}."
    if not plan.changes:
        return head
    rows = [
        f"| {kind} | {each['create']:,} | {each['update']:,} | {each['delete']:,} |"
        for kind, each in plan.counts_by_kind().items()
    ]
    table = "\n".join(["| Kind | Create | Update | Delete |", "|---|---|---|---|", *rows])
    where = f"{_code(plan_uri)}{f' ([read it in Airflow]({page}))' if page else ''}"
    room = MOST_CHARACTERS - len(head) - len(table) - len(where) - 200
    shown = [*_fitting(render_changes(plan), room)]
    left = len(plan.changes) + len(plan.warnings) - len(shown)
    rest = f"… and {left:,} more that do not fit here: read them in the full plan before you approve. " if left else ""
    return "\n\n".join([head, table, "\n".join(shown), f"{rest}Full plan: {where}"])


def render_changes(plan: Plan) -> Iterator[str]:
    """Warnings, deletes, updates, creates: one line each."""
    yield from (f"! {one_line(warning)}" for warning in plan.warnings)
    yield from map(render_change, sorted(plan.changes, key=lambda change: _FIRST[change.action]))


def _fitting(texts: Iterator[str], room: int) -> Iterator[str]:
    for _, text in zip(range(MOST_LINES), texts, strict=False):
        line = f"- {_code(text)}"  # Airflow's page runs the lines of a block of code together
        room -= len(line) + len("\n")
        if room < 0:
            return
        yield line


def _code(text: str) -> str:
    """Markdown's code, which no backtick in the text ends; several blanks, which a page shows as one, are escaped."""
    text = re.sub(" (?= )", r"\\x20", one_line(text))
    if "`" not in text:
        return f"`{text}`"
    fence = "`" * (max(map(len, re.findall("`+", text))) + 1)
    return f"{fence} {text} {fence}"
