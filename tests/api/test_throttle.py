"""The number of requests under way: low at first, doubled by good answers, kept to what is not too much."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import pytest
from fakes import FakeTime

from airflow_provider_aam.api.throttle import FIRST, FIRST_PATIENCE, MOST, ConcurrencyLimit, Place, Places


@pytest.fixture
def limit() -> ConcurrencyLimit:
    return ConcurrencyLimit()


def places(limit: ConcurrencyLimit, time: FakeTime, most: int = MOST) -> Places:
    return Places(limit, most, sleep=time.sleep, monotonic=time.monotonic)


class Wave:
    """Requests that are under way together, answered one by one."""

    def __init__(self, limit: ConcurrencyLimit) -> None:
        self.limit = limit
        self.under_way: list[Place] = []
        self.refused = 0
        self.asked_s: float | None = None

    def fill(self, most: int = MOST) -> None:
        while len(self.under_way) < min(self.limit.current, most):
            self.under_way.append(self.limit.enter())

    def round(self, capacity: int, most: int = MOST, now: float = 0.0) -> None:
        """Send as many as may be; those beyond ``capacity`` are refused, and what they leave is filled up at once."""
        self.fill(most)
        for _ in range(len(self.under_way)):
            place = self.under_way.pop(0)
            place.refused = place_is_beyond = len(self.under_way) >= capacity
            place.good, place.asked_s = not place_is_beyond, self.asked_s
            self.refused += place_is_beyond
            self.limit.leave(place, now)


def test_no_more_than_its_own_number_are_under_way(limit: ConcurrencyLimit, time: FakeTime) -> None:
    lock, mine = threading.Lock(), places(limit, time, 3)
    under_way = most = 0

    def work(_: int) -> None:
        nonlocal under_way, most
        with mine.take():
            with lock:
                under_way += 1
                most = max(most, under_way)
            threading.Event().wait(0.002)
            with lock:
                under_way -= 1

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(work, range(60)))
    assert most == 3


def test_it_begins_low_and_doubles_with_every_good_round(limit: ConcurrencyLimit) -> None:
    wave, seen = Wave(limit), []
    for _ in range(4):
        seen.append(limit.current)
        wave.round(capacity=MOST)
    assert seen == [FIRST, 20, 40, MOST]
    assert limit.current == MOST


def test_it_does_not_grow_beyond_twice_what_has_been_tried(limit: ConcurrencyLimit) -> None:
    wave = Wave(limit)
    for _ in range(50):
        wave.round(capacity=MOST, most=4)
    assert limit.current == 2 * FIRST


@pytest.mark.parametrize("capacity", [1, 2, 3, 7, 20, 50])
def test_one_round_of_refusals_finds_the_number(limit: ConcurrencyLimit, capacity: int) -> None:
    wave, rounds = Wave(limit), 0
    while not wave.refused:
        wave.round(capacity)
        rounds += 1
        assert rounds < 10
    found = wave.refused
    for _ in range(FIRST_PATIENCE - 1):
        wave.round(capacity)
    assert limit.current == capacity
    assert wave.refused == found


def test_a_refused_round_halves_at_least(limit: ConcurrencyLimit) -> None:
    wave = Wave(limit)
    for _ in range(2):
        wave.round(MOST)
    wave.fill()
    place = wave.under_way.pop()
    place.refused = True
    limit.leave(place, 0.0)
    assert limit.current == 20


@pytest.mark.parametrize("capacity", [1, 3, 7, 20])
def test_what_was_too_much_is_tried_again_ever_more_rarely(limit: ConcurrencyLimit, capacity: int) -> None:
    wave = Wave(limit)
    for _ in range(100):
        wave.round(capacity)
    first = wave.refused
    for _ in range(900):
        wave.round(capacity)
    assert 1 <= wave.refused - first <= 5
    assert limit.current >= capacity // 2


def test_what_was_too_much_is_not_tried_again_soon_after_a_long_pause(limit: ConcurrencyLimit) -> None:
    wave = Wave(limit)
    wave.asked_s = 1
    for second in range(19):
        for _ in range(50):
            wave.round(capacity=3, now=second)
    assert wave.refused == FIRST - 3
    for _ in range(50):
        wave.round(capacity=3, now=21)
    assert wave.refused == FIRST - 3 + 1


def test_when_it_is_not_too_much_any_more_it_grows_again(limit: ConcurrencyLimit) -> None:
    wave = Wave(limit)
    for _ in range(5):
        wave.round(capacity=3)
    for _ in range(FIRST_PATIENCE + 8):
        wave.round(capacity=MOST)
    assert limit.current == MOST


def test_overload_without_end_comes_down_to_one(limit: ConcurrencyLimit) -> None:
    wave = Wave(limit)
    for _ in range(3):
        wave.round(capacity=0)
    assert limit.current == 1


@contextmanager
def refused(mine: Places, *asked_s: float | None) -> Iterator[None]:
    """As many requests as ``asked_s``, under way together, all refused."""
    with ExitStack() as stack:
        for place, seconds in zip([stack.enter_context(mine.take()) for _ in asked_s], asked_s, strict=True):
            place.refused, place.asked_s = True, seconds
        yield


def test_who_is_refused_alone_waits_and_lets_the_others_wait(
    limit: ConcurrencyLimit, time: FakeTime, caplog: pytest.LogCaptureFixture
) -> None:
    mine = places(limit, time)
    with mine.take() as place:
        place.refused, place.alone_s = True, 4
    with mine.take() as place:
        place.good = True
    assert time.slept == [4]
    with mine.take(), mine.take() as second:
        second.refused, second.alone_s = True, 4
    with mine.take():
        assert time.slept == [4]
    assert (place.one_too_many, second.one_too_many) == (False, True)
    alone, together = caplog.messages
    assert "single request" in alone
    assert "2 requests at once" in together


def test_growth_lets_a_waiting_request_go(limit: ConcurrencyLimit, time: FakeTime) -> None:
    mine = places(limit, time)
    with refused(mine, None):
        pass

    def work() -> int:
        with mine.take() as place:
            return place.number

    with ThreadPoolExecutor(2) as pool, mine.take() as place:
        waiting = [pool.submit(work) for _ in range(2)]
        assert not any(each.done() for each in waiting)
        place.good = True
    assert [each.result(60) for each in waiting]


def test_places_are_given_in_the_order_of_coming(limit: ConcurrencyLimit, time: FakeTime) -> None:
    mine, order = places(limit, time), []
    with refused(mine, None):
        pass

    def work(number: int) -> None:
        with mine.take():
            order.append(number)

    with ThreadPoolExecutor(8) as pool:
        with mine.take():
            waiting = []
            for number in range(8):
                waiting.append(pool.submit(work, number))
                while len(limit._waiting) <= number:
                    threading.Event().wait(0.001)
        for each in waiting:
            each.result(60)
    assert order == [*range(8)]


def test_all_requests_wait_until_the_pause_is_over(limit: ConcurrencyLimit, time: FakeTime) -> None:
    mine = places(limit, time)
    with refused(mine, 20, 5):
        pass
    with mine.take():
        assert time.slept == [20]
    with mine.take():
        assert time.slept == [20]


def test_clients_share_what_is_known_and_keep_their_own_bound(limit: ConcurrencyLimit, time: FakeTime) -> None:
    wide, narrow = places(limit, time, 20), places(limit, time, 2)
    with refused(wide, *[None] * 10):
        pass
    assert narrow.limit.current == 1
    assert (wide.most, narrow.most) == (20, 2)


def test_place_is_given_back_after_an_error(limit: ConcurrencyLimit, time: FakeTime) -> None:
    mine = places(limit, time, 1)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), mine.take():
            raise ZeroDivisionError
    with mine.take():
        pass


def test_whoever_stops_waiting_takes_no_place(limit: ConcurrencyLimit, monkeypatch: pytest.MonkeyPatch) -> None:
    held = [limit.enter() for _ in range(FIRST)]

    def interrupted(_: threading.Event, timeout: float | None = None) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(threading.Event, "wait", interrupted)
        with pytest.raises(KeyboardInterrupt):
            limit.enter()
    for place in held:
        limit.leave(place, 0.0)
    assert limit._in_flight == 0
