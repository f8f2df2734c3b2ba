"""A set of ids that belong together from its files to AAM's: which data sources they are of, and sending it."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from airflow_provider_aam.account.account import Account
from airflow_provider_aam.account.names import Names
from airflow_provider_aam.api.counted import counted
from airflow_provider_aam.api.errors import AAMArgumentError
from airflow_provider_aam.api.moments import utc_now
from airflow_provider_aam.files.engine import Limits
from airflow_provider_aam.members.grammar.ids import CUSTOMER_ID, GLOBAL_SOURCES, HASHED_EMAIL, IdFormat
from airflow_provider_aam.members.grammar.names import IdSyncName
from airflow_provider_aam.members.making.assemble import make
from airflow_provider_aam.members.making.idsync import LAYOUTS, Family, IdColumns, IdRows
from airflow_provider_aam.members.making.partition import cut
from airflow_provider_aam.members.reading.engine import open_engine
from airflow_provider_aam.members.reading.preflight import find_source
from airflow_provider_aam.members.reading.query import Source, find_rows
from airflow_provider_aam.members.receipt import MembersReceipt
from airflow_provider_aam.members.target import Target
from airflow_provider_aam.members.uploading.upload import upload

if TYPE_CHECKING:
    from airflow_provider_aam.api.client import AAMClient

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class IdSyncOrder:
    """What a task asks for. ``ids``: the data source of each column, in the order of the file's columns.

    ``id_formats`` say the format of a column's ids where it is not what the data source's settings say.
    """

    source: Source
    ids: Mapping[str, int | str]
    id_formats: Mapping[str, str] = field(default_factory=dict)
    family: Family = "adobe_id"
    target: Target
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, kw_only=True)
class IdSyncReceipt(MembersReceipt):
    """``rows`` = ``items`` + ``duplicates`` + ``rejected``, in rows of the source; ``users``: ids of the first column.

    ``data_source`` is the first of one's own [inferred: AAM reports an ID sync file to each of its data sources].
    """

    family: Family
    data_sources: Sequence[int]

    def __str__(self) -> str:
        """One line for the log."""
        return (
            f"ID sync of data sources {', '.join(map(str, self.data_sources))}: {self.items:,} of {self.rows:,} rows "
            f"({self.duplicates:,} duplicates, {self.rejected:,} rejected) with {self.users:,} ids in column 1, "
            f"{counted(len(self.files), 'file')}, {sum(file.bytes for file in self.files):,} bytes."
        )


def send_ids(client: AAMClient, order: IdSyncOrder) -> IdSyncReceipt:
    """Check the data sources of ``order``, then write its files.

    Raises :class:`AAMArgumentError` for what AAM's grammar has no file for, :class:`AAMLookupFailed` for a data source
    that is not there, :class:`AAMSourceError` when too many rows are rejected.
    """
    started_at = utc_now()
    shape = IdColumns(columns=tuple(order.ids))
    source_ids, formats = _find_sources(client, order)
    name = IdSyncName(family=order.family, source_ids=source_ids, batch=order.target.batch)
    str(name)
    with open_engine(order.limits) as engine:
        files = find_rows(order.source, shape, engine.scratch)
        partitions = cut(engine, files, IdRows(shape=shape, formats=formats[1:]))
        made = make(engine, partitions, formats[0], order.target, layout=LAYOUTS[order.family])
        sent = [] if order.target.dry_run else upload(made.parts, name, order.target)
    receipt = IdSyncReceipt(
        **made.numbers,
        batch=order.target.batch,
        files=sent,
        data_source=next((each for each in source_ids if each not in GLOBAL_SOURCES), source_ids[0]),
        target_data_source=None,
        data_sources=source_ids,
        family=order.family,
        mode="sync",
        started_at=started_at,
        finished_at=utc_now(),
    )
    log.info("%s", receipt)
    return receipt


def _find_sources(client: AAMClient, order: IdSyncOrder) -> tuple[tuple[int, ...], list[IdFormat]]:
    names = Names[int](Account(client))
    found = [find_source(names, given, order.id_formats.get(column)) for column, given in order.ids.items()]
    source_ids = tuple(source_id for source_id, _ in found)
    formats = [form for _, form in found]
    if len(set(source_ids)) < len(source_ids):
        raise AAMArgumentError("ids: expected a different data source for each column, found one twice.")
    if order.family == "c2c_id":
        return source_ids, [formats[0], *(HASHED_EMAIL for _ in formats[1:])]
    if formats[0] == CUSTOMER_ID:
        log.warning(
            "The first column holds customer ids. Adobe asks for device ids there; one of its own examples has "
            "customer ids, so the files are written."
        )
    return source_ids, formats
