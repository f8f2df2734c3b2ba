"""Pages are read in order, in parallel, whatever size the server makes them; a list is whole or an error."""

from __future__ import annotations

import json
import threading
from array import array
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_provider_aam.api.errors import AAMBadAnswer, AAMForbidden, AAMIncomplete, Fate
from airflow_provider_aam.api.paging import Completeness, Page, first_duplicate, iter_pages, parse_page


class Server:
    """Pages of ``total`` rows, never longer than ``largest``."""

    def __init__(self, total: int, largest: int = 1000, *, takes_s: float = 0.001) -> None:
        self.total = total
        self.largest = largest
        self.takes_s = takes_s
        self.asked: list[tuple[int, int]] = []
        self.under_way = self.most = 0
        self.lock = threading.Lock()

    def __call__(self, number: int, size: int) -> bytes:
        with self.lock:
            self.asked.append((number, size))
            self.under_way += 1
            self.most = max(self.most, self.under_way)
        threading.Event().wait(self.takes_s)
        with self.lock:
            self.under_way -= 1
        size = min(size, self.largest)
        rows = [{"sid": sid} for sid in range(self.total)][number * size : (number + 1) * size]
        return json.dumps({"total": self.total, "page": number, "pageSize": size, "list": rows}).encode()


def parsed(fetch: Any) -> Callable[[int, int], Page]:
    return lambda number, size: parse_page(fetch(number, size), number=number, size=size, what="list")


def read(fetch: Any, *, page_size: int = 10, concurrency: int = 3) -> list[int]:
    proof = Completeness(what="list", id_field="sid")
    ids = []
    for page in iter_pages(parsed(fetch), page_size=page_size, concurrency=concurrency, what="list"):
        proof.add(page)
        ids += [json.loads(bytes(row))["sid"] for row in page.rows]
    proof.verify()
    return ids


@settings(deadline=None)
@given(total=st.integers(0, 60), page_size=st.integers(1, 25), largest=st.integers(1, 25), threads=st.integers(1, 5))
def test_every_row_comes_once_and_in_order(total: int, page_size: int, largest: int, threads: int) -> None:
    server = Server(total, largest)
    assert read(server, page_size=page_size, concurrency=threads) == [*range(total)]
    assert len(server.asked) == max(1, -(-total // min(page_size, largest)))
    assert server.most <= threads


def test_bare_array_is_the_whole_list() -> None:
    assert read(lambda *_: b'[{"sid": 7}, {"sid": 8}]') == [7, 8]


def test_first_page_is_asked_for_alone_and_later_ones_in_parallel() -> None:
    server = Server(100, takes_s=0.05)
    pages = iter_pages(parsed(server), page_size=10, concurrency=4, what="list")
    assert next(pages).number == 0
    assert server.asked == [(0, 10)]
    assert [page.number for page in pages] == [*range(1, 10)]
    assert 1 < server.most <= 4


def test_reader_that_stops_early_stops_the_requests() -> None:
    server = Server(1000)
    pages = iter_pages(parsed(server), page_size=10, concurrency=2, what="list")
    next(pages)
    next(pages)
    pages.close()  # type: ignore[attr-defined]
    assert len(server.asked) <= 5


def test_error_of_a_page_in_the_middle_is_an_error_of_the_list() -> None:
    server = Server(50)

    def fetch(number: int, size: int) -> bytes:
        if number == 3:
            raise AAMForbidden("GET: 403", status=403)
        return server(number, size)

    with pytest.raises(AAMForbidden):
        read(fetch)


@pytest.mark.parametrize(
    "body", [b"", b"nonsense", b"{}", b'{"list": []}', b'{"total": 1}', b'{"list": {}, "total": 0}', b"null", b"7"]
)
def test_other_shapes_are_bad_answers(body: bytes) -> None:
    with pytest.raises(AAMBadAnswer, match="page 2 is neither an array nor") as caught:
        parse_page(body, number=2, size=10, what="list")
    assert caught.value.fate is Fate.UNKNOWN


@given(st.binary(max_size=60))
def test_any_body_is_a_page_or_a_bad_answer(body: bytes) -> None:
    try:
        rows = len(parse_page(body, number=0, size=10, what="list").rows)
    except AAMBadAnswer:
        rows = 0
    assert rows >= 0


@pytest.mark.parametrize(
    "body",
    [
        b"[" + b"{}," * 2_000_001 + b"{}]",
        b"[" + b"1," * 12_000_006 + b"1]",
        b'{"list": [], "total": 2000001}',
    ],
    ids=["objects", "numbers", "announced"],
)
def test_more_rows_than_an_account_can_hold_are_a_bad_answer(body: bytes) -> None:
    with pytest.raises(AAMBadAnswer, match=r"segments: page 0 sends or announces more than 2,000,000 rows\."):
        parse_page(body, number=0, size=1000, what="segments")


def test_numbers_that_come_as_text_are_read() -> None:
    page = parse_page(b'{"total": "43", "pageSize": "2", "list": [{}, {}]}', number=0, size=10, what="list")
    assert (page.total, page.size, len(page.rows)) == (43, 2, 2)


# --- proof ------------------------------------------------------------------------------------------------------------


def page(number: int, ids: list[int], total: int | None) -> Page:
    parsed = parse_page(json.dumps([{"sid": sid} for sid in ids]).encode(), number=number, size=10, what="list")
    return Page(number=number, total=total, size=10, rows=parsed.rows)


def verify(*pages: Page) -> None:
    proof = Completeness(what="list of segments", id_field="sid")
    for each in pages:
        proof.add(each)
    proof.verify()


def test_whole_lists_are_proven() -> None:
    verify(page(0, [1, 2], 3), page(1, [3], 3))
    verify(page(0, [1, 2], None))
    verify(page(0, [], 0))
    verify()


@pytest.mark.parametrize(
    ("pages", "words"),
    [
        ([page(0, [1, 2], 3), page(1, [3], 4)], "the total moved from 3 to 4 while it was read"),
        ([page(0, [1, 2], 4), page(1, [4], 3), page(2, [5], 4)], "the total moved from 4 to 3 while it was read"),
        ([page(0, [1, 2], 3)], "AAM announced 3 rows but returned 2"),
        ([page(0, [1, 2], 1)], "AAM announced 1 rows but returned 2"),
        ([page(0, [1, 2], 4), page(1, [2, 3], 4)], "sid 2 came twice, so another row was missed"),
        ([page(0, [5, 5], None)], "sid 5 came twice"),
    ],
)
def test_list_that_is_not_whole_is_told_apart(pages: list[Page], words: str) -> None:
    with pytest.raises(AAMIncomplete, match=words) as caught:
        verify(*pages)
    assert caught.value.retryable


def test_short_first_page_is_not_the_end() -> None:
    body = b'{"total": 30, "page": 0, "pageSize": 10, "list": [{"sid": 1}]}'
    with pytest.raises(AAMIncomplete, match=r"page 0 holds 1 rows of 10 \(total 30\)"):
        read(lambda *_: body)


@pytest.mark.parametrize("said", [{"pageSize": 50}, {}], ids=["as asked", "nothing"])
def test_server_may_cut_pages_down_without_saying_so(said: dict[str, int]) -> None:
    def fetch(number: int, size: int) -> bytes:
        size = min(size, 20)
        rows = [{"sid": sid} for sid in range(45)][number * size : (number + 1) * size]
        return json.dumps({"total": 45, "page": number, "list": rows, **said}).encode()

    assert read(fetch, page_size=50) == [*range(45)]


def test_empty_first_page_with_a_total_is_not_the_end() -> None:
    body = b'{"total": 3, "page": 0, "pageSize": 0, "list": []}'
    with pytest.raises(AAMIncomplete):
        read(lambda *_: body)


def test_short_last_page_is_incomplete() -> None:
    server = Server(25)

    def fetch(number: int, size: int) -> bytes:
        answer = json.loads(server(number, size))
        if number == 2:
            del answer["list"][1:]
        return json.dumps(answer).encode()

    with pytest.raises(AAMIncomplete, match="AAM announced 25 rows but returned 21"):
        read(fetch)


@pytest.mark.parametrize(
    "row", ['{"name": "x"}', '{"sid": null}', '{"sid": "x"}', "7", "null", '{"sid": 1.5}', f'{{"sid": {2**63}}}']
)
def test_row_without_an_id_is_a_bad_answer(row: str) -> None:
    with pytest.raises(AAMBadAnswer, match="page 0 has a row without a numeric sid") as caught:
        read(lambda *_: f"[{row}]".encode())
    assert caught.value.fate is Fate.UNKNOWN


@given(ids=st.lists(st.integers(-(2**63), 2**63 - 1) | st.integers(0, 20), max_size=40), per_pass=st.integers(1, 50))
def test_a_duplicate_is_found_whatever_the_slices_are(ids: list[int], per_pass: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("airflow_provider_aam.api.paging._IDS_PER_PASS", per_pass)
        found = first_duplicate(array("q", ids))
    twice = {value for value, count in Counter(ids).items() if count > 1}
    assert found in twice if twice else found is None
