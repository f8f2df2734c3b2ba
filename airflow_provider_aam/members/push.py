"""Rows of users and traits → inbound files under their final names, or nothing."""

from __future__ import annotations

import json
import logging
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_provider_aam.api.errors import AAMSourceError
from airflow_provider_aam.api.moments import utc_now
from airflow_provider_aam.api.pool import in_order
from airflow_provider_aam.files.staging import Destination, stage
from airflow_provider_aam.members.engine import Engine
from airflow_provider_aam.members.grouping import Group, group
from airflow_provider_aam.members.ids import IdFormat
from airflow_provider_aam.members.names import DataFileName
from airflow_provider_aam.members.partition import Partitions, Rules, cut, rejected_rows
from airflow_provider_aam.members.parts import write_parts
from airflow_provider_aam.members.pgp import open_seal
from airflow_provider_aam.members.preflight import Sources
from airflow_provider_aam.members.receipt import MembersReceipt
from airflow_provider_aam.members.sets import Sets, Today
from airflow_provider_aam.members.source import Files
from airflow_provider_aam.members.target import Target
from airflow_provider_aam.members.upload import upload

if TYPE_CHECKING:
    import pyarrow as pa

PARTITIONS_AT_ONCE = 2
"""One is grouped by DuckDB, with all its threads, while the other is written."""

log = logging.getLogger(__name__)


@dataclass(kw_only=True)
class _Counts:
    users: int = 0
    rows: int = 0
    items: int = 0
    duplicates: int = 0
    unchanged: int = 0
    removed: int = 0
    rejected: Counter[str] = field(default_factory=Counter)

    def add(self, group: Group) -> None:
        self.users += len(group.lines)
        self.rows += group.rows
        self.items += group.items
        self.duplicates += group.duplicates
        self.unchanged += group.unchanged
        self.removed += group.removed


def push_members(
    engine: Engine, files: Files, rules: Rules, sources: Sources, target: Target, *, sets: Sets | None = None
) -> MembersReceipt:
    """Write ``files`` as inbound files to the target's folder; with ``sets``, what is new in them and what is gone.

    Raises :class:`AAMSourceError` when more rows are rejected, or more is gone, than the target allows; nothing is
    uploaded then, but the rejects are.
    """
    started_at = utc_now()
    counts = _Counts()
    rejects = _Rejects(engine.scratch / "rejects.jsonl", counts)
    today = None if sets is None else Today(engine.scratch / "set.parquet")
    name = DataFileName(source_id=sources.source_id, target_id=sources.target_id, batch=target.batch, mode=rules.mode)
    with open_seal(target.pgp_key, engine.scratch) as seal:
        lines = _lines(engine, cut(engine, files, rules, sets), sources.id_format, counts, rejects, today)
        compressed = target.compressed and seal is None
        parts = write_parts(lines, engine.scratch, target.sizes, compressed=compressed)
        rejects_uri = rejects.publish(target.rejects)
        _refuse(counts, target, rejects_uri)
        with _kept(sets, today, target):
            sent = [] if target.dry_run else upload(parts, name, target, seal)
    return MembersReceipt(
        batch=target.batch,
        files=sent,
        users=counts.users,
        rows=counts.rows,
        items=counts.items,
        duplicates=counts.duplicates,
        unchanged=counts.unchanged,
        removed=counts.removed,
        rejected=counts.rejected.total(),
        rejects_uri=rejects_uri,
        data_source=sources.source_id,
        target_data_source=sources.target_id,
        mode=rules.mode,
        started_at=started_at,
        finished_at=utc_now(),
    )


class _Rejects:
    """JSON Lines, written as rows are rejected."""

    def __init__(self, path: Path, counts: _Counts) -> None:
        self._path, self._counts = path, counts
        path.touch()

    def add(self, rows: Iterable[Mapping[str, str]]) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            for row in rows:
                self._counts.rejected[row["code"]] += 1
                file.write(json.dumps(row, ensure_ascii=False) + "\n")

    def publish(self, destination: Destination | None) -> str | None:
        if destination is None:
            return None
        with stage(destination) as staged:
            shutil.copyfile(self._path, staged.local)
            staged.publish()
            return staged.uri


@contextmanager
def _kept(sets: Sets | None, today: Today | None, target: Target) -> Iterator[None]:
    """Keep today's set for the next run: as unfinished while the files are uploaded, then for good."""
    if sets is None or today is None or target.dry_run:
        yield
        return
    sets.begin(today.finished())
    yield
    sets.finish(today.finished())


def _lines(
    engine: Engine,
    partitions: Partitions,
    id_format: IdFormat,
    counts: _Counts,
    rejects: _Rejects,
    today: Today | None,
) -> Iterator[pa.Array]:
    for row in rejected_rows(engine, partitions):
        counts.rows += 1
        rejects.add([row])
    log.info("Read the source; grouping %d partitions.", partitions.count)

    def grouped(partition: str) -> Group:
        with engine.con.cursor() as con:
            return group(con, partition, id_format, snapshot=today is not None)

    for one in in_order(grouped, partitions, concurrency=PARTITIONS_AT_ONCE):
        counts.add(one)
        rejects.add(one.rejects)
        if today is not None and one.kept is not None:
            today.add(one.kept)
        yield one.lines


def _refuse(counts: _Counts, target: Target, rejects_uri: str | None) -> None:
    rejected = counts.rejected.total()
    accounted = counts.items + counts.unchanged + counts.duplicates + rejected
    if counts.rows + counts.removed != accounted:
        raise AssertionError(f"{counts.rows} rows came in, {counts.removed} are gone, {accounted} are accounted for")
    if rejected > target.max_rejected:
        each = ", ".join(f"{code} {number:,}" for code, number in counts.rejected.most_common())
        where = (
            f"Each is in {rejects_uri}, with the reason." if rejects_uri else "Set rejects_path to see each of them."
        )
        raise AAMSourceError(
            f"{rejected:,} of {counts.rows:,} rows were rejected (max_rejected={target.max_rejected}): {each}. "
            f"Nothing was uploaded. {where}"
        )
    before = counts.unchanged + counts.removed
    if counts.removed > target.max_removed_ratio * before:
        raise AAMSourceError(
            f"{counts.removed:,} of {before:,} memberships that AAM has are not in the source any more "
            f"(max_removed_ratio={target.max_removed_ratio:g}). Nothing was uploaded. Is the source complete? If so, "
            "raise max_removed_ratio for this run."
        )
