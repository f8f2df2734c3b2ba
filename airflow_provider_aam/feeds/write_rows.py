"""Rows of delivered files → one file, complete or not at all."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from airflow_provider_aam.api.counted import counted
from airflow_provider_aam.api.errors import AAMSourceError
from airflow_provider_aam.feeds.read_receipt import FileRead, ReadReceipt
from airflow_provider_aam.files.rejects import Rejects
from airflow_provider_aam.files.scratch import scratch_folder
from airflow_provider_aam.files.staging import Destination, path_of, stage
from airflow_provider_aam.files.writers.tables import choose_table_format, open_table

if TYPE_CHECKING:
    import pyarrow as pa

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class ReadOrder:
    """``rejects``: where to write lines that do not fit; the task fails when there are more than ``max_rejected``."""

    destination: Destination
    file_format: str | None = None
    rejects: Destination | None = None
    max_rejected: int = 0


def write_rows(
    order: ReadOrder,
    rows: Callable[[Rejects, list[FileRead]], Generator[pa.RecordBatch]],
    schema: pa.Schema,
    *,
    now: Callable[[], datetime],
    repeating: Sequence[str] | None = None,
) -> ReadReceipt:
    """``rows`` notes what it rejects and which files it has read; with too many rejects only these are written.

    ``repeating`` as of :func:`~airflow_provider_aam.files.writers.tables.open_table`.
    """
    started_at, read = now(), list[FileRead]()
    form = choose_table_format(path_of(order.destination), order.file_format)
    count = 0
    with scratch_folder() as folder, stage(order.destination) as staged:
        rejects = Rejects(folder / "rejects.jsonl", counted_by="reason")
        with (
            open_table(staged.local, form, schema, repeating=repeating) as (writer, written),
            closing(rows(rejects, read)) as batches,
        ):
            for batch in batches:
                writer.write(batch)
                count += len(batch)
        rejects_uri = rejects.publish(order.rejects)
        _refuse(rejects, order, rejects_uri)
        staged.publish()
    receipt = ReadReceipt(
        uri=staged.uri,
        format=form.name,
        rows=count,
        bytes=written.size,
        sha256=written.sha256,
        rejected=rejects.counts.total(),
        rejects_uri=rejects_uri,
        files=read,
        started_at=started_at,
        finished_at=now(),
    )
    log.info("%s", receipt)
    return receipt


def _refuse(rejects: Rejects, order: ReadOrder, rejects_uri: str | None) -> None:
    count = rejects.counts.total()
    if count <= order.max_rejected:
        return
    each = "; ".join(f"{reason}: {number:,}" for reason, number in rejects.counts.most_common())
    where = f"Each is in {rejects_uri}." if rejects_uri else "Set rejects_path to see each of them."
    raise AAMSourceError(
        f"{counted(count, 'line')} rejected (max_rejected={order.max_rejected}): {each}. Nothing was written. "
        f"{where} If most lines are, these may be other files, or lines of another form."
    )
