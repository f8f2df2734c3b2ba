"""Lists of AAM, read page by page and verified complete.

With ``page`` and ``pageSize`` AAM returns ``{"total", "page", "pageSize", "list"}``, pages counted from 0; without
them, or where a resource knows no pages, a bare array of everything. Both are read here, whatever was asked for.
"""

from __future__ import annotations

import operator
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import msgspec

from airflow_provider_aam.api.answers import UNREADABLE
from airflow_provider_aam.api.errors import AAMBadAnswer, AAMIncomplete, Fate
from airflow_provider_aam.api.pool import in_order
from airflow_provider_aam.api.rows import Rows

LARGEST_PAGE = 1000
"""What Adobe's own bulk workbook asks for at most; beyond it the server's behavior is not documented."""

AGAIN = "The account may be changing while it is read. Retry, or run at a quieter hour."
SMALLEST_PAGE = 10
"""AAM's own page size when none is asked for: no server makes pages shorter."""
MOST_ROWS = 2_000_000
"""In one list; an account holds 100,000 traits. A server that sends or announces more would fill memory or disk."""
_IDS_PER_PASS = 25_000
_ID = operator.attrgetter("id")


@dataclass(frozen=True, kw_only=True)
class Page:
    """``total`` is ``None`` for a bare array, which is all there is."""

    number: int
    total: int | None
    size: int
    rows: Rows


class _Envelope(msgspec.Struct, rename={"rows": "list", "page_size": "pageSize"}):
    rows: list[msgspec.Raw]
    total: int
    page_size: int | None = None


_decoder = msgspec.json.Decoder(_Envelope | list[msgspec.Raw], strict=False)

FetchPage = Callable[[int, int], Page]
"""(page number, page size) → the page, read with :func:`parse_page`."""


def parse_page(body: bytes, *, number: int, size: int, what: str) -> Page:
    """Raises :class:`AAMBadAnswer` for anything but the two documented shapes, and for more than ``MOST_ROWS``."""
    too_many = f"{what}: page {number} sends or announces more than {MOST_ROWS:,} rows."
    # A row has more than six fields; a page of usual size is too short to be worth counting.
    if len(body) > MOST_ROWS and max(body.count(b"{"), body.count(b",") // 6) > MOST_ROWS:
        raise AAMBadAnswer(too_many, fate=Fate.UNKNOWN)
    try:
        answer = _decoder.decode(body)
    except UNREADABLE as broken:
        raise AAMBadAnswer(
            f"{what}: page {number} is neither an array nor {{list, total}} ({broken}).", fate=Fate.UNKNOWN
        ) from broken
    if isinstance(answer, list):
        return Page(number=number, total=None, size=size, rows=Rows(answer))
    if answer.total > MOST_ROWS:
        raise AAMBadAnswer(too_many, fate=Fate.UNKNOWN)
    return Page(number=number, total=answer.total, size=answer.page_size or size, rows=Rows(answer.rows))


def iter_pages(fetch: FetchPage, *, page_size: int, concurrency: int, what: str) -> Iterator[Page]:
    """Every page in order; at most ``concurrency`` of them under way or waiting to be consumed.

    The first page is asked for alone, because it tells ``total`` and the page size that the server really uses.
    """
    first = fetch(0, page_size)
    yield first
    if first.total is None or len(first.rows) >= first.total:
        return
    size = _size_in_use(first, asked=page_size, what=what)
    yield from in_order(lambda number: fetch(number, size), range(1, -(-first.total // size)), concurrency=concurrency)


def _size_in_use(first: Page, *, asked: int, what: str) -> int:
    """A server may cut the page size down, and say so or not: its pages are then as long as the first of them."""
    due = min(asked, first.total or 0)
    if len(first.rows) == first.size or len(first.rows) >= min(due, SMALLEST_PAGE):
        return len(first.rows)
    raise AAMIncomplete(f"{what}: page 0 holds {len(first.rows)} rows of {due} (total {first.total}). {AGAIN}")


@dataclass(kw_only=True)
class Completeness:
    """Proof that a list is whole: rows = the total that every page announces, and no id twice.

    Holds eight bytes a row.
    """

    what: str
    id_field: str
    rows: int = 0
    first_total: int | None = None
    last_total: int | None = None
    """The first that differs from ``first_total``, or the same."""
    _ids: array[int] = field(default_factory=lambda: array("q"), repr=False)
    _decoder: msgspec.json.Decoder[Any] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        id_only = msgspec.defstruct("IdOnly", [("id", int)], rename={"id": self.id_field}, gc=False)
        self._decoder = msgspec.json.Decoder(id_only, strict=False)

    def add(self, page: Page) -> None:
        if page.number == 0:
            self.first_total = self.last_total = page.total
        elif self.last_total == self.first_total:
            self.last_total = page.total
        self.rows += len(page.rows)
        try:
            self._ids.extend(map(_ID, self._decoder.decode_lines(page.rows.lines)))
        except (msgspec.MsgspecError, OverflowError) as broken:
            text = f"{self.what}: page {page.number} has a row without a numeric {self.id_field} ({broken})."
            raise AAMBadAnswer(text, fate=Fate.UNKNOWN) from broken

    def verify(self) -> None:
        """Raises :class:`AAMIncomplete` with the numbers that do not agree."""
        if self.first_total != self.last_total:
            raise AAMIncomplete(
                f"{self.what}: the total moved from {self.first_total} to {self.last_total} while it was read. {AGAIN}"
            )
        if self.first_total is not None and self.rows != self.first_total:
            raise AAMIncomplete(
                f"{self.what}: AAM announced {self.first_total:,} rows but returned {self.rows:,}. {AGAIN}"
            )
        duplicate = first_duplicate(self._ids)
        if duplicate is not None:
            raise AAMIncomplete(
                f"{self.what}: {self.id_field} {duplicate} came twice, so another row was missed. {AGAIN}"
            )


def first_duplicate(ids: array[int]) -> int | None:
    """A value that occurs twice, in a fixed amount of memory: one slice of the values at a time."""
    if all(map(operator.lt, ids, islice(ids, 1, None))):  # in AAM's order of ids
        return None
    slices = 1 + len(ids) // _IDS_PER_PASS
    for wanted in range(slices):
        seen: set[int] = set()
        for value in ids:
            if value % slices == wanted:
                if value in seen:
                    return value
                seen.add(value)
    return None
