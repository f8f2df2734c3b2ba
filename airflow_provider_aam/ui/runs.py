"""Notes of tasks as the page shows them: a headline in words, and counts as parts of a bar."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from airflow_provider_aam.api.counted import counted
from airflow_provider_aam.api.numbers import whole_number
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.files.notes import Note, NoteKind, PlanText
from airflow_provider_aam.members.judging.categories import EXPLANATIONS

Part = tuple[str, int, str]
"""What, how many of it, and its tone: ``good``, ``change``, ``calm``, ``warn`` or ``bad``."""

_OUTCOMES = {
    "created": "good",
    "updated": "change",
    "deleted": "warn",
    "unchanged": "calm",
    "rejected": "bad",
    "unknown": "bad",
}
_ACTIONS = {"create": "good", "update": "change", "delete": "warn"}
_PLANNED = {"create": "to create", "update": "to update", "delete": "to delete"}
_DRIFTED = {"create": "missing", "update": "changed", "delete": "extra"}


def show_note(name: str, note: Note, applied: Mapping[str, Any] = MappingProxyType({})) -> dict[str, Any]:
    """Everything but the lines of its plan. ``applied``: notes of those who have applied plans, by sha256."""
    parts = [part for part in _PARTS[note.kind](note) if part[1]]
    task = note.task
    return {
        "id": name,
        "kind": note.kind,
        "at": note.at.isoformat(),
        "seconds": round(note.seconds, 1),
        "task": {
            "dag_id": one_line(task.dag_id),
            "run_id": one_line(task.run_id),
            "task_id": one_line(task.task_id),
            "map_index": task.map_index,
        },
        "failed": note.error is not None,
        "error": None if note.error is None else "\n".join(map(one_line, note.error.splitlines())),
        "headline": one_line(_headline(note)),
        "parts": [{"label": label, "count": count, "tone": tone} for label, count, tone in parts],
        "uri": _text(note.result.get("uri") or note.result.get("outcome_uri") or note.result.get("plan_uri")),
        "plan": None if note.plan is None else {"sha256": one_line(note.plan.sha256), "counts": note.plan.counts},
        "applied": applied.get(note.plan.sha256) if note.plan else None,
    }


def show_plan(plan: PlanText) -> dict[str, Any]:
    return {
        "sha256": one_line(plan.sha256),
        "counts": plan.counts,
        "counts_by_kind": plan.counts_by_kind,
        "lines": [*map(one_line, plan.lines)],
    }


def _headline(note: Note) -> str:
    """What a task that failed has not counted is not known to be nothing."""
    counted_any = note.plan is not None or note.result
    return _HEADLINES[note.kind](note) if counted_any or note.error is None else _UNFINISHED[note.kind]


def _pull(note: Note) -> str:
    rows = _count(note.result.get("rows"))
    return f"{rows:,} {_words(note.result.get('resource') or 'rows')}"


def _push(note: Note) -> str:
    said = ", ".join(f"{count:,} {label}" for label, count, _ in _outcomes(note) if count)
    dry = "Dry run: " if note.result.get("dry_run") else ""
    approved = f"; approved by {note.result['approved_by']}" if note.result.get("approved_by") else ""
    return f"{dry}{said or 'nothing written'}{approved}"


def _planned(note: Note, words: Mapping[str, str], nothing: str) -> str:
    counts = _counts(note)
    said = [f"{_count(counts.get(name)):,} {word}" for name, word in words.items() if _count(counts.get(name))]
    return ", ".join(said) or nothing


def _members(note: Note) -> str:
    result = note.result
    items, users = (_count(result.get(name)) for name in ("items", "users"))
    files = result.get("files")
    number = len(files) if isinstance(files, list) else 0
    if "family" in result:  # of ids of the same people
        return f"ID sync: {counted(items, 'row')} in {counted(number, 'file')}"
    return f"{counted(items, 'membership')} of {counted(users, 'user')} in {counted(number, 'file')}"


def _inbound(note: Note) -> str:
    states = [str(each.get("state")) for each in _files(note)]
    said = ", ".join(f"{states.count(state):,} {state}" for state in dict.fromkeys(states))
    return f"Batch {note.result.get('batch')}: {said or 'no files'}"


def _stream(note: Note) -> str:
    """Of one that failed only the counts are known."""
    result = note.result
    rows, requests = (_count(result.get(name)) for name in ("rows", "requests"))
    said = f"{counted(rows, 'row')} in {counted(requests, 'request')}"
    if result.get("domain_alias"):
        return f"DCS of {result['domain_alias']}: {said}"
    return f"Stream {result['stream_id']}: {said}" if result.get("stream_id") else said


def _read(note: Note) -> str:
    files = [*_files(note)]
    return f"{counted(_count(note.result.get('rows')), 'row')} of {counted(len(files), 'file')}"


def _sync(note: Note) -> str:
    return f"Table {note.result.get('table')}: {counted(_count(note.result.get('rows')), 'row')}"


def _outcomes(note: Note) -> Iterator[Part]:
    outcomes = note.result.get("outcomes")
    for label, tone in _OUTCOMES.items():
        yield label, _count(outcomes.get(label)) if isinstance(outcomes, Mapping) else 0, tone


def _changes(note: Note) -> Iterator[Part]:
    words = _DRIFTED if note.kind == "drift" else _PLANNED
    yield from ((words[name], _count(_counts(note).get(name)), tone) for name, tone in _ACTIONS.items())


def _of(**tones: str) -> Callable[[Note], Iterator[Part]]:
    """Counts of the result, which are called as there."""
    return lambda note: ((name, _count(note.result.get(name)), tone) for name, tone in tones.items())


def _pairs(note: Note) -> Iterator[Part]:
    yield "sent", _count(note.result.get("items")), "good"
    yield from _of(unchanged="calm", duplicates="change", rejected="bad")(note)


def _records(note: Note) -> Iterator[Part]:
    files = [*_files(note)]
    yield "stored", sum(_count(file.get("stored")) for file in files), "good"
    for name, category in EXPLANATIONS.items():
        errors = (file.get("errors") for file in files)
        yield category.label, sum(_count(each.get(name)) for each in errors if isinstance(each, Mapping)), "bad"


def _files(note: Note) -> Iterator[Mapping[str, Any]]:
    files = note.result.get("files")
    yield from (each for each in files if isinstance(each, Mapping)) if isinstance(files, list) else ()


def _counts(note: Note) -> Mapping[str, Any]:
    counts = note.plan.counts if note.plan else note.result.get("counts")
    return counts if isinstance(counts, Mapping) else {}


def _count(value: object) -> int:
    return whole_number(value) or 0


def _text(value: object) -> str | None:
    return one_line(value) if isinstance(value, str) else None


def _words(name: object) -> str:
    return str(name).replace("_", " ")


_HEADLINES: Mapping[NoteKind, Callable[[Note], str]] = {
    "pull": _pull,
    "push": _push,
    "plan": lambda note: _planned(note, _PLANNED, "No changes"),
    "drift": lambda note: _planned(note, _DRIFTED, "No drift"),
    "members": _members,
    "inbound": _inbound,
    "stream": _stream,
    "read": _read,
    "sync": _sync,
}
_UNFINISHED: Mapping[NoteKind, str] = {
    "pull": "The pull did not finish",
    "push": "The push did not finish",
    "plan": "No plan was made",
    "drift": "The check did not finish",
    "members": "The push of memberships did not finish",
    "inbound": "No verdict",
    "stream": "Not all rows were sent",
    "read": "The files were not read",
    "sync": "The table was not brought up to date",
}
_PARTS: Mapping[NoteKind, Callable[[Note], Iterator[Part]]] = {
    "pull": lambda _: iter(()),
    "push": _outcomes,
    "plan": _changes,
    "drift": _changes,
    "members": _pairs,
    "inbound": _records,
    "stream": _of(sent="good", skipped="warn", rejected="bad"),
    "read": _of(rows="good", rejected="bad"),
    "sync": _of(inserted="good", restored="good", updated="change", unchanged="calm", deleted="warn"),
}
