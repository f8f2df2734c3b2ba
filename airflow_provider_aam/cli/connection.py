"""`airflow-aam connection`: from downloaded files to an Airflow Connection."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from airflow_provider_aam.api.errors import AAMConfigError
from airflow_provider_aam.api.moments import utc_now
from airflow_provider_aam.cli.credentials.add import add_to_airflow
from airflow_provider_aam.cli.credentials.files import read_files
from airflow_provider_aam.cli.credentials.found import Found
from airflow_provider_aam.cli.credentials.merge import Draft, merge
from airflow_provider_aam.cli.credentials.render import Form, hide_secrets, render
from airflow_provider_aam.cli.exits import Outcome


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """The command's options."""

    conn_id: str
    form: Form
    host: str | None
    ims_url: str | None
    environment: str | None
    show_secrets: bool
    add: bool
    overwrite: bool


def build_connection(paths: Sequence[Path], wanted: Wanted) -> Outcome:
    """Read ``paths`` and show the Connection, or add it to Airflow. Raises ``AAMConfigError`` with every problem."""
    if wanted.overwrite and not wanted.add:
        raise AAMConfigError.from_problems("The command line", ["--overwrite goes with --add only"])
    found, problems = read_files(paths)
    for each in found:
        print(f"{each.source}: {each.kind}", file=sys.stderr)
    extra = {"ims_url": wanted.ims_url, "environment": wanted.environment}
    draft = merge(found, problems, host=wanted.host, extra=extra, now=utc_now())
    shown = draft.connection if wanted.show_secrets else hide_secrets(draft.connection)
    text = render(shown, wanted.conn_id, wanted.form)
    if wanted.add:
        add_to_airflow(draft.connection, wanted.conn_id, overwrite=wanted.overwrite)
        text = f"Added Connection {wanted.conn_id!r}. Next: airflow-aam doctor --conn-id {wanted.conn_id}"
    notes = [*draft.notes]
    if not wanted.show_secrets and not wanted.add:
        notes.append("Secrets are shown as ***: add --show-secrets for a Connection that works, or --add to add it.")
    for note in notes:
        print(f"note: {note}", file=sys.stderr)
    return Outcome(document=_document(found, draft, notes, shown, wanted), show=lambda: print(text))


def _document(
    found: Sequence[Found], draft: Draft, notes: Sequence[str], shown: Mapping[str, Any], wanted: Wanted
) -> dict[str, Any]:
    return {
        "conn_id": wanted.conn_id,
        "auth": draft.connection["extra"]["auth"],
        "recognised": [{"file": each.source, "kind": each.kind} for each in found],
        "notes": [*notes],
        "connection": dict(shown),
        "added": wanted.add,
    }
