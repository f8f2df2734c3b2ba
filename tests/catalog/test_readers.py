"""Files of desired objects: every format, what is read from it, and one clear finding for everything wrong."""

from __future__ import annotations

import gzip
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from airflow_provider_aam.api.errors import AAMSourceError
from airflow_provider_aam.catalog.problems import Problem
from airflow_provider_aam.catalog.reading.readers import READERS
from airflow_provider_aam.catalog.reading.readers.text import TextStream
from airflow_provider_aam.catalog.reading.rows import SourceRow
from airflow_provider_aam.catalog.reading.source import rows_from_list
from catalog.support import read_source


def read(suffix: str, content: bytes | str) -> tuple[list[SourceRow], list[str]]:
    findings: list[Problem] = []
    content = content.encode() if isinstance(content, str) else content
    tables = READERS[suffix](io.BytesIO(content), "t", ["traits"], findings)
    return [row for table in tables for row in table.rows], [str(finding) for finding in findings]


def values(suffix: str, content: bytes | str) -> list[dict[str, Any]]:
    rows, findings = read(suffix, content)
    assert findings == []
    return [dict(row.values) for row in rows]


def problem(suffix: str, content: bytes | str) -> str:
    _, (finding,) = read(suffix, content)
    return finding


YAML = """\
# our traits
x-defaults: &web
  dataSource: web
  ttl: 007
traits:
  - <<: *web
    name: One
    integrationCode: 007

  - {<<: [*web, {folder: /a}], name: "2", ttl: 1_000, description: ~, comments: ''}
"""


def test_yaml_keeps_scalars_as_they_are_written_and_knows_every_line():
    rows, findings = read(".yaml", YAML)
    assert findings == []
    assert [dict(row.values) for row in rows] == [
        {"name": "One", "integrationCode": "007", "dataSource": "web", "ttl": "007"},
        {"name": "2", "ttl": "1_000", "dataSource": "web", "folder": "/a", "comments": ""},
    ]
    assert [str(row.place) for row in rows] == ["t:6", "t:10"]
    assert str(rows[0].place_of("integrationCode")) == "t:8"
    assert str(rows[0].place_of("ttl")) == "t:4", "where the merged value is"
    assert str(rows[0].place_of("absent")) == "t:6"


@pytest.mark.parametrize(
    "content", ["- name: a", "traits: [{name: a}]", "\ufefftraits:\n- name: a\n", "--- \n- name: a\n...\n"]
)
def test_yaml_document_shapes(content):
    assert values(".yaml", content) == [{"name": "a"}]


@pytest.mark.parametrize("content", ["traits: []", "[]"])
def test_yaml_may_hold_no_rows(content):
    assert values(".yaml", content) == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "t:1: is empty: where there are none, write traits: []"),
        ("# nothing\n", "t:1: is empty: where there are none, write traits: []"),
        ("---\n", "t:1: must be a list, or an object with a list 'traits'"),
        ("just text", "t:1: must be a list, or an object with a list 'traits'"),
        ("traits: 5", "t:1: traits must be a list"),
        ("traits:", "t:1: traits must be a list"),
        ("x-a: 1", "t:1: has no list 'traits'"),
        ("- a", "t:1: expected an object (- name: …), found “a”"),
        ("- name: a\n- \n  [b]", "t:3: expected an object (- name: …), found a list"),
        ("traits: []\nsegments: []", "t:2: unknown key 'segments'; known: traits"),
        ("traits:\n- name: a\ntraits:\n- name: b", "t:3: traits: is a duplicate (first used in line 1)"),
        ("- name: a\n  name: b", "t:2: name: is a duplicate (first used in line 1)"),
        ("- a: 1\n  sites: [a, [b]]", "t:2: sites: expected one value, or a list of plain values"),
        ("- sites: [a, ~]", "t:1: sites: expected one value, or a list of plain values"),
        ("- name: {a: b}", "t:1: name: expected one value, or a list of plain values"),
        ("- &a {name: a}\n- &a {name: b}", "t:2: is not YAML: found duplicate anchor; first occurrence, second occ"),
        ("traits: &a 5\nx-b: &a 6", "t:2: is not YAML: found duplicate anchor; first occurrence, second occurrence"),
        ("? [a]\n: b\ntraits: []", "t:1: a key must be a plain name"),
        ("- [a]: b", "t:1: a key must be a plain name"),
        ("- ? [a]\n  : b", "t:1: a key must be a plain name"),
        ("- name: a\n  <<: 5", "t:2: << must name a mapping, like <<: *defaults"),
        ("- &a\n  name: a\n  <<: *a", "t:3: << leads back to the mapping it is in"),
        ("- name: a\n\tttl: 5", "t:2: is not YAML: while scanning a plain scalar, found a tab character that violates"),
        ("- name: b\n- name: 'a\n- name: c\n", "t:2: is not YAML: the quote in column 9 is never closed"),
        ('- name: "a', "t:1: is not YAML: the quote in column 9 is never closed"),
        ("- name: 'a\n  code: 'b'\n", "t:2: is not YAML: while parsing a block mapping that begins in line 1, "),
        ("- a: 1\n---\n- b: 2", "t:2: is not YAML: expected a single document in the stream, but found another"),
        ("- *nowhere", "t:1: is not YAML: found undefined alias (column 3)"),
        ("- name: a\0b", "t: is not YAML: "),
        ("[" * 5000, "is not YAML: "),
    ],
)  # fmt: skip
def test_yaml_that_is_wrong_is_one_finding_with_its_line(content, said):
    assert said.strip() in problem(".yaml", content)


def test_yaml_lists_anchors_and_aliases_stand_for_what_they_name():
    content = """\
x-sites: &sites [007, "8"]
x-unused: {a: {b: [c]}, d: &status ACTIVE}
x-more: [*status, {e: f}]
traits:
- &first
  name: &name One
  sites: *sites
  status: *status
- *first
- {? *name : *name, sites: []}
"""
    rows, findings = read(".yaml", content)
    assert findings == []
    first = {"name": "One", "sites": ["007", "8"], "status": "ACTIVE"}
    assert [dict(row.values) for row in rows] == [first, first, {"One": "One", "sites": []}]
    assert [str(row.place_of("sites")) for row in rows] == ["t:7", "t:7", "t:10"]
    assert values(".yaml", "x-all: &all [{name: a}]\ntraits: *all") == [{"name": "a"}]
    assert values(".yaml", "traits: &all [{name: a}]") == [{"name": "a"}]


def test_yaml_tags_decide_what_is_nothing_and_what_merges():
    content = "- {name: !!null x, ttl: !!str null, a: 'null', '<<': b, !!merge m: {sid: 5}}"
    assert values(".yaml", content) == [{"ttl": "null", "a": "null", "<<": "b", "sid": "5"}]


def test_wrong_byte_far_into_a_yaml_file_is_found_with_its_line():
    lines = b"".join(b"- name: Gr\xc3\xbc\xc3\x9fe %d\n" % number for number in range(5000))
    assert problem(".yaml", lines + b"- name: \xff\n") == "t:5001: byte 0xff is not UTF-8; save the file as UTF-8"
    assert len(values(".yaml", lines)) == 5000


def test_stream_of_text_waits_for_whole_characters_and_ends_at_a_wrong_byte():
    stream = TextStream(io.BytesIO("\ufeffü\n".encode() + b"\xff"), "t")
    assert [stream.read(1) for _ in range(4)] == ["ü", "\n", "", ""]
    assert str(stream.wrong) == "t:2: byte 0xff is not UTF-8; save the file as UTF-8"


def test_rows_of_a_file_keep_more_different_values_than_are_shared():
    rows = values(".jsonl", "".join(json.dumps({"name": f"n{number}", "ttl": number}) + "\n" for number in range(5000)))
    assert rows[4999] == {"name": "n4999", "ttl": 4999}


def test_yaml_reports_all_findings_at_once():
    _, findings = read(".yaml", "other: 1\ntraits:\n- 5\n- name: a\n  name: b\n")
    assert findings == [
        "t:1: unknown key 'other'; known: traits",
        "t:3: expected an object (- name: …), found “5”",
        "t:5: name: is a duplicate (first used in line 4)",
    ]


def test_yaml_aliases_that_multiply_are_not_expanded():
    bomb = "\n".join(["x-0: &a0 [lol]", *(f"x-{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 60))])
    assert problem(".yaml", f"{bomb}\ntraits: [{{name: *a59}}]").endswith(
        "expected one value, or a list of plain values"
    )


@pytest.mark.parametrize("suffix", [".yaml", ".json", ".jsonl", ".csv"])
def test_text_that_is_not_utf8_names_the_byte_and_the_line(suffix):
    assert problem(suffix, "name\nGrüße".encode("latin-1")) == "t:2: byte 0xfc is not UTF-8; save the file as UTF-8"


JSON = """
{ "$schema": "traits.schema.json", "x-note": [1, {"traits": 2}], "traits" :
  [ {"name": "One",
     "ttl": 7},

    {"name": "Two", "integrationCode": "007", "description": null, "accuracy": 0.5}
  ]
}
"""


def test_json_objects_know_their_line():
    rows, findings = read(".json", JSON)
    assert findings == []
    assert [dict(row.values) for row in rows] == [
        {"name": "One", "ttl": 7},
        {"name": "Two", "integrationCode": "007", "description": None, "accuracy": 0.5},
    ]
    assert [str(row.place) for row in rows] == ["t:3", "t:6"]


def test_json_may_be_a_list():
    rows, _ = read(".json", '\ufeff\n[{"name": "a"},\n{"name": "b"}]')
    assert [str(row.place) for row in rows] == ["t:2", "t:3"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "t:1: is empty: where there are none, write {\"traits\": []}"),
        (" \n", "t:1: is empty: where there are none, write {\"traits\": []}"),
        ('[{"name": "a"},]', "is not JSON: "),
        ('[{"name": "a"}\n] x', "t:2: is not JSON: Extra data (column 3)"),
        ("5", 't:1: must be a list, or {"traits": [...]}'),
        ("{}", 't:1: must be a list, or {"traits": [...]}'),
        ('\n{"traits": {}}', 't:2: must be a list, or {"traits": [...]}'),
        ('{"traits": [], "b": 1, "a": 1}', "t:1: unknown keys a, b; known: traits"),
        ('{"traits": [], "traits": [{"name": "lost"}]}', "t:1: duplicate key in one object: 'traits'"),
        ('[{"name": "a"},\n {"name": "a", "name": "b"}]', "t:2: duplicate key in one object: 'name'"),
        ("[1]", "t:1: expected an object, found a number"),
        ('[{"ttl": NaN}]', "t: is not JSON: NaN is not a value in JSON"),
        ("[" * 100_000, "t: is not JSON: "),
        (f"[{'1' * 5000}]", "t: is not JSON: Exceeds the limit"),
    ],
)  # fmt: skip
def test_json_that_is_wrong_is_one_finding(content, said):
    assert said in problem(".json", content)


@pytest.mark.parametrize("suffix", [".json", ".jsonl"])
def test_json_lists_of_plain_values_become_text(suffix):
    row = {"sites": [1, "a", True, 0.5], "excludedTraits": []}
    content = json.dumps(row) if suffix == ".jsonl" else json.dumps([row])
    assert values(suffix, content) == [{"sites": ["1", "a", "true", "0.5"], "excludedTraits": []}]
    for wrong in ({"a": 1}, [[1]], [None], [{}]):
        content = json.dumps({"name": wrong}) if suffix == ".jsonl" else json.dumps([{"name": wrong}])
        assert problem(suffix, content) == "t:1: name: expected one value, or a list of plain values"


def test_jsonl_has_one_object_a_line():
    rows, findings = read(
        ".jsonl", '{"name": "a"}\n\n{"name": "b"}\r\n{"name": "b", "name": "c"}\n[]\n{"na\n{"ttl": NaN}\n'
    )
    assert [dict(row.values) for row in rows] == [{"name": "a"}, {"name": "b"}]
    assert [str(row.place) for row in rows] == ["t:1", "t:3"]
    assert [text.partition(": ")[0] for text in findings] == ["t:4", "t:5", "t:6", "t:7"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_as_spreadsheets_write_it(delimiter):
    content = 'name,"description", ttl ,\r\na,"one\r\n""two""",5\r\n\r\n,,,\r\nb,  ,7,\r\n'.replace(",", delimiter)
    rows, findings = read(".csv", content)
    assert findings == []
    assert [dict(row.values) for row in rows] == [
        {"name": "a", "description": 'one\r\n"two"', "ttl": "5"},
        {"name": "b", "ttl": "7"},
    ]
    assert [str(row.place) for row in rows] == ["t:2", "t:6"], "line numbers count the line breaks inside quotes"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "t:1: is empty; expected a header row with column names"),
        ("\ufeff\n \n", "t:1: is empty; expected a header row with column names"),
        ("\nname\na", "t:1: has no header row with column names"),
        (",,\na,b,c", "t:1: has no header row with column names"),
        ("name,ttl,name\na,1,b", "t:1: the column 'name' is a duplicate"),
        ("name,ttl\na,1\nb,2,3", "t:3: 3 cells under 2 columns: quote cells that hold the delimiter"),
        ('name\n"a\nb', "t:2: is not well-formed CSV: unexpected end of data"),
        ('name\n"a"b', "t:2: is not well-formed CSV: ',' expected after '\"'"),
    ],
)
def test_csv_that_is_wrong_is_one_finding(content, said):
    assert said in read(".csv", content)[1]


@pytest.mark.parametrize(
    ("suffix", "content"),
    [(".csv", "name,ttl\n"), (".csv", "name,ttl\n,\n \n"), (".jsonl", ""), (".json", "[]"), (".yaml", "traits: []")],
)
def test_table_without_rows_is_no_finding(suffix, content):
    assert values(suffix, content) == []


def test_csv_value_under_no_name_is_kept_for_the_check():
    assert values(".csv", "name,\na,b") == [{"name": "a", "": "b"}]


def parquet_of(table: pa.Table) -> bytes:
    buffer = io.BytesIO()
    parquet.write_table(table, buffer)
    return buffer.getvalue()


def test_parquet_types_become_plain_values():
    table = pa.table(
        {
            "name": ["a", None],
            "ttl": pa.array([7.0, float("nan")]),
            "accuracy": [0.5, 1.5],
            "sid": pa.array([1, 2], pa.int64()),
            "comments": [datetime(2026, 1, 2, tzinfo=UTC), None],
        }
    )
    rows, findings = read(".parquet", parquet_of(table))
    assert findings == []
    assert [dict(row.values) for row in rows] == [
        {"name": "a", "ttl": 7, "accuracy": 0.5, "sid": 1, "comments": datetime(2026, 1, 2, tzinfo=UTC)},
        {"accuracy": 1.5, "sid": 2},
    ]
    assert [str(row.place) for row in rows] == ["t, row 1", "t, row 2"]


def test_parquet_lists_of_plain_values_become_text():
    table = pa.table({"sites": [[1, 2], []], "name": [["a"], ["b"]]})
    rows, findings = read(".parquet", parquet_of(table))
    assert findings == []
    assert [dict(row.values) for row in rows] == [{"sites": ["1", "2"], "name": ["a"]}, {"sites": [], "name": ["b"]}]
    table = pa.table({"name": [{"a": 1}, None], "sites": [["a"], [None]]})
    _, findings = read(".parquet", parquet_of(table))
    assert findings == [
        "t, row 1: name: expected one value, or a list of plain values",
        "t, row 2: sites: expected one value, or a list of plain values",
    ]


def test_parquet_that_is_wrong_is_one_finding():
    assert "is not well-formed Parquet" in problem(".parquet", b"PAR1 nonsense")
    whole = parquet_of(pa.table({"name": ["a"]}))
    assert "is not well-formed Parquet" in problem(".parquet", whole.replace(b"name", b"n\xacme"))
    not_utf8 = pa.StringArray.from_buffers(1, pa.py_buffer(b"\0\0\0\0\1\0\0\0"), pa.py_buffer(b"\xac"))
    assert "is not well-formed Parquet" in problem(".parquet", parquet_of(pa.table({"name": not_utf8})))
    twice = pa.Table.from_arrays([pa.array(["a"]), pa.array(["b"])], names=["name", "name"])
    assert "the column 'name' is a duplicate" in problem(".parquet", parquet_of(twice))


def test_parquet_without_pyarrow_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    assert read(".parquet", b"") == (
        [],
        ["t: is Parquet, which needs pyarrow: pip install 'airflow-provider-aam[parquet]'"],
    )


CELL = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8).filter(lambda text: text.strip())
ROWS = st.lists(st.dictionaries(st.sampled_from(["name", "comments", "ttl"]), CELL, min_size=1), max_size=5)


@settings(deadline=None)
@given(ROWS)
def test_every_format_reads_back_what_was_written(rows):
    import csv

    import yaml

    table = io.StringIO(newline="")
    writer = csv.DictWriter(table, ["name", "comments", "ttl"])
    writer.writeheader()
    writer.writerows(rows)
    assert values(".csv", table.getvalue()) == rows
    assert values(".json", json.dumps(rows, ensure_ascii=False)) == rows
    assert values(".jsonl", "".join(json.dumps(row) + "\n" for row in rows)) == rows
    quoted = yaml.safe_dump({"traits": rows}, allow_unicode=True, default_style='"')
    assert values(".yaml", quoted) == rows
    if rows:
        assert (
            values(
                ".parquet",
                parquet_of(
                    pa.Table.from_pylist(rows, pa.schema([(n, pa.string()) for n in ("name", "comments", "ttl")]))
                ),
            )
            == rows
        )


@settings(deadline=None)
@given(
    st.sampled_from(sorted(READERS)),
    st.binary(max_size=60) | st.text(max_size=60).map(lambda t: t.encode("utf-8", "replace")),
)
def test_no_bytes_make_a_reader_raise(suffix, content):
    read(suffix, content)


@settings(deadline=None)
@given(st.text(alphabet="-: \n[]{}&*<!?|>'\"#,ab\t1", max_size=40))
def test_no_yaml_makes_the_reader_raise(content):
    read(".yaml", content)


# --- sources ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.yml", "a.YAML", "a.b.yaml.gz"])
def test_source_is_read_by_its_suffix(tmp_path, name):
    content = b"- name: a"
    (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith("gz") else content)
    (row,) = read_source(tmp_path / name, key="traits")
    assert (dict(row.values), str(row.place)) == ({"name": "a"}, f"{tmp_path / name}:1")


@pytest.mark.parametrize("name", ["a.xls", "a", "yaml", "a.gz", "a.parquet.gz", "a.xlsx.gz", "a.tar.gz"])
def test_source_of_an_unknown_suffix_names_the_known_ones(tmp_path, name):
    with pytest.raises(
        AAMSourceError, match=r"no known suffix; known are \.yaml, \.yml, \.json, \.jsonl, \.csv, \.parquet, \.xlsx"
    ):
        read_source(tmp_path / name, key="traits")


def test_source_that_cannot_be_read_says_why(tmp_path):
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "half.yaml.gz").write_bytes(gzip.compress(b"- name: abcdefgh" * 99)[:40])
    (tmp_path / "not.yaml.gz").write_bytes(b"- name: a")
    broken = bytearray(gzip.compress(b"- name: abcdefgh" * 99))
    broken[10:12] = b"\xff\xff"
    (tmp_path / "bad.yaml.gz").write_bytes(broken)
    for name, why in [
        ("missing.yaml", "No such file"),
        ("folder.yaml", "Is a directory"),
        ("half.yaml.gz", "ended before"),
        ("not.yaml.gz", "Not a gzipped file"),
        ("bad.yaml.gz", "Error -3"),
    ]:
        with pytest.raises(AAMSourceError, match=f"{name}: cannot be read: .*{why}"):
            read_source(tmp_path / name, key="traits")


def test_source_with_findings_is_refused_with_all_of_them(tmp_path):
    path = Path(tmp_path / "a.csv")
    path.write_text("name,ttl\na,1,1\nb,2,2\n")
    with pytest.raises(AAMSourceError, match=r"has 2 problems\. Nothing was changed in AAM") as refused:
        read_source(path, key="traits")
    assert len(refused.value.findings) == 2
    assert not refused.value.retryable


def test_list_from_another_task_becomes_rows():
    rows = rows_from_list(({"name": "a"}, {1: "b"}))
    assert [dict(row.values) for row in rows] == [{"name": "a"}, {"1": "b"}]
    assert str(rows[1].place) == "source list, row 2"


@pytest.mark.parametrize("items", ["[{}]", b"x", {"name": "a"}, None, 5])
def test_what_is_no_list_is_refused(items):
    with pytest.raises(AAMSourceError, match="expected a list of objects, or a file's URI"):
        rows_from_list(items)


def test_items_that_are_no_mappings_are_all_named():
    with pytest.raises(AAMSourceError) as refused:
        rows_from_list([{}, 5, "a"])
    assert [text.partition(": ")[2] for text in refused.value.findings] == [
        "expected an object, found int",
        "expected an object, found str",
    ]
