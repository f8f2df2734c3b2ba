"""Sources of every format, and those that are none."""

from __future__ import annotations

import gzip
import re
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from airflow_provider_aam.api.errors import AAMArgumentError, AAMSourceError
from airflow_provider_aam.stream.operations import Rejected, Unusable, read_sids
from airflow_provider_aam.stream.reading import read_rows

CSV = 'user,trait,operation,more\nu1,"11,12",delete,x\nu2,13,,x\n'


def read(source):
    """Each row with its place, and lines that are none."""
    for part in read_rows(source):
        if isinstance(part, Rejected):
            yield part
        else:
            yield from ((f"{part.origin}{n}", row) for n, row in zip(part.numbers, part.rows, strict=True))


def test_jsonl_has_places_and_broken_lines_are_rejected(write):
    first, broken, last = read([write(['{"user": "u1"}', "", "[1]", '{"user": "u2"}'])])
    path = str(broken.place).rpartition(":")[0]
    assert (first, last) == ((f"{path}:1", {"user": "u1"}), (f"{path}:4", {"user": "u2"}))
    assert isinstance(broken, Rejected)
    assert (broken.place, broken.code) == (f"{path}:3", "UNREADABLE")


@pytest.mark.parametrize("name", ["rows.csv", "rows.csv.gz", "ROWS.CSV.GZ"])
def test_csv_with_and_without_gzip(name, tmp_path):
    path = tmp_path / name
    path.write_bytes(gzip.compress(CSV.encode()) if name.lower().endswith(".gz") else b"\xef\xbb\xbf" + CSV.encode())
    rows = [row for _, row in read([path])]
    assert rows[0] == {"user": "u1", "trait": "11,12", "operation": "delete", "more": "x"}
    assert rows[1]["operation"] == ""


def test_gzipped_json_lines_need_no_extra(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "isal", None)
    (tmp_path / "rows.jsonl.gz").write_bytes(gzip.compress(b'{"user": "u1"}\n{"user": "u2"}\n'))
    assert [row for _, row in read([tmp_path / "rows.jsonl.gz"])] == [{"user": "u1"}, {"user": "u2"}]
    (tmp_path / "rows.jsonl.gz").write_bytes(gzip.compress(b'{"user": "u1"}\n')[:-9])
    with pytest.raises(AAMSourceError, match=r"rows\.jsonl\.gz cannot be read: Compressed file ended"):
        [*read([tmp_path / "rows.jsonl.gz"])]


def test_parquet_gives_the_columns_that_count(tmp_path):
    path = tmp_path / "rows.parquet"
    pq.write_table(pa.table({"user": ["u1", "u2"], "trait": [[1, 2], None], "more": [1, 2]}), path)
    assert [*read([path])] == [
        (f"{path}, row 1", {"user": "u1", "trait": [1, 2]}),
        (f"{path}, row 2", {"user": "u2", "trait": None}),
    ]


def test_files_are_read_one_after_the_other(write):
    files = [write([{"user": name}], f"{name}.jsonl") for name in "ba"]
    assert [row["user"] for _, row in read(files)] == ["b", "a"]


@pytest.mark.parametrize(
    ("name", "content", "kind", "said"),
    [
        ("rows.txt", b"", AAMArgumentError, "none of the suffixes .jsonl"),
        ("rows.parquet.gz", b"", AAMArgumentError, "none of the suffixes"),
        ("rows.parquet", b"no", AAMSourceError, "cannot be read"),
        ("rows.jsonl", b'{"usr": 1}\n', AAMSourceError, "column “user” is missing. Did you mean user"),
        ("rows.csv", b"id,trait\n1,2\n", AAMSourceError, "column “user” is missing"),
        ("rows.csv", b"user\n\xff\n", AAMSourceError, "cannot be read"),
        ("rows.csv", b"user\n" + b"x" * 200_000, AAMSourceError, "not CSV"),
        ("rows.csv.gz", b"no gzip", AAMSourceError, "cannot be read"),
        ("gone.csv", None, AAMSourceError, "gone.csv cannot be read: No such file"),
    ],
)
def test_files_that_are_none(name, content, kind, said, tmp_path: Path):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(kind, match=re.escape(said).replace("Did\\ you\\ mean\\ user", "")):
        [*read([tmp_path / name])]


def test_lists_are_rows_or_files_and_never_both(tmp_path):
    assert [*read([{"user": 1}])] == [("`source` list, row 1", {"user": 1})]
    assert [*read([])] == []
    with pytest.raises(AAMArgumentError, match="found both"):
        [*read([{"user": 1}, tmp_path / "a.csv"])]


def test_csv_lines_of_another_length_are_rejected_and_the_others_read(write):
    path = write(["user,trait", "u1,11", "u2,11,12", "u3", "", 'u4,"11,12"'], "rows.csv")
    found = [*read([path])]
    assert found[:2] == [(f"{path}:2", {"user": "u1", "trait": "11"}), (f"{path}:6", {"user": "u4", "trait": "11,12"})]
    assert [(each.place, each.code, each.reason) for each in found[2:]] == [
        (f"{path}:3", "UNREADABLE", "3 cells under 2 columns; quote cells with commas"),
        (f"{path}:4", "UNREADABLE", "1 cell under 2 columns; quote cells with commas"),
    ]


@pytest.mark.parametrize(("mark", "called"), [(";", "semicolons"), ("\t", "tabs")])
def test_a_csv_without_commas_is_told_from_one_without_the_column(write, mark, called):
    path = write([f"user{mark}trait", f"u1{mark}11"], "rows.csv")
    with pytest.raises(
        AAMSourceError, match=f"The first line has {called} and no commas: separate columns with commas"
    ):
        [*read([path])]


def test_a_table_without_trait_and_signals_is_refused_before_its_rows(write, tmp_path):
    with pytest.raises(AAMSourceError, match=r"rows\.csv: column “trait” is missing\. Did you mean traits"):
        [*read([write(["user,traits", "u1,11"], "rows.csv")])]
    pq.write_table(pa.table({"user": ["u1"], "sid": [1]}), tmp_path / "rows.parquet")
    with pytest.raises(AAMSourceError, match=r"rows\.parquet: column “trait” is missing"):
        [*read([tmp_path / "rows.parquet"])]


def test_a_text_of_another_encoding_is_told_with_what_to_do(tmp_path):
    (tmp_path / "rows.csv").write_bytes("user,trait\nMüller,11\n".encode("latin-1"))
    with pytest.raises(AAMSourceError, match="byte 0xfc is not UTF-8: save the file as UTF-8"):
        [*read([tmp_path / "rows.csv"])]


@pytest.mark.parametrize(("given", "found"), [("11,gold", "gold"), ([11, 0], "0"), ("gold", "gold"), (1.5, "1.5")])
def test_what_is_not_a_sid_is_named_alone(given, found):
    with pytest.raises(Unusable, match=rf"trait: expected sids \(AAM's ids of traits\), found “{found}”"):
        read_sids(given)
