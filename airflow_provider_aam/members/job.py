"""A set of memberships from its files to AAM's: what the words mean, whether AAM will take it, and sending it."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from airflow_provider_aam.account.account import Account
from airflow_provider_aam.account.names import Names
from airflow_provider_aam.files.staging import Destination
from airflow_provider_aam.members.engine import DEFAULT_MEMORY_MB, open_engine
from airflow_provider_aam.members.partition import Rules, distinct_traits
from airflow_provider_aam.members.parts import Sizes
from airflow_provider_aam.members.preflight import Sources, find_sources, find_traits
from airflow_provider_aam.members.push import Target, push_members
from airflow_provider_aam.members.receipt import MembersReceipt
from airflow_provider_aam.members.shape import Shape
from airflow_provider_aam.members.source import Files, find_files
from airflow_provider_aam.members.traits import Traits

if TYPE_CHECKING:
    from airflow_provider_aam.api.client import AAMClient

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Order:
    """What a task asks for. ``batch``: seconds since 1970, in the files' names."""

    source: Sequence[Destination]
    shape: Shape
    data_source: int | str
    target_data_source: int | str | None = None
    are_sids: bool = True
    trait_map: Mapping[str, int] | None = None
    check_traits: bool = True
    mode: Any = "sync"
    clear_users: bool = False
    folder: Any
    put_options: Mapping[str, Any] = field(default_factory=dict)
    batch: int
    sizes: Sizes = field(default_factory=Sizes)
    compressed: bool = True
    rejects: Destination | None = None
    max_rejected: int = 0
    threads: int | None = None
    memory_mb: int = DEFAULT_MEMORY_MB
    dry_run: bool = False


def send_members(client: AAMClient, order: Order) -> MembersReceipt:
    """Check ``order`` against the account, then write its files.

    Raises :class:`AAMArgumentError` with everything that AAM would not take, :class:`AAMLookupFailed` for a data source
    that is not there, :class:`AAMSourceError` when too many rows are rejected.
    """
    account = Account(client)
    files = find_files(order.source)
    sources = find_sources(Names[int](account), order.data_source, order.target_data_source)
    traits = _traits(account, files, sources, order)
    receipt = push_members(
        files,
        Rules(shape=order.shape, traits=traits, mode=order.mode, clear_users=order.clear_users),
        Target(
            folder=order.folder,
            batch=order.batch,
            sources=sources,
            sizes=order.sizes,
            compressed=order.compressed,
            put_options=order.put_options,
            rejects=order.rejects,
            max_rejected=order.max_rejected,
            dry_run=order.dry_run,
        ),
        threads=order.threads,
        memory_mb=order.memory_mb,
    )
    log.info("%s", receipt)
    return receipt


def _traits(account: Account, files: Files, sources: Sources, order: Order) -> Traits:
    if order.shape.key is not None:
        return Traits()
    if order.trait_map is not None:
        known = {str(word): int(sid) for word, sid in order.trait_map.items()}
        if order.check_traits:
            find_traits(account, sources.owner_id, sorted({str(sid) for sid in known.values()}), are_sids=True)
        return Traits(known=known, are_sids=False)
    if order.are_sids and not order.check_traits:
        return Traits()
    with open_engine(memory_mb=order.memory_mb, threads=order.threads) as engine:
        words = distinct_traits(engine, files, order.shape)
    return Traits(known=find_traits(account, sources.owner_id, words, are_sids=order.are_sids), are_sids=order.are_sids)
