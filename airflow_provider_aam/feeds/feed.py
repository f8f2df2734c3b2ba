"""Which hours of a Customer Data Feed are complete and were not handed out; and handing them out, once."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice

from airflow_provider_aam.api.moments import utc_now
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.feeds.feed_hours import KEPT, Feed, Found, Group, look
from airflow_provider_aam.feeds.feed_names import folder_of
from airflow_provider_aam.feeds.feed_question import FeedQuestion
from airflow_provider_aam.feeds.feed_verdict import FeedState, FeedVerdict
from airflow_provider_aam.feeds.ledger import Claim, FeedFile, Handed, Ledger, outdated

HOUR = timedelta(hours=1)
MOST_NAMED = 5
MOST_ATTEMPTS = 20


def ask(question: FeedQuestion, feed: Feed, ledger: Ledger, *, now: Callable[[], datetime] = utc_now) -> FeedVerdict:
    """What could be handed out by now; changes nothing. Raises what both do."""
    handed, moment = Handed(ledger.claims().values()), now()
    if (claim := handed.owners.get(question.owner)) is not None:
        return _again(question, claim, moment)
    return judge(question, look(question, feed, handed, now=moment), handed, now=moment)


def claim(
    verdict: FeedVerdict, question: FeedQuestion, ledger: Ledger, *, now: Callable[[], datetime] = utc_now
) -> FeedVerdict:
    """Hand out what the verdict has to the question's owner, as far as others were not faster.

    Waiting goes on where nothing is left. An owner that was handed out something before gets the same again.
    """
    if verdict.state is not FeedState.COMPLETE or verdict.again:
        return verdict
    for _ in range(MOST_ATTEMPTS):
        claims, moment = ledger.claims(), now()
        handed = Handed(claims.values())
        if (earlier := handed.owners.get(question.owner)) is not None:
            return _again(question, earlier, moment)
        left = tuple(_marked(file, handed) for file in verdict.files if not handed.has(file))
        if not left:
            return replace(verdict, state=FeedState.WAITING, files=(), infos=())
        made = Claim(owner=question.owner, claimed_at=moment, files=left, infos=verdict.infos)
        if ledger.append(max(claims, default=0) + 1, made):
            ledger.forget(outdated(claims, moment))
            return replace(verdict, files=left)
    raise OSError(f"the ledger changed {MOST_ATTEMPTS} times while hours were handed out")


def judge(question: FeedQuestion, found: Found, handed: Handed, *, now: datetime) -> FeedVerdict:
    ready = [group for group in found.groups if group.files and not group.lacking]
    hours = sorted({group.hour for group in ready})
    taken = {*hours[: question.max_hours]}
    state = FeedState.COMPLETE
    if not taken:
        state = FeedState.LATE if now >= question.soft_deadline else FeedState.WAITING
        state = FeedState.MISSING if now >= question.hard_deadline else state
    # A file of two .info files is handed out once.
    files = {file.uri: _marked(file, handed) for group in ready if group.hour in taken for file in group.files}
    return FeedVerdict(
        state=state,
        files=tuple(sorted(files.values(), key=lambda file: (file.hour, file.uri))),
        infos=tuple(group.info for group in found.groups if group.info and _is_done(group, taken)),
        more=len(hours) - len(taken),
        again=False,
        lacking=_few(_lacking(found, question.source)),
        overdue=_few(_overdue(question, found, now)),
        remarks=_few(f"{folder_of(group.hour)}: {remark}" for group in ready for remark in group.remarks),
        soft_deadline=question.soft_deadline,
        hard_deadline=question.hard_deadline,
        asked_at=now,
    )


def _is_done(group: Group, taken: Container[datetime]) -> bool:
    return not group.lacking and (not group.files or group.hour in taken)


def _again(question: FeedQuestion, claim: Claim, now: datetime) -> FeedVerdict:
    return FeedVerdict(
        state=FeedState.COMPLETE,
        files=claim.files,
        infos=(),
        more=0,
        again=True,
        lacking=(),
        overdue=(),
        remarks=(),
        soft_deadline=question.soft_deadline,
        hard_deadline=question.hard_deadline,
        asked_at=now,
    )


def _marked(file: FeedFile, handed: Handed) -> FeedFile:
    return replace(file, late=file.hour in handed.hours, replaces=handed.has_name(file.uri))


def _lacking(found: Found, source: str) -> Iterator[str]:
    """The newest first: of these something is most likely to come."""
    if found.is_empty:
        yield f"folder {one_line(source)} has no day=…/hour=… of the last {KEPT.days} days, or is not there"
    for group in reversed(found.groups):
        yield from (f"{folder_of(group.hour)}: {reason}" for reason in group.lacking)


def _overdue(question: FeedQuestion, found: Found, now: datetime) -> Iterator[str]:
    """Hours since the first that is known of."""
    late = now - timedelta(seconds=question.warn_after_s)
    reasons: dict[datetime, list[str]] = {}
    for group in found.groups:
        reasons.setdefault(group.hour, []).extend(group.lacking)
    hour = max(min(found.hours, default=now), (now - KEPT).replace(minute=0, second=0, microsecond=0))
    while hour < late:
        lacks = reasons.get(hour, []) if hour in found.hours else ["nothing of it is there"]
        if lacks:
            yield f"{folder_of(hour)}: {'; '.join(lacks)}; AAM keeps it until {hour + KEPT:%Y-%m-%d %H:%M} UTC"
        hour += HOUR


def _few(reasons: Iterable[str]) -> tuple[str, ...]:
    said = [*reasons]
    rest = len(said) - MOST_NAMED
    return (*islice(said, MOST_NAMED), *([f"… and {rest:,} more"] if rest > 0 else []))
