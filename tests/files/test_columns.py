"""A row as the values of stable, typed columns, with nothing lost."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from airflow_provider_aam.api.errors import AAMArgumentError, AAMBadAnswer
from airflow_provider_aam.api.resources import DATA_SOURCES, RESOURCES, SEGMENTS, TRAITS, Type
from airflow_provider_aam.api.rows import Rows
from airflow_provider_aam.files.columns import OTHER, Columns, check_fields, to_iso
from airflow_provider_aam.files.writers.csv import CsvWriter
from airflow_provider_aam.files.writers.jsonl import JsonlWriter
from airflow_provider_aam.files.writers.parquet import ParquetWriter

unhurried = settings(deadline=None)  # the first example imports pyarrow, and the machine may be busy


def raw(row: Any) -> msgspec.Raw:
    return msgspec.Raw(json.dumps(row).encode())


def values(row: Any, columns: Columns) -> dict[str, Any]:
    return {name: value for name, (value,) in zip(columns.types, columns.of_lines(raw(row)), strict=True)}


ALL = Columns.of(SEGMENTS, fields=None, include_metrics=False)


def test_columns_are_the_documented_fields_and_the_rest():
    assert list(ALL.types) == [*SEGMENTS.fields, OTHER]
    with_metrics = Columns.of(TRAITS, fields=None, include_metrics=True)
    assert list(with_metrics.types) == [*TRAITS.fields, *TRAITS.metrics, OTHER]


def test_documented_values_are_kept_and_absent_ones_are_none():
    row = values({"sid": 7, "name": "n", "createTime": 1_767_225_600_000, "description": None}, ALL)
    assert {name: value for name, value in row.items() if value is not None} == {
        "sid": 7,
        "name": "n",
        "createTime": 1_767_225_600_000,
    }


def test_undocumented_fields_are_kept_together():
    row = values({"sid": 7, "inUse": True, "mappedEntities": {"destinations": [1]}, "new": None}, ALL)
    assert json.loads(row[OTHER]) == {"inUse": True, "mappedEntities": {"destinations": [1]}, "new": None}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sid", "7x"),
        ("sid", "007"),
        ("sid", "9" * 19),
        ("sid", True),
        ("sid", 2**63),
        ("sid", 10**30),
        ("name", 7),
        ("createTime", "2026-01-01"),
        ("createTime", 10**18),
        ("createTime", True),
    ],
)
def test_value_of_another_type_is_kept_with_the_rest(field, value):
    row = values({field: value}, ALL)
    assert row[field] is None
    assert json.loads(row[OTHER]) == {field: value}


@pytest.mark.parametrize(("field", "text"), [("sid", "7"), ("sid", "-7"), ("createTime", "1767225600000")])
def test_whole_number_that_came_as_text_is_the_number(field, text):
    row = values({field: text}, ALL)
    assert row[field] == int(text)
    assert row[OTHER] is None


@pytest.mark.parametrize(
    ("value", "kept"), [(0.19, True), (1, True), (2**53, True), (2**53 + 1, False), ("1", False), (True, False)]
)
def test_number_column_takes_what_a_float_holds_exactly(value, kept):
    row = values({"accuracy": value}, Columns.of(TRAITS, fields=None, include_metrics=False))
    assert (row["accuracy"] == value) is kept
    assert (row[OTHER] is None) is kept


def test_lists_and_booleans_of_data_sources():
    columns = Columns.of(DATA_SOURCES, fields=None, include_metrics=False)
    row = values({"containerIds": [1, "ü"], "inboundS2S": False, "dataExportRestrictions": None}, columns)
    assert row["containerIds"] == '[1,"ü"]'
    assert row["inboundS2S"] is False
    assert row["dataExportRestrictions"] is None
    assert values({"inboundS2S": 0}, columns)[OTHER] == '{"inboundS2S":0}'


def test_selected_fields_come_alone_and_in_their_order():
    columns = Columns.of(SEGMENTS, fields=["name", "sid"], include_metrics=False)
    assert values({"sid": 7, "name": "n", "pid": 1}, columns) == {"name": "n", "sid": 7}


def test_selected_field_of_another_type_is_an_error_because_nothing_would_keep_it():
    columns = Columns.of(SEGMENTS, fields=["folderId"], include_metrics=False)
    with pytest.raises(AAMBadAnswer, match=r'folderId is "x7", which is not of type integer.*_other'):
        columns.of_lines(raw({"folderId": "x7"}))


@pytest.mark.parametrize("row", [b"[1]", b'{"a":"\\ud800"}', b'{"a":1e999}', b'{"a":"\xff"}'])
def test_row_that_cannot_be_decoded_is_a_bad_answer(row):
    with pytest.raises(AAMBadAnswer, match="segments: a row cannot be decoded"):
        ALL.of_lines(row)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (["sid", "nmae"], "segments have no nmae. Did you mean name?"),
        (["totalUniques7Day"], "Metrics need include_metrics=True"),
        (["sid", 7], "have no 7"),
        (["sid", "sid"], "twice"),
        ([], "not empty"),
        ("sid,name", "must be a list"),
        ({"sid"}, "must be a list"),
    ],
    ids=str,
)
def test_bad_fields_are_refused(fields, said):
    with pytest.raises(AAMArgumentError, match=said.replace("?", r"\?")):
        check_fields(SEGMENTS, fields, include_metrics=False)


def test_good_fields_pass():
    assert check_fields(SEGMENTS, None, include_metrics=False) is None
    assert check_fields(SEGMENTS, ["name", "sid"], include_metrics=False) == ("name", "sid")
    assert check_fields(SEGMENTS, ["totalUniques7Day"], include_metrics=True) == ("totalUniques7Day",)


@unhurried
@given(st.datetimes(timezones=st.just(UTC)))
def test_iso_text_of_an_instant_reads_back(moment):
    moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    epoch_ms = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    text = to_iso(epoch_ms)
    assert text.endswith("Z")
    assert datetime.fromisoformat(text) == moment


# What AAM might send: any JSON value under a documented or an unknown name.
texts = st.text(st.characters(exclude_categories=["Cs"]))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)
resources = st.sampled_from(sorted(RESOURCES))


@st.composite
def some_rows(draw: st.DrawFn) -> tuple[str, list[dict[str, Any]]]:
    name = draw(resources)
    names = st.sampled_from(sorted(RESOURCES[name].fields)) | st.just(OTHER) | texts
    return name, draw(st.lists(st.dictionaries(names, json_values, max_size=8), min_size=1, max_size=4))


def restore(row: dict[str, Any], columns: Columns) -> dict[str, Any]:
    """The object that a table's row was made of, without its nulls of documented fields."""
    other = json.loads(row.get(OTHER) or "{}")
    documented = {name: row[name] for name in columns.types if name != OTHER and row[name] is not None}
    for name, kind in columns.types.items():
        if name in documented and kind is Type.JSON:
            documented[name] = json.loads(documented[name])
    return {**documented, **other}


def as_sent(restored: dict[str, Any], sent: dict[str, Any]) -> dict[str, Any]:
    """A whole number that came as text is a number in its column, a boolean a boolean."""
    return {
        name: str(value).lower() if isinstance(value, int) and isinstance(sent.get(name), str) else value
        for name, value in restored.items()
    }


def test_booleans_as_text_are_booleans():
    columns = Columns.of(RESOURCES["users"], fields=["isAdmin"], include_metrics=False)
    assert [values({"isAdmin": text}, columns)["isAdmin"] for text in ("true", "false", True)] == [True, False, True]
    columns = Columns.of(RESOURCES["users"], fields=None, include_metrics=False)
    row = values({"userId": 1, "isAdmin": "TRUE"}, columns)
    assert (row["isAdmin"], row[OTHER]) == (None, '{"isAdmin":"TRUE"}')


def without_nulls(row: dict[str, Any], columns: Columns) -> dict[str, Any]:
    documented = columns.types.keys() - {OTHER}
    return {name: value for name, value in row.items() if value is not None or name not in documented}


@unhurried
@example(("algorithms", [{"algoTypeId": "0"}, {"algoTypeId": "-0"}, {"algoTypeId": "07"}]))
@example(("users", [{"userId": 1, "isAdmin": "true"}, {"userId": 2, "isAdmin": "True"}]))
@given(some_rows())
def test_any_row_can_be_restored_from_its_columns(some):
    name, rows = some
    columns = Columns.of(RESOURCES[name], fields=None, include_metrics=False)
    for row in rows:
        sent = without_nulls(row, columns)
        assert as_sent(restore(values(row, columns), columns), sent) == sent


def parse_cell(text: str, kind: Type) -> Any:
    if text == "":
        return None
    match kind:
        case Type.INTEGER:
            return int(text)
        case Type.NUMBER:
            return float(text)
        case Type.BOOLEAN:
            return {"true": True, "false": False}[text]
        case Type.INSTANT:
            return (datetime.fromisoformat(text) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
        case _:
            return text


@unhurried
@example(("algorithms", [{"algoTypeId": "0"}, {"algoTypeId": "-0"}, {"algoTypeId": "07"}]))
@given(some_rows())
def test_any_row_survives_csv(some):
    name, rows = some
    columns = Columns.of(RESOURCES[name], fields=None, include_metrics=False)
    file = io.BytesIO()
    writer = CsvWriter(file, columns)
    writer.write(Rows(map(raw, rows)))
    writer.close()
    read = list(csv.DictReader(io.StringIO(file.getvalue().decode("utf-8"), newline="")))
    assert len(read) == len(rows)
    for cells, row in zip(read, rows, strict=True):
        parsed = {column: parse_cell(cells[column], kind) for column, kind in columns.types.items()}
        empty = {column for column, kind in columns.types.items() if kind is Type.TEXT and row.get(column) == ""}
        sent = {key: value for key, value in without_nulls(row, columns).items() if key not in empty}
        assert as_sent(restore(parsed, columns), sent) == sent


@unhurried
@example(("algorithms", [{"algoTypeId": "0"}, {"algoTypeId": "-0"}, {"algoTypeId": "07"}]))
@given(some_rows())
def test_any_row_survives_parquet(some):
    from pyarrow import parquet

    name, rows = some
    columns = Columns.of(RESOURCES[name], fields=None, include_metrics=False)
    file = io.BytesIO()
    writer = ParquetWriter(file, columns)
    writer.write(Rows(map(raw, rows)))
    writer.close()
    table = parquet.read_table(io.BytesIO(file.getvalue()))
    for index, row in enumerate(rows):
        read = {
            column: table[column][index].value if kind is Type.INSTANT else table[column][index].as_py()
            for column, kind in columns.types.items()
        }
        sent = without_nulls(row, columns)
        assert as_sent(restore(read, columns), sent) == sent


@unhurried
@given(some_rows(), st.sampled_from([None, 2]))
def test_any_row_is_one_line_of_jsonl_however_it_is_printed(some, indent):
    _, rows = some
    file = io.BytesIO()
    pretty = [msgspec.Raw(json.dumps(row, indent=indent, ensure_ascii=False).encode()) for row in rows]
    JsonlWriter(file, fields=None).write(Rows(pretty))
    lines = file.getvalue().split(b"\n")
    assert lines.pop() == b""
    assert [json.loads(line) for line in lines] == rows


def test_jsonl_keeps_the_bytes_of_a_row():
    file = io.BytesIO()
    row = b'{"sid": 7,  "name":"\\u00fc\\/<b>", "n": 1.50e1, "big": 123456789012345678901234567890}'
    JsonlWriter(file, fields=None).write(Rows([msgspec.Raw(row)]))
    assert file.getvalue() == row + b"\n"


def test_jsonl_turns_a_lone_carriage_return_between_tokens_into_nothing():
    file = io.BytesIO()
    JsonlWriter(file, fields=None).write(Rows([msgspec.Raw(b'{"a":\r1}'), msgspec.Raw(b'{"a":2}')]))
    assert file.getvalue() == b'{"a":1}\n{"a":2}\n'


def test_jsonl_with_fields_keeps_order_and_bytes_and_leaves_absent_ones_out():
    file = io.BytesIO()
    writer = JsonlWriter(file, fields=("name", "sid"))
    writer.write(Rows([msgspec.Raw(b'{"sid":7,"pid":1,"name":"\\u00fc"}'), msgspec.Raw(b'{"sid":8}')]))
    writer.write(Rows())
    writer.close()
    assert file.getvalue() == b'{"name":"\\u00fc","sid":7}\n{"sid":8}\n'


def test_jsonl_with_fields_refuses_what_is_no_object():
    with pytest.raises(AAMBadAnswer, match="cannot be decoded"):
        JsonlWriter(io.BytesIO(), fields=("sid",)).write(Rows([msgspec.Raw(b"[7]")]))


def test_parquet_row_groups_have_a_fixed_size(monkeypatch):
    from pyarrow import parquet

    file = io.BytesIO()
    writer = ParquetWriter(file, ALL)
    for page in range(25):
        writer.write(Rows(raw({"sid": page * 1000 + n}) for n in range(1000)))
    writer.write(Rows())
    writer.close()
    metadata = parquet.ParquetFile(io.BytesIO(file.getvalue())).metadata
    assert [metadata.row_group(n).num_rows for n in range(metadata.num_row_groups)] == [10_000, 10_000, 5_000]
