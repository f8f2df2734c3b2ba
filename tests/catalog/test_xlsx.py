"""Excel workbooks: what a cell is read as, which sheet is which kind, and one clear finding for everything wrong."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from airflow_provider_aam.api.errors import AAMSourceError
from airflow_provider_aam.catalog.problems import Problem
from airflow_provider_aam.catalog.reading.readers.xlsx import read_xlsx
from airflow_provider_aam.catalog.reading.rows import Table
from airflow_provider_aam.catalog.reading.source import read_tables
from catalog.support import read_source


def workbook(**sheets: list[list[Any]]) -> bytes:
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row, start=1):
                cell = sheet.cell(number, column, value)
                if isinstance(value, str) and not value.startswith("#"):
                    cell.data_type = "s"
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def read(content: bytes) -> tuple[list[Table], list[str]]:
    findings: list[Problem] = []
    tables = read_xlsx(io.BytesIO(content), "plan.xlsx", ["traits"], findings)
    return tables, [str(finding) for finding in findings]


def test_cells_become_text_and_rows_know_their_sheet():
    day, moment = date(2026, 1, 2), datetime.fromisoformat("2026-01-02T03:04:05")
    content = workbook(
        Traits=[
            ["name", " ttl ", "day", "moment", "on", "share", "code", None],
            ["One", 120.0, day, moment, True, 0.5, "007"],
            [],
            [None, "", " "],
            ["Two", 5, None, time(1, 2), False, 1e20, "=1+1", ""],
        ],
        Empty=[],
        Blank=[[None, " "], [""]],
    )
    (table,), findings = read(content)
    assert findings == []
    assert [dict(row.values) for row in table.rows] == [
        {"name": "One", "ttl": "120", "day": "2026-01-02", "moment": "2026-01-02T03:04:05", "on": "true"}
        | {"share": "0.5", "code": "007"},
        {"name": "Two", "ttl": "5", "moment": "01:02:00", "on": "false", "share": "1" + 20 * "0", "code": "=1+1"},
    ]
    assert [str(row.place) for row in table.rows] == ["plan.xlsx[Traits], row 2", "plan.xlsx[Traits], row 5"]
    assert str(table.rows[1].place_of("name")) == "plan.xlsx[Traits], row 5"
    assert (table.title, table.header) == ("Traits", ("name", "ttl", "day", "moment", "on", "share", "code"))


def test_formula_is_read_as_the_value_stored_beside_it():
    plain = workbook(Traits=[["name"], ["stored"]])
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(plain)) as old, zipfile.ZipFile(content, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                start, cell, end = part.partition(b'<c r="A2" t="inlineStr"><is><t>stored</t></is></c>')
                assert cell
                part = start + b'<c r="A2" t="str"><f>UPPER("kept")</f><v>KEPT</v></c>' + end
            new.writestr(name, part)
    (table,), findings = read(content.getvalue())
    assert (findings, [dict(row.values) for row in table.rows]) == ([], [{"name": "KEPT"}])


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([[], ["name"], ["a"]], "[T], row 1: has no header row with column names"),
        ([["name", "ttl", "name"], ["a"]], "[T], row 1: the column 'name' is a duplicate"),
        ([["name"], ["a"], ["b", None, "c"]], "[T], row 3: 3 cells under 1 columns: name each column in row 1"),
        ([["name", "ttl"], ["a", "#REF!"]], "[T], row 2: ttl: the cell holds the error #REF!"),
    ],
)
def test_sheet_that_is_wrong_is_a_finding_with_its_row(rows, said):
    assert f"plan.xlsx{said}" in read(workbook(T=rows))[1]


def test_value_under_no_name_is_kept_for_the_check():
    (table,), _ = read(workbook(T=[["name", None, "ttl"], ["a", "b", "c"]]))
    assert [dict(row.values) for row in table.rows] == [{"name": "a", "": "b", "ttl": "c"}]


def test_what_is_no_workbook_is_one_finding():
    empty = io.BytesIO()
    with zipfile.ZipFile(empty, "w"):
        pass
    for content in (b"", b"name,ttl", empty.getvalue(), workbook(T=[["name"]])[:-40]):
        assert read(content)[1][0].startswith("plan.xlsx: is not a well-formed workbook: ")


def test_without_openpyxl_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "openpyxl", None)
    _, findings = read(workbook(T=[["name"]]))
    assert findings == ["plan.xlsx: is a workbook, which needs openpyxl: pip install 'airflow-provider-aam[xlsx]'"]


def test_workbook_without_a_filled_sheet_is_empty():
    for content in (workbook(Sheet1=[]), workbook(Sheet1=[[None], [" "]], **{"x-notes": [["n"], ["o"]]})):
        assert read(content) == ([], ["plan.xlsx: is empty; expected a sheet with a header row"])


def source(path: Path, **sheets: list[list[Any]]) -> list[dict[str, Any]]:
    path.write_bytes(workbook(**sheets))
    return [dict(row.values) for row in read_source(path, key="traits")]


def test_source_is_the_only_sheet_or_the_one_called_like_the_kind(tmp_path):
    rows = [["name"], ["a"]]
    assert source(tmp_path / "a.xlsx", Sheet1=rows, Empty=[], **{"x-notes": [["n"], ["o"]]}) == [{"name": "a"}]
    assert source(tmp_path / "a.xlsm", Segments=[["name"], ["s"]], TRAIT=rows) == [{"name": "a"}]
    assert source(tmp_path / "header.xlsx", Sheet1=[["name"]]) == []
    with pytest.raises(AAMSourceError, match="holds the sheets A, B; call the one to be read 'traits'"):
        source(tmp_path / "two.xlsx", A=rows, B=rows)


CELL = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), min_size=1, max_size=8
)
ROWS = st.lists(
    st.dictionaries(
        st.sampled_from(["name", "comments", "ttl"]),
        CELL.filter(lambda text: text.strip() and text[0] != "#"),
        min_size=1,
    ),
    max_size=4,
)


@settings(deadline=None, max_examples=40)
@given(ROWS)
def test_workbook_reads_back_what_was_written(rows):
    names = ["name", "comments", "ttl"]
    (table,), findings = read(workbook(T=[names, *([row.get(name) for name in names] for row in rows)]))
    assert (findings, [dict(row.values) for row in table.rows]) == ([], rows)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 8000), st.binary(min_size=1, max_size=8))
@example(4767, b"\0\0\0\0\0\0\x04")  # says of a part that it is enormous
def test_damaged_workbook_is_read_or_a_finding(tmp_path_factory, at, bytes_put):
    content = workbook(T=[["name"], ["a"]])
    at %= len(content)
    path = tmp_path_factory.mktemp("damaged", numbered=True) / "plan.xlsx"
    path.write_bytes(content[:at] + bytes_put + content[at + len(bytes_put) :])
    findings: list[Problem] = []
    assert read_tables(path, ["traits"], findings) or findings
