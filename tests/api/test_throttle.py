"""The number of requests under way: bounded, halved by overload, grown by success."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from fakes import FakeTime

from airflow_provider_aam.api.throttle import ConcurrencyLimit


def limit_of(highest: int, time: FakeTime) -> ConcurrencyLimit:
    return ConcurrencyLimit(highest, sleep=time.sleep, monotonic=time.monotonic)


def test_no_more_than_the_limit_are_under_way(time: FakeTime) -> None:
    limit, lock = limit_of(3, time), threading.Lock()
    under_way = most = 0

    def work(_: int) -> None:
        nonlocal under_way, most
        with limit.slot():
            with lock:
                under_way += 1
                most = max(most, under_way)
            threading.Event().wait(0.002)
            with lock:
                under_way -= 1

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(work, range(60)))
    assert most == 3


def test_overload_halves_down_to_one(time: FakeTime) -> None:
    limit = limit_of(8, time)
    seen = []
    for _ in range(5):
        with limit.slot() as number:
            limit.slow_down(number, pause_s=None)
        seen.append(limit.current)
    assert seen == [4, 2, 1, 1, 1]


def test_requests_of_one_overload_halve_once(time: FakeTime) -> None:
    limit = limit_of(8, time)
    with limit.slot() as first, limit.slot() as second, limit.slot() as third:
        for number in (second, first, third):
            limit.slow_down(number, pause_s=None)
    assert limit.current == 4


def test_a_full_round_of_good_answers_adds_one(time: FakeTime) -> None:
    limit = limit_of(4, time)
    with limit.slot() as number:
        limit.slow_down(number, pause_s=None)
    for expected in (2, 3, 3, 3, 4, 4):
        limit.speed_up()
        assert limit.current == expected


def test_growth_lets_a_waiting_request_go(time: FakeTime) -> None:
    limit = limit_of(2, time)
    with limit.slot() as number:
        limit.slow_down(number, pause_s=None)
        with ThreadPoolExecutor(1) as pool:

            def wait_for_slot() -> bool:
                with limit.slot():
                    return True

            waiting = pool.submit(wait_for_slot)
            assert not waiting.done()
            limit.speed_up()
            assert waiting.result(5)


def test_all_requests_wait_until_the_pause_is_over(time: FakeTime) -> None:
    limit = limit_of(4, time)
    with limit.slot() as number:
        limit.slow_down(number, pause_s=20)
        limit.slow_down(number, pause_s=5)
    with limit.slot():
        assert time.slept == [20]
    with limit.slot():
        assert time.slept == [20]


def test_slot_is_given_back_after_an_error(time: FakeTime) -> None:
    limit = limit_of(1, time)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), limit.slot():
            raise ZeroDivisionError
    with limit.slot():
        pass
