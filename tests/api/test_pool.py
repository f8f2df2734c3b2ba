"""Work in order: as much at once as may be, but no pile of results that nobody consumes yet."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from airflow_provider_aam.api.pool import FIRST, in_order


def _wait_for(begun, number):
    until = time.monotonic() + 60
    while len(begun) < number:
        assert time.monotonic() < until
        time.sleep(0.001)


def _only(begun, number):
    """Whether so many begin, however long that takes, and no more in some time after that."""
    _wait_for(begun, number)
    time.sleep(0.1)
    return len(begun) == number


def test_a_slow_consumer_does_not_fill_the_memory():
    begun: list[int] = []
    taken: list[int] = []
    most_waiting = 0
    items = (taken.append(number) or number for number in range(60))
    for consumed, _ in enumerate(in_order(begun.append, items, concurrency=64), 1):
        _wait_for(begun, len(taken))
        most_waiting = max(most_waiting, len(taken) - consumed)
    assert len(begun) == 60
    assert most_waiting <= FIRST + 10  # of 64: on a busy machine some have begun and are not done yet


def test_slow_work_is_under_way_as_often_as_may_be():
    gates = [threading.Event() for _ in range(200)]
    begun: list[int] = []

    def work(number):
        begun.append(number)
        assert gates[number].wait(60)
        return number

    results = in_order(work, range(200), concurrency=40)
    with ThreadPoolExecutor() as consumer:
        first = consumer.submit(next, results)
        assert _only(begun, FIRST)
        for gate in gates[:20]:
            gate.set()
        assert [first.result(), *(next(results) for _ in range(19))] == [*range(20)]
        assert _only(begun, 20 + 40)
        for gate in gates:
            gate.set()
        assert [*results] == [*range(20, 200)]
