"""The two ways to AAM: what a row becomes on each, how much of it goes into a request, and how that is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from airflow_provider_aam.account.account import Account
from airflow_provider_aam.account.names import Names
from airflow_provider_aam.api.numbers import whole_number
from airflow_provider_aam.api.resources import DATA_SOURCES
from airflow_provider_aam.api.stream import LARGEST_BODY_BYTES, Reply, build_body
from airflow_provider_aam.stream.delivery import Send
from airflow_provider_aam.stream.events import ROOM_BYTES, EventForm
from airflow_provider_aam.stream.operations import Form, Operation, Rejected, Rows
from airflow_provider_aam.stream.packing import Packer

if TYPE_CHECKING:
    from airflow_provider_aam.api.client import AAMClient
    from airflow_provider_aam.stream.order import Order

REQUESTS_AHEAD = 2
"""Operations that are read ahead, in requests per one under way: of users who have to wait there may be many."""
EVENTS_AHEAD_BYTES = 256_000
"""The same for the DCS, whose requests are small: some ten thousand rows."""
ECID = "ECID"
"""The namespace of Experience Cloud IDs."""


class Reads(Protocol):
    def read(self, rows: Rows) -> tuple[list[Operation], list[Rejected]]: ...


@dataclass(frozen=True, kw_only=True)
class Channel:
    """``ahead`` is how many bytes of operations may wait."""

    form: Reads
    packer: Packer
    ahead: int
    send: Send


def open_channel(client: AAMClient, order: Order) -> Channel:
    """Raises :class:`AAMLookupFailed`, :class:`AAMArgumentError` and :class:`AAMConfigError`; nothing is sent yet."""
    if order.stream_id is not None:
        return _customer_data(client, order, order.stream_id)
    return _dcs(client, order, order.domain_alias or "")


def _customer_data(client: AAMClient, order: Order, stream_id: str) -> Channel:
    client.stream.check(stream_id)
    source, targets = _data_sources(client, order)
    identity: dict[str, Any] = {"namespaceCode": order.namespace} if source is None else {"dataSourceId": source}
    room = LARGEST_BODY_BYTES - len(build_body(order.tracing_id, []))

    def send(operations: Sequence[Operation]) -> Reply:
        return client.stream.send(stream_id, [each.wire for each in operations], tracing_id=order.tracing_id)

    return Channel(
        form=Form(identity=identity, targets=targets, default=order.operation, room=room),
        packer=Packer(room),
        ahead=REQUESTS_AHEAD * client.max_concurrency * LARGEST_BODY_BYTES,
        send=send,
    )


def _dcs(client: AAMClient, order: Order, domain_alias: str) -> Channel:
    client.dcs.check(domain_alias, order.region)
    source, targets = _data_sources(client, order)
    if source is not None:
        form = (
            EventForm(key="d_cid", owner=source, targets=targets)
            if source
            else EventForm(key="d_uuid", targets=targets)
        )
    elif order.namespace == ECID:
        form = EventForm(key="d_mid", targets=targets)
    else:
        form = EventForm(key="d_cid_ic", owner=order.namespace, targets=targets)

    def send(operations: Sequence[Operation]) -> Reply:
        """They are of one user, so what the DCS has against one it has against all."""
        keys = b"&".join([form.head(operations[0].user), *(each.wire for each in operations)])
        event = client.dcs.send(domain_alias, keys, region=order.region, expect_uuid=order.expect_uuid)
        faults = dict.fromkeys(range(len(operations)), event.faults) if event.faults else {}
        return Reply(transaction_id=event.transaction_id, faults=faults)

    return Channel(form=form, packer=Packer(ROOM_BYTES, by_user=True), ahead=EVENTS_AHEAD_BYTES, send=send)


def _data_sources(client: AAMClient, order: Order) -> tuple[int | None, Sequence[int]]:
    """The ids of that of the users, and of that of the traits."""
    names = Names[int](Account(client))

    def find(given: int | str) -> int:
        return number if (number := whole_number(given)) is not None else names.find(DATA_SOURCES, given)

    source = None if order.data_source is None else find(order.data_source)
    return source, () if order.target_data_source is None else (find(order.target_data_source),)
