"""Are the outbound deliveries of a day all there?

Source: Adobe's pages on ``.info`` files and times of outbound deliveries. The ``.info`` file may come before the data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from airflow_provider_aam.api.counted import counted
from airflow_provider_aam.api.moments import in_words, utc_now
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.feeds.completeness import Seen, lacking
from airflow_provider_aam.feeds.deliveries import Delivery
from airflow_provider_aam.feeds.info import Info
from airflow_provider_aam.feeds.names import missing_splits, readings
from airflow_provider_aam.feeds.outbound_batches import Batch, Folder, Found, look, next_of
from airflow_provider_aam.feeds.outbound_question import OutboundQuestion
from airflow_provider_aam.feeds.outbound_verdict import BatchVerdict, DayState, DeliveredFile, OutboundVerdict


def ask(
    question: OutboundQuestion,
    folder: Folder,
    history: Callable[[], Sequence[Delivery]],
    *,
    now: Callable[[], datetime] = utc_now,
) -> OutboundVerdict:
    """What is there by now. AAM is asked only where a batch has no ``.info`` and needs none. Raises what both do."""
    found = look(question, folder)
    return judge(question, found, history() if wants_history(question, found) else (), now=now())


def wants_history(question: OutboundQuestion, found: Found) -> bool:
    return question.info != "required" and any(batch.info is None for batch in found.batches)


def judge(question: OutboundQuestion, found: Found, history: Sequence[Delivery], *, now: datetime) -> OutboundVerdict:
    """Raises :class:`AAMArgumentError` for names that waiting will not make clear."""
    settled = not [*_unsettled(found.unlisted, found.seen, question, now)]
    if found.unclear is not None and question.info != "required" and settled:
        raise found.unclear
    batches = tuple(_judge_batch(batch, question, found.seen, history, now) for batch in found.batches)
    lacks = tuple(_lacking_of_day(question, found))
    state = DayState.COMPLETE
    if lacks or any(batch.lacking for batch in batches):
        state = DayState.LATE if now >= question.soft_deadline else DayState.WAITING
        state = DayState.MISSING if now >= question.hard_deadline else state
    return OutboundVerdict(
        day=f"{question.day:%Y-%m-%d}",
        state=state,
        batches=batches,
        lacking=lacks,
        soft_deadline=question.soft_deadline,
        hard_deadline=question.hard_deadline,
        asked_at=now,
    )


def _lacking_of_day(question: OutboundQuestion, found: Found) -> Iterator[str]:
    day, count = f"{question.day:%Y-%m-%d}", len(found.batches)
    if found.unclear is not None:
        yield found.unclear.message.rstrip(".")
    elif count < question.batches:
        yield f"{count} of {question.batches} batches are there" if count else f"no batch of {day} is there"
        if not found.meant:
            yield _nothing_meant(question, len(found.seen))
        if not count and found.next_day > 1:
            yield (
                f"{next_of(question.day):%Y-%m-%d} has {found.next_day} batches: the first of them may be the delivery "
                f"of {day}, which slipped"
            )


def _nothing_meant(question: OutboundQuestion, files: int) -> str:
    folder = one_line(question.folder)
    if not files:
        return f"folder {folder} has no files or is not there"
    mode = "" if question.sync_mode == "any" else f"{question.sync_mode} "
    whose = "AAM" if question.destination is None else f"destination {question.destination}"
    whose = whose if question.pattern is None else f"pattern {question.pattern}"
    return (
        f"folder {folder} has {counted(files, 'file')}, but none is called like a {mode}file of {one_line(whose)} "
        "(names need full or iter, and a time)"
    )


def _judge_batch(
    batch: Batch, question: OutboundQuestion, seen: Mapping[str, Seen], history: Sequence[Delivery], now: datetime
) -> BatchVerdict:
    info = batch.info if isinstance(batch.info, Info) else None
    rows = _rows_of(batch, question, history)
    sizes = {file.name: file for file in info.files} if info else {}
    files = tuple(
        DeliveredFile(
            uri=f"{question.folder}/{name}",
            bytes=seen[name].size if name in seen else sizes[name].size,
            lines=sizes[name].lines if name in sizes else None,
            md5=sizes[name].checksum if name in sizes else None,
        )
        for name in batch.files
    )
    return BatchVerdict(
        batch=batch.name,
        mode=batch.mode,
        sent_at=batch.sent_at,
        arrived_at=_arrival([*batch.files, *filter(None, [batch.info_name])], seen),
        info_uri=f"{question.folder}/{batch.info_name}" if batch.info_name else None,
        files=files,
        bytes=sum(file.bytes for file in files),
        lines=info.total_lines if info else None,
        received=_total(row.received for row in rows),
        sent=_total(row.sent for row in rows),
        lacking=tuple(_lacking(batch, question, seen, rows, now)),
    )


def _lacking(
    batch: Batch, question: OutboundQuestion, seen: Mapping[str, Seen], rows: Sequence[Delivery], now: datetime
) -> Iterator[str]:
    if isinstance(batch.info, str):
        yield batch.info
    elif batch.info is not None:
        yield from lacking(batch.info, seen)
    elif question.info == "required":
        yield "its .info file is not there"
    else:
        yield from _gaps(batch.splits)
        yield from _unsettled(batch.files, seen, question, now)
        if not rows:
            yield "AAM's history does not list it yet"
        elif failed := [row for row in rows if not row.success]:
            which = f"“{one_line(failed[0].file)}”" if len(rows) > 1 else "it"
            yield f"AAM's history says that {which} was not sent"


def _gaps(splits: Sequence[int]) -> Iterator[str]:
    if missing := missing_splits(splits):
        yield f"{counted(len(missing), 'file')} before number {max(splits)} not there, the first is {missing[0]}"


def _unsettled(
    names: Iterable[str], seen: Mapping[str, Seen], question: OutboundQuestion, now: datetime
) -> Iterator[str]:
    changed = _arrival(names, seen)
    if changed is None:
        yield "its store does not tell when files changed, and there is no .info file that shows what belongs to it"
    elif (now - changed).total_seconds() < question.quiet_s:
        yield f"its last file changed at {changed:%H:%M:%S} UTC, less than {in_words(question.quiet_s)} ago"


def _arrival(names: Iterable[str], seen: Mapping[str, Seen]) -> datetime | None:
    times = [seen[name].changed_at for name in names if name in seen]
    known = [each for each in times if each is not None]
    return max(known) if known and len(known) == len(times) else None


def _rows_of(batch: Batch, question: OutboundQuestion, history: Sequence[Delivery]) -> list[Delivery]:
    """Its rows of the history by the batch's name, of each file the newest.

    Where no row has it, the newest that began on the day and is not called like files of any batch [inferred].
    """
    named = [(row, row.file.rpartition("/")[2].lower()) for row in history]
    own = {name.partition(".")[0]: row for row, name in named if name.startswith(batch.name.lower())}
    others = [
        row
        for row, name in named
        if not readings(f"{name}.sync") and row.begun_at and question.day <= row.begun_at < next_of(question.day)
    ]
    return [*own.values()] or others[-1:]


def _total(counts: Iterable[int | None]) -> int | None:
    known = [*counts]
    return None if not known or None in known else sum(count or 0 for count in known)
