"""Lines of outbound files → rows, compared with a reader that takes one line after the other."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_provider_aam.api.errors import AAMArgumentError
from airflow_provider_aam.feeds.reading.layout import LineLayout
from airflow_provider_aam.feeds.reading.part import Part
from airflow_provider_aam.feeds.reading.splitting import split

LAYOUTS = [
    LineLayout(),
    LineLayout(separator="\t", list_separator=" "),
    LineLayout(separator="|", user=3, segments=1, removed=2),
    LineLayout(separator="|", user=2, segments=4, removed=3),
    LineLayout(removed=None),
    LineLayout(list_separator=" ", removed=None),
    LineLayout(separator="\t", list_separator="\t", user=2, segments=3, removed=None),
]


def rows_of(found: Part) -> list[dict[str, Any]]:
    found.rows.validate(full=True)
    rows: list[dict[str, Any]] = found.rows.to_pylist()
    return rows


def one_by_one(line: str, layout: LineLayout, *, with_removed: bool = True) -> dict[str, Any] | None:
    """The row that a line is; ``None`` for one to be rejected."""
    columns = line.split(layout.separator)
    if layout.is_one_list:
        before = layout.segments - 1
        columns = [*columns[:before], layout.separator.join(columns[before:])] if columns[before:] else columns
    most = max(layout.user, layout.segments, layout.removed or 0)
    if not max(layout.user, layout.segments) <= len(columns) <= most or not columns[layout.user - 1]:
        return None
    row: dict[str, Any] = {"user": columns[layout.user - 1], "segments": [], "removed": []}
    for name in ("segments", "removed") if with_removed else ("segments",):
        at = getattr(layout, name)
        text = columns[at - 1] if at and at <= len(columns) else ""
        numbers = text.removesuffix(layout.list_separator).split(layout.list_separator) if text else []
        if any(not (number.isascii() and number.isdigit() and len(number) <= 18) for number in numbers):
            return None
        row[name] = [*map(int, numbers)]
    return row


PIECES = [*" ,|\t", *" ,|\t", "7", "12", "007", "1" * 18, "1" * 19, "a", "é", "-"]
LINES = st.lists(st.lists(st.sampled_from(PIECES), max_size=9).map("".join), min_size=1, max_size=8)


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
@settings(max_examples=40, deadline=None)
@given(lines=LINES)
def test_any_lines_are_read_as_one_by_one(layout, lines):
    found = split("".join(f"{line}\n" for line in lines).encode(), layout, with_removed=True)
    expected = [one_by_one(line, layout) for line in lines]
    assert rows_of(found) == [row for row in expected if row is not None]
    bad = {number: line for number, (line, row) in enumerate(zip(lines, expected, strict=True)) if line and row is None}
    assert {number: text for number, (_, text) in found.rejected.items()} == bad
    assert found.lines == len(lines)


def test_documented_line_is_read():
    line = b"59767559181262060060278870901087098252 24,26,27 25,28\n"
    row = {"user": "59767559181262060060278870901087098252", "segments": [24, 26, 27], "removed": [25, 28]}
    assert rows_of(split(line, LineLayout(), with_removed=True)) == [row]
    assert rows_of(split(line, LineLayout(), with_removed=False)) == [row | {"removed": []}]


def test_rejects_say_why():
    lines = [
        b"alone",
        b"u 1 2 3",
        b" 1",
        b"u 1,x",
        b"u 1,,2",
        b"u 1234567890123456789",
        b"\xff 1",
        b"u 1 -2",
        b"",
        b"\xc3\xa9 1",
    ]
    found = split(b"\n".join(lines) + b"\n", LineLayout(), with_removed=True)
    assert rows_of(found) == [{"user": "é", "segments": [1], "removed": []}]
    number = "a segment is not a number of 1 to 18 digits"
    assert {line: reason for line, (reason, _) in found.rejected.items()} == {
        0: "it has fewer than 2 columns",
        1: "it has more than 3 columns",
        2: "it names no user",
        3: number,
        4: number,
        5: number,
        6: "its user is not UTF-8",
        7: number,
    }
    assert found.rejected[6][1] == "\ufffd 1"


def test_numbers_of_any_length_are_read():
    numbers = [int("123456789123456789"[:length]) for length in range(1, 19)]
    block = f"u {','.join(map(str, numbers))} {','.join(map(str, reversed(numbers)))}\n".encode()
    assert rows_of(split(block, LineLayout(), with_removed=True)) == [
        {"user": "u", "segments": numbers, "removed": numbers[::-1]}
    ]


def test_any_other_byte_in_a_number_is_rejected():
    others = {*range(256)} - {*b"0123456789 ,\n"}
    numbers = [b"1" * at + bytes([byte]) + b"1" * (17 - at) for byte in others for at in range(18)]
    found = split(b"".join(b"u %s\n" % number for number in numbers), LineLayout(), with_removed=True)
    assert len(found.rejected) == len(numbers)


def test_largest_number_and_leading_zeros_are_read():
    assert rows_of(split(b"u 999999999999999999,007\n", LineLayout(), with_removed=True))[0]["segments"] == [
        10**18 - 1,
        7,
    ]


@pytest.mark.parametrize(
    ("given_layout", "problem"),
    [
        ({"separator": ""}, "separator is ''"),
        ({"separator": "1"}, "expected one ASCII character other than digits"),
        ({"list_separator": "é"}, "list_separator is 'é'"),
        ({"user": 2}, "columns [2, 2, 3]; expected different numbers"),
        ({"segments": 0}, "columns [1, 0, 3]; expected different numbers, 1 or more"),
        ({"list_separator": " "}, "segments must be the last column, and removed None"),
        ({"header_lines": -1}, "header_lines is -1"),
        ({"delimiter": " "}, "it has no 'delimiter'; known: list_separator, header_lines, separator, user"),
        ("tab", "layout is 'tab'; expected an object with some of list_separator, header_lines, separator"),
        ({"user": "first"}, "Expected `int`, got `str` - at `$.user`"),
    ],
)
def test_impossible_layouts_are_refused(given_layout, problem):
    with pytest.raises(AAMArgumentError) as refused:
        LineLayout.of(given_layout)
    assert problem in str(refused.value)
