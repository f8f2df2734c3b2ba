"""Against a server that takes a number of requests at once, and tells nobody which: all is done, nothing twice."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from crowd import Crowd
from fakes import FakeTime

from airflow_provider_aam.api.client import AAMClient
from airflow_provider_aam.emulator import Emulator
from api.support import MakeClient

HIGHEST = 32
TRIES = 4
"""So often at most is one more than the found number tried within these tests; half of it where that is more: a busy
machine sends so many one after the other, not at once."""
MANY = 20
"""Answers must take longer than it takes to send so many requests, or they are never under way together."""
EVERY_NUMBER = [*itertools.product([1, 3, 7, MANY], [None, "1"])]


@pytest.fixture(params=EVERY_NUMBER, ids=lambda each: f"{each[0]} at once, Retry-After {each[1]}")
def crowd(request: pytest.FixtureRequest, emulator: Emulator) -> Iterator[Crowd]:
    most, retry_after = request.param
    with Crowd(emulator.url, most, latency_s=0.05 if most == MANY else 0.02, retry_after=retry_after) as crowd:
        yield crowd


@pytest.fixture
def client(crowd: Crowd, emulator: Emulator, make_client: MakeClient) -> AAMClient:
    return make_client(host=crowd.url, ims_url=emulator.url, max_concurrency=HIGHEST)


def only_one_round_was_refused(crowd: Crowd) -> bool:
    return 0 < crowd.refused <= HIGHEST - crowd.most + TRIES


def test_pull_is_complete(crowd: Crowd, emulator: Emulator, client: AAMClient) -> None:
    emulator.seed(segments=900)
    emulator.clear_stats()
    rows = [row for page in client.segments.iter_pages({}, page_size=10) for row in page.rows]
    assert len(rows) == len({bytes(row) for row in rows}) == 900
    assert emulator.count("GET /v1/segments") == 90
    assert only_one_round_was_refused(crowd)


def test_everything_is_created_once(crowd: Crowd, emulator: Emulator, client: AAMClient) -> None:
    names = [f"n{number}" for number in range(120)]
    client.side_by_side(lambda name: client.data_sources.create({"name": name, "integrationCode": name}), names)
    assert sorted(source["name"] for source in emulator.objects("data_sources")) == sorted(names)
    assert only_one_round_was_refused(crowd)


def test_second_client_knows_what_the_first_has_found(
    crowd: Crowd, emulator: Emulator, client: AAMClient, make_client: MakeClient
) -> None:
    emulator.seed(segments=600)
    client.segments.fetch_all()
    assert len([*client.segments.iter_pages({}, page_size=10)]) == 60
    crowd.most_at_once = 0
    second = make_client(host=crowd.url, ims_url=emulator.url)
    assert len([*second.segments.iter_pages({}, page_size=10)]) == 60
    assert crowd.most_at_once <= crowd.most + max(TRIES, crowd.most // 2)


def test_waiting_for_a_place_uses_up_no_attempts(emulator: Emulator, make_client: MakeClient, time: FakeTime) -> None:
    with Crowd(emulator.url, 1, latency_s=0.002) as crowd:
        client = make_client(host=crowd.url, ims_url=emulator.url, max_attempts=1, max_concurrency=HIGHEST)
        emulator.seed(segments=1000)
        assert len([*client.segments.iter_pages({}, page_size=10)]) == 100
