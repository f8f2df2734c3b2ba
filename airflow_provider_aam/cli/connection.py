"""`airflow-aam connection`: from downloaded files to an Airflow Connection."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from airflow_provider_aam.api.errors import AAMArgumentError
from airflow_provider_aam.api.moments import utc_now
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.cli.credentials.add import add_to_airflow
from airflow_provider_aam.cli.credentials.files import read_files
from airflow_provider_aam.cli.credentials.found import Found
from airflow_provider_aam.cli.credentials.merge import Draft, merge
from airflow_provider_aam.cli.credentials.render import Form, hide_secrets, render
from airflow_provider_aam.cli.exits import Ending


@dataclass(frozen=True, kw_only=True)
class ConnectionRequest:
    """The command's options."""

    conn_id: str
    form: Form
    host: str | None
    ims_url: str | None
    environment: str | None
    show_secrets: bool
    add: bool
    overwrite: bool


def build_connection(paths: Sequence[Path], request: ConnectionRequest) -> Ending:
    """Read ``paths`` and show the Connection, or add it to Airflow. Raises ``AAMArgumentError`` for
    options that do not go together, ``AAMConfigError`` with everything that is wrong with the files.
    """
    if request.overwrite and not request.add:
        raise AAMArgumentError.from_problems("The command line", ["--overwrite goes with --add only"])
    found, problems = read_files(paths)
    for each in found:
        print(one_line(f"{each.source}: {each.kind}"), file=sys.stderr)
    extra = {"ims_url": request.ims_url, "environment": request.environment}
    draft = merge(found, problems, host=request.host, extra=extra, now=utc_now())
    shown = draft.connection if request.show_secrets else hide_secrets(draft.connection)
    text = render(shown, request.conn_id, request.form)
    if request.add:
        add_to_airflow(draft.connection, request.conn_id, overwrite=request.overwrite)
        text = f"Added Connection {request.conn_id!r}. Next: airflow-aam doctor --conn-id {request.conn_id}"
    notes = [*draft.notes]
    if not request.show_secrets and not request.add:
        notes.append("Secrets are shown as ***: add --show-secrets for a Connection that works, or --add to add it.")
    for note in notes:
        print(one_line(f"note: {note}"), file=sys.stderr)
    return Ending(document=_document(found, draft, notes, shown, request), show=lambda: print(text))


def _document(
    found: Sequence[Found], draft: Draft, notes: Sequence[str], shown: Mapping[str, Any], request: ConnectionRequest
) -> dict[str, Any]:
    return {
        "conn_id": request.conn_id,
        "auth": draft.connection["extra"]["auth"],
        "recognised": [{"file": each.source, "kind": each.kind} for each in found],
        "notes": [*notes],
        "connection": dict(shown),
        "added": request.add,
    }
