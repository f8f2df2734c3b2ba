"""Rows to AAM at once: several requests under way, each user's operations in their order, every row accounted for."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import partial
from queue import SimpleQueue
from typing import TYPE_CHECKING

from airflow_provider_aam.account.progress import EVERY_S
from airflow_provider_aam.api.counted import counted
from airflow_provider_aam.api.errors import AAMError, AAMPushFailed
from airflow_provider_aam.api.moments import utc_now
from airflow_provider_aam.stream.channels import Channel, open_channel
from airflow_provider_aam.stream.delivery import Delivered, deliver
from airflow_provider_aam.stream.operations import Operation, Rejected
from airflow_provider_aam.stream.order import Order
from airflow_provider_aam.stream.reading import Read, read_rows
from airflow_provider_aam.stream.receipt import StreamReceipt
from airflow_provider_aam.stream.tally import Tally, tallying

if TYPE_CHECKING:
    from airflow_provider_aam.api.client import AAMClient

log = logging.getLogger(__name__)

READY = 4
"""Requests that are made before there is a place for them."""
_BARRED = "the id is on AAM's denylist, by the response to an earlier operation; not sent"


def stream_operations(
    client: AAMClient, order: Order, *, monotonic: Callable[[], float] = time.monotonic
) -> StreamReceipt:
    """Send each row of ``order`` as an operation. Running it again has the same effect. ``monotonic`` is for tests.

    Raises :class:`AAMPushFailed` when more than ``max_rejected`` rows were rejected, all others having been sent;
    :class:`AAMLookupFailed`, :class:`AAMArgumentError` and :class:`AAMConfigError` before anything is sent; what
    reading and sending raise, when all requests under way are over.
    """
    started_at = utc_now()
    channel = open_channel(client, order)
    with tallying(order.rejects) as tally:
        run = _Run(client, channel, tally, monotonic)
        try:
            run.carry_out(read_rows(order.source))
        except AAMError as error:
            raise error.with_text(_so_far(tally)) from error
    receipt = StreamReceipt(
        stream_id=order.stream_id,
        domain_alias=order.domain_alias,
        rows=tally.rows,
        sent=tally.sent,
        skipped=tally.skipped,
        rejected=tally.rejected,
        codes=dict(sorted(tally.codes.items())),
        rejects_uri=tally.uri,
        requests=tally.requests,
        bytes=tally.bytes,
        started_at=started_at,
        finished_at=utc_now(),
    )
    log.info("%s", receipt)
    if tally.rejected > order.max_rejected:
        raise _failure(tally, order)
    return receipt


class _Run:
    def __init__(self, client: AAMClient, channel: Channel, tally: Tally, monotonic: Callable[[], float]) -> None:
        self._most = client.max_concurrency
        self._form = channel.form
        self._ahead = channel.ahead
        self._packer = channel.packer
        self._tally = tally
        self._monotonic = monotonic
        self._told = monotonic()
        self._barred: set[str] = set()
        self._failed = False
        self._under_way: dict[Future[Delivered], list[Operation]] = {}
        self._over: SimpleQueue[Future[Delivered]] = SimpleQueue()
        self._send = partial(deliver, send=channel.send, max_attempts=client.max_attempts, pause=client.pause)

    def carry_out(self, parts: Iterable[Read]) -> None:
        with ThreadPoolExecutor(max_workers=self._most, thread_name_prefix="aam") as pool:
            try:
                for part in parts:
                    self._take_in(part)
                    self._start(pool)
                    while self._packer.has_full or self._packer.waiting_bytes > self._ahead:
                        self._await()
                        self._start(pool)
                while self._start(pool, last=True):
                    self._await()
            except BaseException:
                self._failed = True
                raise
            finally:  # what has been sent counts, whatever happened to others
                self._count_the_rest()

    def _take_in(self, part: Read) -> None:
        if isinstance(part, Rejected):
            self._tally.rows += 1
            self._tally.reject([part])
            return
        self._tally.rows += len(part.rows)
        operations, rejected = self._form.read(part)
        self._tally.reject(rejected)
        if self._barred:
            self._tally.reject(_barred(each) for each in operations if each.user in self._barred)
            operations = [each for each in operations if each.user not in self._barred]
        self._packer.put(operations)

    def _start(self, pool: ThreadPoolExecutor, *, last: bool = False) -> bool:
        """Whether requests are under way. Some are made before there is a place for them: no place waits for one."""
        while not self._over.empty():
            self._await()
        while len(self._under_way) < self._most + READY and (operations := self._packer.take(last=last)):
            future = pool.submit(self._deliver, operations)
            self._under_way[future] = operations
            future.add_done_callback(self._over.put)
        return bool(self._under_way)

    def _deliver(self, operations: Sequence[Operation]) -> Delivered:
        if self._failed:
            return Delivered()
        try:
            delivered = self._send(operations)
        except BaseException:
            self._failed = True  # before the next one begins
            raise
        if delivered.failure:
            self._failed = True
        return delivered

    def _await(self) -> None:
        future = self._over.get()
        operations = self._under_way.pop(future)
        delivered = future.result()
        self._tally.add(delivered)
        if delivered.failure:
            raise delivered.failure
        for user in delivered.barred:
            self._barred.add(user)
            self._tally.reject(map(_barred, self._packer.drop(user)))
        self._packer.answered(operations)
        self._tell()

    def _tell(self) -> None:
        now = self._monotonic()
        if now - self._told >= EVERY_S:
            self._told = now
            log.info("AAM has accepted %s of %s read so far", f"{self._tally.sent:,}", counted(self._tally.rows, "row"))

    def _count_the_rest(self) -> None:
        for future in wait(self._under_way).done:
            if future.exception() is None:
                self._tally.add(future.result())


def _barred(operation: Operation) -> Rejected:
    return Rejected(place=operation.place, row=operation.given, code="DENYLISTED", reason=_BARRED)


def _so_far(tally: Tally) -> str:
    if not (tally.sent or tally.unsure):
        return "Nothing was changed in AAM."
    accepted = f"had accepted at least {counted(tally.sent, 'operation')}" if tally.sent else "may have accepted some"
    return f"AAM {accepted} by then. Running the task again sends them again, to the same effect."


def _failure(tally: Tally, order: Order) -> AAMPushFailed:
    accepted = tally.sent or tally.unsure
    said = [
        f"{tally.rejected:,} of {counted(tally.rows, 'row')} rejected (max_rejected={order.max_rejected:,}).",
        f"AAM keeps the {tally.sent:,} that it accepted." if accepted else "Nothing was changed in AAM.",
        f"Skipped: {tally.skipped:,}." if tally.skipped else "",
        f"Every rejected row is in {tally.uri}." if tally.uri else "Set rejects_path to get every rejected row.",
    ]
    error = AAMPushFailed(
        f"{' '.join(filter(None, said))}\n{tally.examples()}",
        counts={name: getattr(tally, name) for name in ("rows", "sent", "skipped", "rejected", "requests")},
    )
    error.retryable = tally.failed == tally.rejected
    return error
