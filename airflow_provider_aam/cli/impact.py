"""`airflow-aam impact`: what depends on a trait or segment."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from airflow_provider_aam.api.errors import AAMArgumentError
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.catalog import KINDS, Impact, impact_in_account, impact_in_catalog, load
from airflow_provider_aam.cli.client import aam_client
from airflow_provider_aam.cli.exits import Ending, ExitCode
from airflow_provider_aam.cli.kinds import count_of, key_of

_KNOWN = ("traits", "segments")


def show_impact(word: str, *, catalog: Sequence[Path], conn_id: str, kind: str | None) -> Ending:
    """Of the account, or of the files where there are any. The exit code is ``FOUND`` if anything depends on it."""
    key = key_of(kind)
    if key not in (None, *_KNOWN):
        raise AAMArgumentError.from_problems("The command line", [f"--kind is {kind}; expected {' or '.join(_KNOWN)}"])
    only = None if key is None else KINDS[key]
    if catalog:
        rows, source = load(catalog)
        impact = impact_in_catalog(rows, word, source=source, kind=only)
    else:
        with aam_client(conn_id) as client:
            impact = impact_in_account(client, word, kind=only)
    counts = impact.root.counts()
    return Ending(
        document={"counts": dict(counts), "object": impact.as_json(), "hidden": dict(impact.hidden)},
        show=lambda: _show(impact),
        code=ExitCode.FOUND if counts else ExitCode.OK,
    )


def _show(impact: Impact) -> None:
    for kind, why in impact.hidden.items():
        print(one_line(f"note: {kind} are left out, because AAM does not show them: {why}"), file=sys.stderr)
    root, counts = impact.root, impact.root.counts()
    what = f"{root.kind.name} {root.label}"
    if not counts:
        print(f"Nothing depends on {what}.")
        return
    said = [count_of(key, counts[key]) for key in KINDS if counts[key]]
    listed = " and ".join(filter(None, (", ".join(said[:-1]), said[-1])))
    print(f"{listed} {'depends' if counts.total() == 1 else 'depend'} on {what}:")
    for line in impact.lines():
        print(line)
