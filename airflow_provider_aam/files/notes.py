"""What tasks tell the page: a small file per run of a task, the newest of each kind kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, get_args

import msgspec

from airflow_provider_aam.files.shelf import Shelved, clear, new_path
from airflow_provider_aam.files.staging import stage

KEPT = 40
"""Of each kind."""

NoteKind = Literal["pull", "push", "plan", "drift", "members", "inbound", "stream", "read", "sync"]
KINDS: tuple[NoteKind, ...] = get_args(NoteKind)


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """Which run of which task; as Airflow calls them."""

    dag_id: str
    run_id: str
    task_id: str
    map_index: int = -1
    try_number: int = 1


class PlanText(msgspec.Struct, frozen=True, kw_only=True):
    """A plan for people: ``lines`` as in the task's log, the header first."""

    sha256: str
    counts: dict[str, int]
    counts_by_kind: dict[str, dict[str, int]]
    lines: tuple[str, ...]


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """``result`` is what the task returned, ``error`` why it failed."""

    kind: NoteKind
    at: datetime
    seconds: float
    task: Task
    result: Mapping[str, Any] = {}
    error: str | None = None
    plan: PlanText | None = None


def leave_note(folder: Any, note: Note) -> None:
    """Write it to a file of its own, and forget the oldest of its kind."""
    with stage(new_path(folder, note.kind, suffix=".json", now=note.at)) as staged:
        staged.local.write_bytes(msgspec.json.encode(note, enc_hook=datetime.isoformat))
        staged.publish()
    clear(folder, note.kind, _newest)


def read_note(file: Shelved) -> Note | None:
    """``None`` when the file is gone or is not a note."""
    try:
        return msgspec.json.decode(file.path.read_bytes(), type=Note)
    except (FileNotFoundError, msgspec.MsgspecError, UnicodeDecodeError):
        return None


def _newest(files: Sequence[Shelved]) -> Sequence[Shelved]:
    return files[:KEPT]
