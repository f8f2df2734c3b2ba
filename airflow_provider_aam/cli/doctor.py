"""`airflow-aam doctor`: is the setup complete, and if not, which step is it?"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import groupby

from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.cli.airflow_context import look_into_the_database
from airflow_provider_aam.cli.exits import Ending, ExitCode
from airflow_provider_aam.cli.quiet import quiet

WIDTH_IN_FILES = 120
LEAST_FOLDED = 3
_MARKS = {"green": ("✔", "green"), "yellow": ("!", "yellow"), "red": ("✘", "red"), "skipped": ("–", "dim")}


def examine(conn_id: str) -> Ending:
    """Walk through every check of the Connection. Its exit code is ``FOUND`` if one of them is red."""
    look_into_the_database()
    from airflow_provider_aam.cli.checkup.result import State
    from airflow_provider_aam.cli.checkup.visit import Visit
    from airflow_provider_aam.cli.checkup.walk import walk
    from airflow_provider_aam.hooks.aam import AAMHook

    # The results say the same as the warnings, and better.
    with quiet(logging.ERROR), closing(Visit(hook=AAMHook(conn_id))) as visit:
        steps = [result.as_json() for result in walk(visit)]
    ok = all(step["state"] != State.RED for step in steps)
    return Ending(
        document={"connection": conn_id, "ok": ok, "steps": steps},
        show=lambda: _show(conn_id, steps),
        code=ExitCode.OK if ok else ExitCode.FOUND,
    )


def _folded(steps: Sequence[dict[str, str]]) -> Iterator[dict[str, str]]:
    """Steps that are skipped one after the other for the same reason, as one."""
    for (state, text), same in groupby(steps, key=lambda step: (step["state"], step["text"])):
        group = [*same]
        if state != "skipped" or len(group) < LEAST_FOLDED:
            yield from group
        else:
            yield group[0] | {
                "step": f"{len(group)} more steps",
                "text": f"{text} ({group[0]['step']} … {group[-1]['step']})",
            }


def _show(conn_id: str, steps: Sequence[dict[str, str]]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(width=1)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for step in _folded(steps):
        mark, colour = _MARKS[step["state"]]
        fix = f"\n[bold]→[/bold] {escape(one_line(step['fix']))}" if step["fix"] else ""
        table.add_row(f"[{colour}]{mark}[/{colour}]", step["step"], f"{escape(one_line(step['text']))}{fix}")
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = WIDTH_IN_FILES
    console.print(table)
    counts = Counter(step["state"] for step in steps)
    counted = ", ".join(f"{counts[state]} {state}" for state in _MARKS if counts[state])
    console.print(f"\n{escape(one_line(conn_id))}: {counted}")
