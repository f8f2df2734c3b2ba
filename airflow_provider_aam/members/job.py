"""A set of memberships from its files to AAM's: what the words mean, whether AAM will take it, and sending it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from airflow_provider_aam.account.account import Account
from airflow_provider_aam.account.names import Names
from airflow_provider_aam.files.engine import Engine, Limits
from airflow_provider_aam.members.grammar.names import Mode
from airflow_provider_aam.members.making.items import LARGEST_SID
from airflow_provider_aam.members.making.partition import Rules, distinct_traits
from airflow_provider_aam.members.making.sets import find_sets
from airflow_provider_aam.members.push import push_members
from airflow_provider_aam.members.reading.engine import open_engine
from airflow_provider_aam.members.reading.preflight import Sources, find_sources, find_traits
from airflow_provider_aam.members.reading.query import Source, find_rows
from airflow_provider_aam.members.reading.shape import Shape
from airflow_provider_aam.members.reading.source import Files
from airflow_provider_aam.members.reading.traits import Traits
from airflow_provider_aam.members.receipt import MembersReceipt
from airflow_provider_aam.members.target import Target

if TYPE_CHECKING:
    from airflow_provider_aam.api.client import AAMClient

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Words:
    """What a trait is called: by sid, by an integration code of the data source that owns it, or as ``map`` says."""

    are_sids: bool = True
    map: Mapping[str, int] | None = None
    checked: bool = True
    """Whether each has to be in AAM, onboarded and of that data source."""
    create: Callable[[AAMClient, int, Sequence[str]], None] | None = field(default=None, repr=False)
    """Creates traits of a data source for integration codes that are not there."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """What a task asks for."""

    source: Source
    shape: Shape
    words: Words
    data_source: int | str
    target_data_source: int | str | None = None
    id_format: str | None = None
    mode: Mode = "sync"
    clear_users: bool = False
    previous: Any = None
    """The folder of the sets that were sent: a snapshot, of which only what changes is sent."""
    target: Target
    limits: Limits = field(default_factory=Limits)


def send_members(client: AAMClient, order: Order) -> MembersReceipt:
    """Check ``order`` against the account, then write its files.

    Raises :class:`AAMArgumentError` with everything that AAM would not take, :class:`AAMLookupFailed` for a data source
    that is not there, :class:`AAMSourceError` when too many rows are rejected.
    """
    sets = None if order.previous is None else find_sets(order.previous, order.target.batch)
    with open_engine(order.limits) as engine:
        files, sources, rules = prepare(engine, client, order)
        receipt = push_members(engine, files, rules, sources, order.target, sets=sets)
    log.info("%s", receipt)
    return receipt


def prepare(engine: Engine, client: AAMClient, order: Order) -> tuple[Files, Sources, Rules]:
    """What the words of ``order`` mean, checked against the account; raises as :func:`send_members` does."""
    account = Account(client)
    files = find_rows(order.source, order.shape, engine.scratch)
    sources = find_sources(Names[int](account), order.data_source, order.target_data_source, order.id_format)
    traits = _traits(engine, account, files, sources, order)
    return files, sources, Rules(shape=order.shape, traits=traits, mode=order.mode, clear_users=order.clear_users)


def _traits(engine: Engine, account: Account, files: Files, sources: Sources, order: Order) -> Traits:
    words = order.words
    if order.shape.key is not None:
        return Traits()
    if words.map is not None:
        known: Mapping[str, int] = {str(word): int(sid) for word, sid in words.map.items()}
        if words.checked:
            find_traits(account, sources.owner_id, sorted({str(sid) for sid in known.values()}), are_sids=True)
        return Traits(known=known, are_sids=False)
    if words.are_sids and not words.checked:
        return Traits()
    named = distinct_traits(engine, files, order.shape)
    create = None if words.create is None else partial(_create, account.client, sources.owner_id, order)
    known = find_traits(account, sources.owner_id, named, are_sids=words.are_sids, create=create)
    return Traits(known=known, are_sids=words.are_sids)


def _create(client: AAMClient, owner_id: int, order: Order, codes: Sequence[str]) -> Mapping[str, int]:
    """In a trial the sids are stand-ins: nothing is created, and no file is written."""
    assert order.words.create is not None
    order.words.create(client, owner_id, codes)
    if order.target.dry_run:
        return {code: LARGEST_SID - number for number, code in enumerate(codes)}
    return find_traits(Account(client), owner_id, codes, are_sids=False)
