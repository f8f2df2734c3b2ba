"""AAM's verdict on the files of a push: one plain function, for every way of waiting."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from airflow_provider_aam.api.inbound import InboundFile
from airflow_provider_aam.api.moments import utc_now
from airflow_provider_aam.members.judging.question import Question
from airflow_provider_aam.members.judging.verdict import FileVerdict, State, Verdict

if TYPE_CHECKING:
    from airflow_provider_aam.api.client import AAMClient

MARK = ".processed"
"""AAM puts an object of the file's name with this suffix next to it. Only its partner guide says so."""
_NUMBERED = re.compile(r"(?P<name>.+\.(?:sync|overwrite))(?P<rest>(?:\.(?:\d+|gz|gpg|pgp))*)", re.ASCII)
CLOCKS_DIFFER = timedelta(hours=1)
"""By so much at most, between the worker and AAM."""

Folders = Callable[[str], Collection[str] | None]
"""The names in a folder; ``None`` where it cannot be looked into."""


def ask(client: AAMClient, question: Question, folders: Folders, *, now: Callable[[], datetime] = utc_now) -> Verdict:
    """What AAM has made of the files by now. One request to AAM, none for ``signal='marker'``, and one list per folder.

    Raises what the client does.
    """
    history: Sequence[InboundFile] = ()
    if question.signal != "marker":
        start, end = period(question, now())
        history = client.data_sources.inbound_history(question.data_source, start=start, end=end)
    return judge(question, history, folders, now=now())


def period(question: Question, now: datetime) -> tuple[datetime, datetime]:
    """The part of the history that can hold the files."""
    return question.sent_from - CLOCKS_DIFFER, now + CLOCKS_DIFFER


def judge(question: Question, history: Sequence[InboundFile], folders: Folders, *, now: datetime) -> Verdict:
    """The same, with AAM's history at hand."""
    seen = {folder: folders(folder) for folder in {uri.rpartition("/")[0] for uri in question.uris}}
    recent = [each for each in history if each.begun_at is None or each.begun_at >= question.sent_from - CLOCKS_DIFFER]
    return Verdict(
        batch=question.batch,
        data_source=question.data_source,
        files=tuple(_judge_file(uri, question, recent, seen, now) for uri in question.uris),
        soft_deadline=question.soft_deadline,
        hard_deadline=question.hard_deadline,
        asked_at=now,
    )


@dataclass(frozen=True)
class _Trace:
    """What there is to see of one file. ``times`` it is in the history."""

    record: InboundFile | None
    times: int
    marked: bool
    gone: bool

    @property
    def note(self) -> str:
        if self.record is not None:
            return "in AAM's history, without a .processed mark"
        if self.marked:
            return "picked up; not in AAM's history yet"
        return "no longer in its folder, without a .processed mark" if self.gone else "not picked up yet"

    def is_enough(self, signal: str) -> bool:
        known = self.record is not None
        return {
            "history": known,
            "marker": self.marked,
            "both": known and self.marked,
            "either": known or self.marked,
        }[signal]


def _judge_file(
    uri: str,
    question: Question,
    history: Sequence[InboundFile],
    seen: Mapping[str, Collection[str] | None],
    now: datetime,
) -> FileVerdict:
    folder, _, name = uri.rpartition("/")
    trace = _trace(name, history, seen[folder])
    state, problems = _state(trace, question, now)
    note = "" if state in (State.PROCESSED, State.PARTIAL) else trace.note
    if (record := trace.record) is None:
        return FileVerdict(name=name, state=state, note=note, problems=problems)
    return FileVerdict(
        name=name,
        state=state,
        note=note,
        problems=problems,
        begun_at=record.begun_at,
        received=record.received,
        stored=record.stored,
        percent_success=record.percent_success,
        errors=record.errors,
    )


def _trace(name: str, history: Sequence[InboundFile], names: Collection[str] | None) -> _Trace:
    rows = [each for each in history if _is_of(each.name, name)]
    times = max(Counter(row.name for row in rows).values(), default=0)
    marked = names is not None and f"{name}{MARK}" in names
    gone = names is not None and not marked and name not in names
    return _Trace(_sum([*{row.name: row for row in rows}.values()]), times, marked, gone)


def _is_of(told: str, sent: str) -> bool:
    """Whether AAM means this file.

    It may call it in another letter case, unpacked, or with one more number, where its own distributor has split it
    [inferred: also after the suffix].
    """
    (told_name, told_numbers), (sent_name, sent_numbers) = _split(told), _split(sent)
    more = told_numbers[len(sent_numbers) :]
    return told_name == sent_name and told_numbers == sent_numbers + more and len(more) <= 1


def _split(name: str) -> tuple[str, tuple[int, ...]]:
    """Up to its mode, and the numbers after that."""
    match = _NUMBERED.fullmatch(name.casefold())
    if match is None:
        return name.casefold(), ()
    return match["name"], tuple(int(each) for each in match["rest"].split(".") if each.isdecimal())


def _sum(rows: Sequence[InboundFile]) -> InboundFile | None:
    """The parts of one file as one."""
    if len(rows) < 2:
        return rows[0] if rows else None
    received, stored = (_total(getattr(row, name) for row in rows) for name in ("received", "stored"))
    categories = [name for name in rows[0].errors if all(name in row.errors for row in rows)]
    return replace(
        rows[-1],
        success=all(row.success is not False for row in rows),
        received=received,
        stored=stored,
        percent_success=100 * stored / received if received and stored is not None else None,
        errors={name: sum(row.errors[name] for row in rows) for name in categories},
    )


def _total(counts: Iterable[int | None]) -> int | None:
    known = [*counts]
    return None if None in known else sum(count or 0 for count in known)


def _state(trace: _Trace, question: Question, now: datetime) -> tuple[State, tuple[str, ...]]:
    if trace.record is not None:
        if trace.record.success is False:
            return State.REJECTED, ("AAM's history says that it was not processed",)
        if problems := tuple(_problems(trace.record, question)):
            return State.PARTIAL, problems
    if trace.is_enough(question.signal):
        return (State.DUPLICATE, (f"processed {trace.times} times",)) if trace.times > 1 else (State.PROCESSED, ())
    late = now >= question.soft_deadline
    if late and trace.gone and trace.record is None:
        return State.REJECTED, (trace.note,)
    if now >= question.hard_deadline:
        return State.MISSING, (f"{trace.note}, at {question.hard_deadline:%Y-%m-%d %H:%M} UTC",)
    return (State.LATE if late else State.WAITING), ()


def _problems(record: InboundFile, question: Question) -> Iterator[str]:
    """Limits that are crossed, or cannot be checked."""
    least, percent = question.min_percent_success, record.percent_success
    if least is not None and (percent is None or percent < least):
        found = "AAM names no Percent Success" if percent is None else f"Percent Success is {percent:.2f}"
        yield f"{found} (min_percent_success={least:g})"
    elif record.received and record.stored == 0:
        yield "nothing of it was stored"
    for name, limit in question.max_errors.items():
        count, received = record.errors.get(name), record.received
        if count is None or (received is None and isinstance(limit, float)):
            yield f"AAM names no {name} (max_errors={limit})"
        elif count > (limit * (received or 0) if isinstance(limit, float) else limit):
            yield f"{name}: {count:,} of {'?' if received is None else f'{received:,}'} records (max_errors={limit})"
