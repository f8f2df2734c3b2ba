"""Sets that were sent, kept so that the next run sends only what has changed.

One Parquet file per batch, with a user and a list of sids per row. It appears under an *unfinished* name before the
first inbound file and gets its own when the last is there: whatever happens in between, the next run knows what AAM has
and what it may have.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow_provider_aam.api.errors import AAMArgumentError
from airflow_provider_aam.api.moments import of_epoch_ms
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.files.staging import path_of, stage
from airflow_provider_aam.members.making.items import KIND_BITS, PERHAPS, REMOVED
from airflow_provider_aam.members.reading.shape import Shape
from airflow_provider_aam.members.reading.source import Files, find_files

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

_NAME = re.compile(r"members-(?P<batch>\d+)(?P<unfinished>\.unfinished)?\.parquet", re.ASCII)
_SHAPE = Shape(trait="traits")


class Today:
    """The set that the next run is compared with, a user and a list of sids per row, written as it is made."""

    def __init__(self, path: Path) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        schema = pa.schema([("user", pa.string()), ("traits", pa.list_(pa.int64()))])
        self._path = path
        self._writer = pq.ParquetWriter(path, schema, use_dictionary=["traits.list.element"])

    def add(self, users: pa.Table) -> None:
        self._writer.write_table(users.cast(self._writer.schema))

    def finished(self) -> Path:
        self._writer.close()
        return self._path


@dataclass(frozen=True, kw_only=True)
class KeptSet:
    batch: int
    finished: bool
    path: Any


@dataclass(frozen=True, kw_only=True)
class Sets:
    """``there`` are those in ``folder`` when the run of ``batch`` began."""

    folder: Any
    batch: int
    there: Sequence[KeptSet]

    @cached_property
    def earlier(self) -> Sequence[KeptSet]:
        """The last that was finished before this batch, and those of later runs that were interrupted."""
        before = [one for one in self.there if one.batch < self.batch]
        last = max((one.batch for one in before if one.finished), default=-1)
        return [one for one in before if one.batch > last or (one.batch == last and one.finished)]

    @property
    def size(self) -> int:
        """In bytes."""
        return sum(self._files(one).size for one in self.earlier)

    def relation(self, con: DuckDBPyConnection) -> str:
        """SQL: ``user`` and ``item``, each once, REMOVED where AAM has it for certain."""
        each = [
            f"SELECT user, unnest(traits) AS sid FROM {self._files(one).relation(con, _SHAPE)}" for one in self.earlier
        ]
        if len(each) == 1 and self.earlier[0].finished:
            return f"SELECT user, sid << {KIND_BITS} | {REMOVED} AS item FROM ({each[0]})"
        whole = len(each) if any(one.finished for one in self.earlier) else len(each) + 1
        kind = f"CASE WHEN count(*) = {whole} THEN {REMOVED} ELSE {PERHAPS} END"
        return f"SELECT user, sid << {KIND_BITS} | {kind} AS item FROM ({' UNION ALL '.join(each)}) GROUP BY user, sid"

    def begin(self, today: Path) -> None:
        """Before the first inbound file is there."""
        self._put(today, f"members-{self.batch}.unfinished.parquet")

    def finish(self, today: Path) -> None:
        """When all are. The set before it is kept, without which this run could not be repeated; older ones go."""
        self._put(today, f"members-{self.batch}.parquet")
        (self.folder / f"members-{self.batch}.unfinished.parquet").unlink()
        for one in self.there:
            if one.batch < self.batch and not (one in self.earlier and one.finished):
                one.path.unlink()

    def _put(self, today: Path, name: str) -> None:
        with stage(self.folder / name, through_link=False) as staged:
            shutil.copyfile(today, staged.local)
            staged.publish()

    @staticmethod
    def _files(one: KeptSet) -> Files:
        return find_files(one.path)


def find_sets(folder: Any, batch: int) -> Sets:
    """Raises :class:`AAMArgumentError` where the set of a later batch is there already."""
    there = sorted(_kept(folder), key=lambda one: (one.batch, one.finished))
    if later := [one for one in there if one.batch > batch]:
        names = ", ".join(one_line(one.path.name) for one in later)
        raise AAMArgumentError(
            f"previous: {one_line(path_of(folder))} holds the set of {_utc(later[-1].batch)}, and this run is of "
            f"{_utc(batch)}: sent after it, this set would bring back what that one removed. Nothing was uploaded. "
            f"Run the later one again, or delete {names} there to go on from this run."
        )
    return Sets(folder=folder, batch=batch, there=there)


def _kept(folder: Any) -> Iterator[KeptSet]:
    if not folder.is_dir():
        return
    for path in folder.iterdir():
        if found := _NAME.fullmatch(path.name):
            yield KeptSet(batch=int(found["batch"]), finished=not found["unfinished"], path=path)


def _utc(batch: int) -> str:
    return of_epoch_ms(batch * 1000).to_iso8601_string()
