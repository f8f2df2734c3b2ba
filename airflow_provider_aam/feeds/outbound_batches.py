"""Which batches of outbound files a folder holds of a day: by the times in their names, not by the day of arrival.

Source: Adobe's pages on names, ``.info`` files and times of outbound deliveries. AAM delivers once a day, and up to 24
hours later, so that two batches arrive on one day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from airflow_provider_aam.api.errors import AAMArgumentError
from airflow_provider_aam.feeds.completeness import Seen
from airflow_provider_aam.feeds.info import Info, read_infos
from airflow_provider_aam.feeds.names import OutboundName, read_names, readings
from airflow_provider_aam.feeds.outbound_question import OutboundQuestion


class Folder(Protocol):
    def look(self) -> Mapping[str, Seen]:
        """Its files by name."""

    def read(self, name: str) -> bytes | None:
        """A small file; ``None`` where it has gone meanwhile."""


@dataclass(frozen=True, kw_only=True)
class Batch:
    """``info`` is what its ``.info`` file says, or why that cannot be read; ``None`` where there is none."""

    name: str
    mode: str
    sent_at: datetime
    info_name: str | None
    info: Info | str | None
    files: tuple[str, ...]
    splits: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Found:
    """Of a day. ``unclear``: some ``unlisted`` names can be read in two ways; ``next_day``: its batches.

    ``meant``: how many files of the folder are of the destination, whatever their day.
    """

    seen: Mapping[str, Seen]
    batches: tuple[Batch, ...]
    unclear: AAMArgumentError | None
    unlisted: tuple[str, ...]
    next_day: int
    meant: int


def look(question: OutboundQuestion, folder: Folder) -> Found:
    """Raises what the folder does."""
    seen = folder.look()
    names = {text: read for text in seen if (read := question.names(text))}
    ours = {text: read for text, read in names.items() if _is_on(read[0], question.day)}
    named = (text for text, read in ours.items() if read[0].is_info and question.info != "ignored")
    infos = read_infos(named, folder.read)
    listed = {file.name for info in infos.values() if isinstance(info, Info) for file in info.files}
    left = [text for text in ours if text not in listed]
    unclear, decided = None, {}
    try:
        decided = read_names(left, unit=question.timestamp_unit)
    except AAMArgumentError as undecided:
        unclear = undecided
    batches = [*_with_info(ours, infos), *_without_info(decided, infos)]
    following = {read[0].sent_at.int_timestamp for read in names.values() if _is_on(read[0], next_of(question.day))}
    return Found(
        seen=seen,
        batches=tuple(
            sorted(
                (batch for batch in batches if question.sync_mode in ("any", batch.mode)),
                key=lambda batch: (batch.sent_at, batch.name),
            )
        ),
        unclear=unclear,
        unlisted=tuple(left),
        next_day=len(following),
        meant=len(names),
    )


def next_of(day: datetime) -> datetime:
    return day + timedelta(days=1)


def _is_on(name: OutboundName, day: datetime) -> bool:
    """Both readings of a name mean the same second."""
    return day <= name.sent_at < next_of(day)


def _with_info(names: Mapping[str, Sequence[OutboundName]], infos: Mapping[str, Info | str]) -> Iterator[Batch]:
    """The files are those that it lists: in Adobe's sample its own name has another mode than theirs."""
    for text, info in infos.items():
        name, files = names[text][0], () if isinstance(info, str) else info.files
        read = next((read[0] for file in files if (read := readings(file.name))), name)
        yield Batch(
            name=name.batch,
            mode=read.mode,
            sent_at=name.sent_at,
            info_name=text,
            info=info,
            files=tuple(file.name for file in files),
        )


def _without_info(decided: Mapping[str, OutboundName], infos: Mapping[str, Info | str]) -> Iterator[Batch]:
    """Files of a batch whose ``.info`` file is there and does not list them are not waited for."""
    told = {read[0].batch.lower() for text in infos if (read := readings(text))}
    groups: dict[str, list[OutboundName]] = {}
    for name in decided.values():
        if not name.is_info and name.batch.lower() not in told:
            groups.setdefault(name.batch.lower(), []).append(name)
    for names in groups.values():
        names.sort(key=lambda name: (name.split or 0, name.text))
        yield Batch(
            name=names[0].batch,
            mode=names[0].mode,
            sent_at=names[0].sent_at,
            info_name=None,
            info=None,
            files=tuple(name.text for name in names),
            splits=tuple(name.split for name in names if name.split is not None),
        )
