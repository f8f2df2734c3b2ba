"""What of a Customer Data Feed is there and was not handed out, in groups that are complete together.

A group is what an ``.info`` file lists, or what no ``.info`` file lists in the folder of an hour. Source: Adobe's page
on Customer Data Feeds: files may come late, and in the folder of a later hour.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING, Protocol

from airflow_provider_aam.api.moments import in_words
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.feeds.completeness import Seen, contradictions, fits, lacking
from airflow_provider_aam.feeds.feed_names import folder_of, parse_feed_path, parse_hour
from airflow_provider_aam.feeds.feed_question import FeedQuestion
from airflow_provider_aam.feeds.info import Info, ListedFile, read_infos
from airflow_provider_aam.feeds.ledger import FeedFile, FeedInfo, Handed, etag_of
from airflow_provider_aam.feeds.names import INFO

if TYPE_CHECKING:
    from pendulum import DateTime

KEPT = timedelta(days=8)
"""So long Adobe keeps the files of a feed."""


class Feed(Protocol):
    """The folder of a feed; paths are relative to it."""

    def look(self, since: datetime) -> Mapping[str, Seen]:
        """All files in the folders of the days ``since`` then."""

    def read(self, path: str) -> bytes | None:
        """A small file; ``None`` where it has gone meanwhile."""


@dataclass(frozen=True, kw_only=True)
class Group:
    """``files`` are those that are there and were not handed out; ``lacking``, in words, what is to come."""

    hour: datetime
    files: tuple[FeedFile, ...]
    lacking: tuple[str, ...]
    remarks: tuple[str, ...] = ()
    info: FeedInfo | None = None


@dataclass(frozen=True, kw_only=True)
class Found:
    """``hours`` are those that anything is there of, and those that were handed out; ``is_empty``: nothing is there."""

    groups: tuple[Group, ...]
    hours: frozenset[datetime]
    is_empty: bool


def look(question: FeedQuestion, feed: Feed, handed: Handed, *, now: datetime) -> Found:
    """Reads only ``.info`` files of which something may be left."""
    seen = feed.look((now - KEPT).replace(hour=0, minute=0, second=0, microsecond=0))
    return _Sorting(question, seen, handed, now).found(read_infos(_left_infos(question, seen, handed), feed.read))


def _left_infos(question: FeedQuestion, seen: Mapping[str, Seen], handed: Handed) -> Iterator[str]:
    for path, file in seen.items():
        is_meant = question.info != "ignored" and path.lower().endswith(INFO)
        if is_meant and not handed.has_info(FeedInfo.of(f"{question.source}/{path}", file)):
            yield path


class _Sorting:
    """Files to groups. An ``.info`` file that cannot be read counts as none."""

    def __init__(self, question: FeedQuestion, seen: Mapping[str, Seen], handed: Handed, now: datetime) -> None:
        self._question, self._seen, self._handed, self._now = question, seen, handed, now
        self._hours = {path: name.hour for path in seen if (name := parse_feed_path(path)) is not None}
        self._same_name: dict[str, list[str]] = {}
        for path in sorted(self._hours):
            self._same_name.setdefault(path.rpartition("/")[2], []).append(path)
        self._listed: set[str] = set()

    def found(self, infos: Mapping[str, Info | str]) -> Found:
        read = {path: info for path, info in infos.items() if isinstance(info, Info)}
        hours = {path: info.hour or parse_hour(path) for path, info in read.items()}
        listed = {
            f"{folder_of(hour)}/{file.name}": file for path, hour in hours.items() if hour for file in read[path].files
        }
        own = {path for path, file in listed.items() if path in self._seen and fits(file, self._seen[path])}
        groups = [self._of_info(path, read[path], hour, own) for path, hour in hours.items() if hour is not None]
        groups += self._unlisted({path: info for path, info in infos.items() if isinstance(info, str)})
        there = {parse_hour(path) for path in self._seen} | {*hours.values()}
        hours_there = frozenset(hour for hour in there if hour is not None)
        return Found(
            groups=tuple(sorted(groups, key=lambda group: group.hour)),
            hours=hours_there | frozenset(self._handed.hours),
            is_empty=not hours_there,
        )

    def _of_info(self, path: str, info: Info, hour: datetime, own: set[str]) -> Group:
        places = {file.name: self._place(file, hour, path, own) for file in info.files}
        self._listed.update(place for place in places.values() if place)
        there = {name: self._seen[place] for name, place in places.items() if place}
        gone = self._handed.hours.get(hour, {})  # read, and moved away since
        moved = {name: Seen(size=gone[name]) for name, place in places.items() if place is None and name in gone}
        return Group(
            hour=hour,
            files=self._left([place for place in places.values() if place], hour),
            lacking=lacking(info, {**moved, **there}, by_etag=True),
            remarks=contradictions(info),
            info=FeedInfo.of(f"{self._question.source}/{path}", self._seen[path]),
        )

    def _place(self, file: ListedFile, hour: datetime, info: str, own: set[str]) -> str | None:
        """Where a listed file is: in the folder of its hour or of its ``.info``, else in that of a later hour.

        There it must be the file that is listed, and not the one that an ``.info`` file of that hour lists. It may have
        been handed out as that hour's, when no ``.info`` file told better.
        """
        near = [f"{folder}/{file.name}" for folder in (folder_of(hour), info.rpartition("/")[0])]
        same_name = self._same_name.get(file.name, ())
        later = (path for path in same_name if self._hours[path] > hour and path not in own)
        fitting = (path for path in chain(near, later) if path in self._seen and fits(file, self._seen[path]))
        return next(fitting, next((path for path in near if path in self._seen), None))

    def _unlisted(self, unreadable: Mapping[str, str]) -> Iterator[Group]:
        paths: dict[DateTime, list[str]] = {}
        for path, hour in self._hours.items():
            if path not in self._listed and self._left([path], hour):
                paths.setdefault(hour, []).append(path)
        reasons: dict[DateTime, list[str]] = {}
        for path, reason in unreadable.items():
            if (hour_of_it := parse_hour(path)) is not None:
                reasons.setdefault(hour_of_it, []).append(reason)
        for hour in {*paths, *reasons}:
            there = paths.get(hour, [])
            unproven = tuple(self._unproven(there))
            told = reasons.get(hour, []) if unproven or not there else []
            yield Group(hour=hour, files=self._left(there, hour), lacking=(*told, *unproven))

    def _unproven(self, paths: list[str]) -> Iterator[str]:
        if not paths:
            return
        times = [self._seen[path].changed_at for path in paths]
        known = [each for each in times if each is not None]
        if self._question.info == "required":
            yield f"no .info file lists “{one_line(paths[0].rpartition('/')[2])}”"
        elif len(known) < len(times):
            yield "its store does not tell when files changed, and there is no .info file that shows what belongs to it"
        elif (self._now - max(known)).total_seconds() < self._question.quiet_s:
            yield (
                f"it has no .info file, and its last file changed at {max(known):%H:%M:%S} UTC, less than "
                f"{in_words(self._question.quiet_s)} ago"
            )

    def _left(self, paths: list[str], hour: datetime) -> tuple[FeedFile, ...]:
        files = (self._file(path, hour) for path in sorted(paths))
        return tuple(file for file in files if not self._handed.has(file))

    def _file(self, path: str, hour: datetime) -> FeedFile:
        seen, uri = self._seen[path], self._uri(path)
        return FeedFile(uri=uri, bytes=seen.size, etag=etag_of(seen), hour=hour)

    def _uri(self, path: str) -> str:
        return f"{self._question.source}/{path}"
