"""The same work on many things, several at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

FIRST = 20
"""As many as a fresh :class:`ConcurrencyLimit` lets through when the first page of a list has come."""


def in_order(
    work: Callable[[Item], Result], items: Iterable[Item], *, concurrency: int, threads: int | None = None
) -> Iterator[Result]:
    """The results in the order of ``items``; at most ``concurrency`` of them are under way or waiting to be consumed.

    :data:`FIRST` begin at once; each result that is consumed lets two more begin, unless :data:`FIRST` wait already: a
    consumer that is slower than ``work`` does not fill the memory. The first error ends it; what has not begun then
    never begins.

    ``threads``: for work that keeps a processor busy. Then ``concurrency`` begin at once, and may all wait.
    """
    rest = iter(items)
    first = FIRST if threads is None else concurrency
    with ThreadPoolExecutor(max_workers=threads or concurrency, thread_name_prefix="aam") as pool:
        waiting: deque[Future[Result]] = deque(
            pool.submit(work, item) for item in islice(rest, min(first, concurrency))
        )
        try:
            while waiting:
                result = waiting.popleft().result()
                ready = sum(future.done() for future in waiting)
                more = min(2, concurrency - len(waiting)) if ready < first else 0
                waiting.extend(pool.submit(work, item) for item in islice(rest, more))
                yield result
        finally:
            for future in waiting:
                future.cancel()


def side_by_side(work: Callable[[Item], None], items: Iterable[Item], *, concurrency: int) -> None:
    """Nothing waits for its turn among ``items``. The first error ends it; what has not begun then never begins."""
    waiting = deque(items)

    def work_off() -> None:
        while waiting:
            try:
                item = waiting.popleft()
            except IndexError:  # another thread was quicker
                return
            work(item)

    with ThreadPoolExecutor(max_workers=concurrency, thread_name_prefix="aam") as pool:
        working = [pool.submit(work_off) for _ in range(min(concurrency, len(waiting)))]
        try:
            for worker in working:
                worker.result()
        except BaseException:
            waiting.clear()  # or the pool would wait until all is done
            raise
