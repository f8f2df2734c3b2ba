"""The packer alone: requests that fit, are full, keep each user's order, and never have a user in two at once."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_provider_aam.api.stream import build_body
from airflow_provider_aam.stream.operations import Operation
from airflow_provider_aam.stream.packing import Packer

ROOM = 100
LARGEST = ROOM + len(build_body("t", []))
sizes = st.integers(min_value=1, max_value=ROOM)
operations = st.lists(st.tuples(st.sampled_from("abcdefgh"), sizes), max_size=120)


def made(number: int, user: str, size: int) -> Operation:
    return Operation("", number, {}, user, b"x" * size)


def pack(
    rows: list[tuple[str, int]], *, most: int, seed: int, ahead: int = 10**9, by_user: bool = False
) -> list[list[Operation]]:
    """All requests in the order of sending, each answered at some time, as chance will have it."""
    chance, packer, under_way, sent = random.Random(seed), Packer(ROOM, by_user=by_user), [], []

    def start(*, last: bool) -> None:
        while len(under_way) < most and (taken := packer.take(last=last)):
            users = {each.user for each in taken}
            assert not any(users & {each.user for each in other} for other in under_way)
            under_way.append(taken)
            sent.append(taken)

    def answer() -> None:
        packer.answered(under_way.pop(chance.randrange(len(under_way))))

    for number, row in enumerate(rows):
        packer.put([made(number, *row)])
        start(last=False)
        while packer.has_full or packer.waiting_bytes > ahead:
            answer()
            start(last=False)
        if under_way and chance.random() < 0.3:
            answer()
    start(last=True)
    while under_way:
        answer()
        start(last=True)
    assert packer.waiting_bytes == 0
    return sent


@settings(max_examples=300, deadline=None)
@given(operations, st.integers(1, 5), st.integers(), st.sampled_from([2 * ROOM, 10**9]), st.booleans())
def test_every_operation_is_sent_once_in_the_order_of_its_user(rows, most, seed, ahead, by_user):
    sent = pack(rows, most=most, seed=seed, ahead=ahead, by_user=by_user)
    assert not by_user or all(len({each.user for each in request}) == 1 for request in sent)
    assert all(len(build_body("t", [each.wire for each in request])) <= LARGEST for request in sent)
    numbers = [int(each.place) for request in sent for each in request]
    assert sorted(numbers) == [*range(len(rows))]
    for user in {user for user, _ in rows}:
        mine = [number for number in numbers if rows[number][0] == user]
        assert mine == sorted(mine)


@pytest.mark.parametrize("users", [1, 7, 5_000])
def test_requests_are_full(users):
    chance = random.Random(users)
    rows = [(str(chance.randrange(users)), chance.randint(1, 3)) for _ in range(20_000)]
    sent = pack(rows, most=8, seed=1)
    total = sum(size + 1 for _, size in rows)
    assert len(sent) <= 1.03 * total / ROOM + 1


def test_user_that_is_dropped_is_not_sent():
    packer = Packer(10)
    for number in range(4):
        packer.put([made(number, "a", 5)])
    packer.put([made(4, "b", 5)])
    taken = packer.take()
    assert [each.place for each in taken] == ["0"]
    assert [each.place for each in packer.drop("a")] == ["1", "2", "3"]
    packer.answered(taken)
    assert [each.place for each in packer.take(last=True)] == ["4"]
    assert packer.take(last=True) == []
    assert packer.waiting_bytes == 0  # the job waits until it is small


def test_last_request_waits_for_those_who_may_yet_join_it():
    packer = Packer(10)
    packer.put([made(0, "a", 9), made(1, "b", 3), made(2, "a", 3)])
    taken = packer.take(last=True)
    assert [each.place for each in taken] == ["0"]
    assert packer.take(last=True) == []
    packer.answered(taken)
    assert [each.place for each in packer.take(last=True)] == ["1", "2"]
