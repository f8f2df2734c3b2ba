"""Outbound files with a JSON object on each line → rows."""

from __future__ import annotations

import json
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_provider_aam.api.errors import AAMArgumentError
from airflow_provider_aam.feeds.read_delivery import Lines, read_delivery
from airflow_provider_aam.feeds.read_state import read_state
from airflow_provider_aam.feeds.reading.given import find_delivered
from airflow_provider_aam.feeds.reading.history import find_history
from airflow_provider_aam.feeds.reading.layout import LineLayout, ObjectLayout, read_layout
from airflow_provider_aam.feeds.reading.objects import read_objects
from airflow_provider_aam.feeds.reading.part import Part
from airflow_provider_aam.feeds.reading.splitting import split
from airflow_provider_aam.feeds.write_rows import ReadOrder
from airflow_provider_aam.files.engine import Limits
from airflow_provider_aam.hooks.paths import open_path

UUID = "59767559181262060060278870901087098252"  # of Adobe's page on contents of outbound files
LAYOUT = ObjectLayout(user="uuid", segments="in", removed="out")
FULL, ITER = "s3_12_345_full_1795960800000.sync", "s3_12_345_iter_1795960801000.sync"


def read(*lines: str | bytes, layout: ObjectLayout = LAYOUT, with_removed: bool = True) -> Part:
    encoded = [line.encode() if isinstance(line, str) else line for line in lines]
    found = read_objects(b"".join(b"%s\n" % line for line in encoded), layout, with_removed=with_removed)
    found.rows.validate(full=True)
    assert found.lines == len(lines)
    return found


def row(user: str, segments: list[int], removed: list[int]) -> dict[str, Any]:
    return {"user": user, "segments": segments, "removed": removed}


@pytest.mark.parametrize(
    "line",
    [
        f'{{"uuid": "{UUID}", "in": [24, 26, 27], "out": [25, 28]}}',
        f'{{"uuid": {UUID}, "in": ["24", "26", "27"], "out": ["25", "28"]}}',
        f' {{"out":"25,28","more":{{"in":[1]}},"in":"24,26,27,","uuid":"{UUID}"}} ',
    ],
    ids=["lists", "number as user, texts in lists", "texts, other keys"],
)
def test_documented_user_is_read_however_the_template_writes_it(line):
    assert read(line).rows.to_pylist() == [row(UUID, [24, 26, 27], [25, 28])]
    assert read(line, with_removed=False).rows.to_pylist() == [row(UUID, [24, 26, 27], [])]


def test_removed_segments_may_be_missing_and_lists_empty():
    found = read('{"uuid":"a","in":[]}', "", '{"uuid":"b","in":"","out":""}')
    assert found.rows.to_pylist() == [row("a", [], []), row("b", [], [])]


def test_rejects_say_why():
    number = "a segment is not a number of 1 to 18 digits"
    lines = {
        "{": "it is not valid JSON",
        '{"uuid":"a","in":[1]},': "it is not valid JSON",
        '{"uuid":' + "[" * 5000: "it is not valid JSON",
        b'{"uuid":"\xff","in":[1]}': "it is not valid JSON",
        '["a",[1]]': "it is not a JSON object",
        '{"id":"a","in":[1]}': "it has no “uuid”",
        '{"uuid":"a"}': "it has no “in”",
        '{"uuid":"","in":[1]}': "it names no user",
        '{"uuid":["a"],"in":[1]}': "“uuid” is not a string or a number of digits",
        '{"uuid":-1,"in":[1]}': "“uuid” is not a string or a number of digits",
        '{"uuid":"a","in":1}': "“in” is not a list or a string",
        '{"uuid":"a","in":[],"out":null}': "“out” is not a list or a string",
        '{"uuid":"a","in":[1.5]}': number,
        '{"uuid":"a","in":[-1]}': number,
        '{"uuid":"a","in":[1000000000000000000]}': number,
        '{"uuid":"a","in":[{"sid":1}]}': number,
        '{"uuid":"a","in":"1,,2"}': number,
        '{"uuid":"a","in":["1,2"]}': number,
        '{"uuid":"a","in":[],"out":"x"}': number,
    }
    found = read(*lines)
    assert not found.rows
    assert [reason for reason, _ in found.rejected.values()] == [*lines.values()]
    assert found.rejected[3][1] == '{"uuid":"\ufffd","in":[1]}'


NUMBERS = st.lists(st.integers(0, 10**18 - 1), max_size=4)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


@settings(max_examples=50, deadline=None)
@given(rows=st.lists(st.tuples(TEXTS, NUMBERS, NUMBERS), max_size=5), as_texts=st.booleans())
def test_any_objects_are_read_back(rows, as_texts):
    written = (lambda numbers: ";".join(map(str, numbers))) if as_texts else list
    lines = [json.dumps({"uuid": user, "in": written(there), "out": written(gone)}) for user, there, gone in rows]
    layout = ObjectLayout(user="uuid", segments="in", removed="out", list_separator=";")
    assert read(*lines, layout=layout).rows.to_pylist() == [row(*each) for each in rows]


def test_rows_and_state_are_those_of_the_same_delivery_in_columns(tmp_path):
    lines = [json.dumps({"uuid": f"u{number}", "in": [*range(number % 4)], "out": [7]}) for number in range(90)]
    for name in (FULL, ITER):
        (tmp_path / name).write_text("\n".join(["id", *lines[name == ITER :]]))
    out = tmp_path / "out" / "rows.parquet"
    given_lines = Lines(layout=read_layout({"user": "uuid", "segments": "in", "removed": "out", "header_lines": 1}))

    def opened(uri: str) -> Any:
        return open_path(uri, None, what="source")

    files = find_delivered([f"{tmp_path}/{name}" for name in (FULL, ITER)], opened)
    assert [file.lines for file in read_delivery(files, given_lines, ReadOrder(destination=out)).files] == [91, 90]
    columns = b"".join(b"u%d %s 7\n" % (n, b",".join(b"%d" % each for each in range(n % 4))) for n in range(90))
    full, later = (split(columns, LineLayout(), with_removed=incremental).rows for incremental in (False, True))
    assert pq.read_table(out).to_pylist() == [*full.to_pylist(), *later.to_pylist()[1:]]

    history = find_history(f"{tmp_path}/", opened, "2026-11-29")
    read_state(history, given_lines, ReadOrder(destination=out), Limits(threads=2, memory_mb=300))
    state = {each["user"]: each["segments"] for each in pq.read_table(out).to_pylist()}
    assert state == {f"u{number}": [*range(number % 4)] for number in range(90) if number % 4}


@pytest.mark.parametrize(
    ("layout", "problem"),
    [
        ({"user": "uuid"}, "Object missing required field `segments`"),
        ({"user": 1, "segments": "in"}, "Expected `str`, got `int` - at `$.user`"),
        ({"user": "id", "segments": "id"}, "keys ['id', 'id']; expected different ones"),
        ({"user": 'i"d', "segments": "in"}, "without quotes and backslashes"),
        ({"user": "id", "segments": "in", "separator": "|"}, "it has no 'separator'"),
        ({"user": "id", "segments": "in", "list_separator": ""}, "list_separator is ''"),
        ({"user": "id", "segments": "in", "header_lines": -1}, "header_lines is -1"),
    ],
)
def test_impossible_keys_are_refused(layout, problem):
    with pytest.raises(AAMArgumentError) as refused:
        read_layout(layout)
    assert problem in str(refused.value)
