"""Rows → the parts of a set, finished on this machine, with every row accounted for. Nothing is uploaded here."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from airflow_provider_aam.api.counted import counted
from airflow_provider_aam.api.errors import AAMSourceError
from airflow_provider_aam.api.pool import in_order
from airflow_provider_aam.files.engine import Engine
from airflow_provider_aam.files.rejects import Rejects
from airflow_provider_aam.members.grammar.ids import IdFormat
from airflow_provider_aam.members.making.grouping import TRAITS, Group, Layout, group
from airflow_provider_aam.members.making.partition import Partitions, rejected_rows
from airflow_provider_aam.members.making.parts import Part, write_parts
from airflow_provider_aam.members.making.sets import Today
from airflow_provider_aam.members.target import Target

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
        self.users += group.users
        self.rows += group.rows
        self.items += group.items
        self.duplicates += group.duplicates
        self.unchanged += group.unchanged
        self.removed += group.removed


@dataclass(frozen=True, kw_only=True)
class Made:
    """``numbers`` are those of a receipt, with the URI of the rejects."""

    parts: Sequence[Part]
    numbers: Mapping[str, Any]


def make(
    engine: Engine,
    partitions: Partitions,
    id_format: IdFormat,
    target: Target,
    *,
    layout: Layout = TRAITS,
    today: Today | None = None,
) -> Made:
    """Group ``partitions`` into lines and cut them into parts; ``today`` is given what AAM has when they are processed.

    Raises :class:`AAMSourceError` when more rows are rejected, or more is gone, than the target allows.
    """
    counts = _Counts()
    rejects = Rejects(engine.scratch / "rejects.jsonl", counted_by="code")
    counts.rejected = rejects.counts
    for row in rejected_rows(engine, partitions):
        counts.rows += 1
        rejects.add([row])
    log.info("Read the source; grouping %s.", counted(partitions.count, "partition"))

    def grouped(partition: str) -> Group:
        with engine.con.cursor() as con:
            return group(con, partition, id_format, layout, snapshot=today is not None)

    def lines() -> Iterator[pa.Array]:
        for one in in_order(grouped, partitions, concurrency=PARTITIONS_AT_ONCE):
            counts.add(one)
            rejects.add(one.rejects)
            if today is not None and one.kept is not None:
                today.add(one.kept)
            yield one.lines

    compressed = target.compressed and target.pgp_key is None
    parts = write_parts(lines(), engine.scratch, target.sizes, compressed=compressed)
    rejects_uri = rejects.publish(target.rejects)
    _refuse(counts, target, rejects_uri)
    numbers = {**vars(counts), "rejected": counts.rejected.total(), "rejects_uri": rejects_uri}
    return Made(parts=parts, numbers=numbers)


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
