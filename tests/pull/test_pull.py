"""A pull from an AAM that behaves: every format, every resource, every option."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import logging
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem
from upath import UPath

from airflow_provider_aam.api.errors import AAMArgumentError, AAMDestinationError
from airflow_provider_aam.api.resources import RESOURCES, SEGMENTS, Type
from airflow_provider_aam.files.columns import OTHER
from airflow_provider_aam.pull.job import pull_resource
from pull.support import LIST, OtherAAM, everything_in, listed, read_jsonl

NASTY = 'Ünïcode ❤ 𝄞 <b>&amp;"quoted", comma;\ttab\r\nline\u2028separator \\ /'


@pytest.mark.parametrize("resource", ["data_sources", "segment_folders", "segments", "trait_folders", "traits"])
def test_jsonl_holds_every_row_of_every_resource(emulator, pull, tmp_path, resource):
    emulator.seed(segments=25, traits=20, data_sources=5, trait_folders=5, segment_folders=5)
    receipt = pull(tmp_path / "a.jsonl", resource, page_size=10)
    rows = read_jsonl(tmp_path / "a.jsonl")
    id_field = RESOURCES[resource].id_field
    wanted = {row[id_field] for row in listed(emulator, resource)}
    assert {row[id_field] for row in rows} >= wanted
    assert {row[id_field] for row in rows} - wanted <= {0}  # the folders' root is not stored
    assert receipt.rows == receipt.total == len(rows)


def test_rows_are_aam_s_own_in_the_order_of_ids(emulator, pull, tmp_path):
    emulator.seed(segments=95)
    pull(tmp_path / "a.jsonl", page_size=10)
    assert read_jsonl(tmp_path / "a.jsonl") == listed(emulator)


def test_receipt_describes_the_file_as_stored(emulator, pull, tmp_path):
    emulator.seed(segments=25)
    started = datetime.now(UTC)
    receipt = pull(tmp_path / "a.jsonl.gz", page_size=10)
    stored = (tmp_path / "a.jsonl.gz").read_bytes()
    xcom = receipt.as_xcom()
    assert started <= datetime.fromisoformat(xcom.pop("started_at")) <= datetime.fromisoformat(xcom.pop("finished_at"))
    assert xcom == {
        "resource": "segments",
        "uri": f"file://{tmp_path}/a.jsonl.gz",
        "format": "jsonl.gz",
        "rows": 25,
        "bytes": len(stored),
        "sha256": hashlib.sha256(stored).hexdigest(),
        "total": 25,
        "requests": 3,
    }
    assert emulator.count(LIST) == 3
    assert json.loads(json.dumps(receipt.as_xcom())) == receipt.as_xcom()
    assert receipt.as_asset_extra() == {name: receipt.as_xcom()[name] for name in ("rows", "bytes", "sha256", "uri")}


@pytest.mark.parametrize("suffix", ["jsonl", "jsonl.gz", "csv", "csv.gz", "parquet"])
def test_equal_rows_give_equal_bytes(emulator, pull, tmp_path, suffix):
    emulator.seed(segments=25)
    receipts = [pull(tmp_path / f"{name}.{suffix}") for name in ("first", "second")]
    assert receipts[0].sha256 == receipts[1].sha256


@pytest.mark.parametrize("suffix", ["jsonl", "jsonl.gz", "csv", "csv.gz", "parquet"])
def test_account_without_objects_gives_a_file_without_rows(pull, tmp_path, suffix):
    path = tmp_path / f"a.{suffix}"
    receipt = pull(path)
    assert (receipt.rows, receipt.total, receipt.requests) == (0, 0, 1)
    content = gzip.decompress(path.read_bytes()) if suffix.endswith(".gz") else path.read_bytes()
    header = (",".join([*SEGMENTS.fields, OTHER]) + "\r\n").encode()
    if suffix != "parquet":
        assert content == (header if suffix.startswith("csv") else b"")
    else:
        from pyarrow import parquet

        assert parquet.read_table(path).num_rows == 0


def read_csv(path: Path) -> list[dict[str, str]]:
    text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return list(csv.DictReader(io.StringIO(text.decode("utf-8"), newline="")))


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"]


@pytest.mark.parametrize("escaped", [True, False])
def test_texts_that_spreadsheets_calculate_get_an_apostrophe_if_asked(emulator, pull, tmp_path, escaped):
    names = [*FORMULAS, "a=1", "'=1", "plain"]
    for number, name in enumerate(names):
        emulator.add("data_sources", {"name": name, "integrationCode": f"code-{number}"})
    pull(tmp_path / "a.csv", resource="data_sources", escape_formulas=escaped)
    written = [row["name"] for row in read_csv(tmp_path / "a.csv") if row["integrationCode"].startswith("code-")]
    assert written == [f"'{name}" if escaped and name in FORMULAS else name for name in names]


@pytest.mark.parametrize("suffix", ["csv", "csv.gz"])
def test_csv_holds_typed_text(emulator, pull, tmp_path, suffix):
    emulator.seed(data_sources=3)
    path = tmp_path / f"a.{suffix}"
    pull(path, "data_sources")
    for cells, row in zip(read_csv(path), listed(emulator, "data_sources"), strict=True):
        assert int(cells["dataSourceId"]) == row["dataSourceId"]
        assert cells["name"] == row["name"]
        assert cells["inboundS2S"] == str(row["inboundS2S"]).lower()
        assert datetime.fromisoformat(cells["createTime"]) == at(row["createTime"])
        assert json.loads(cells["containerIds"]) == row["containerIds"]
        assert cells[OTHER] == ""  # every field that Adobe documents has a column


def test_parquet_has_a_type_for_each_column(emulator, pull, tmp_path):
    import pyarrow as pa
    from pyarrow import parquet

    emulator.seed(traits=25)
    pull(tmp_path / "a.parquet", "traits", page_size=10)
    table = parquet.read_table(tmp_path / "a.parquet")
    expected = {Type.INTEGER: pa.int64(), Type.TEXT: pa.string(), Type.NUMBER: pa.float64()}
    expected[Type.INSTANT] = pa.timestamp("ms", tz="UTC")
    assert {each.name: each.type for each in table.schema} == {
        **{name: expected[kind] for name, kind in RESOURCES["traits"].fields.items()},
        OTHER: pa.string(),
    }
    for cells, row in zip(table.to_pylist(), listed(emulator, "traits"), strict=True):
        times = {name: at(row[name]) for name in ("createTime", "updateTime")}
        assert {name: cells[name] for name in row} == {**row, **times}


def at(epoch_ms: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=epoch_ms)


@pytest.mark.parametrize("suffix", ["jsonl", "csv", "parquet"])
def test_any_character_survives(emulator, pull, tmp_path, suffix):
    emulator.add("segments", {"name": NASTY, "description": NASTY * 20})
    path = tmp_path / f"a.{suffix}"
    pull(path)
    match suffix:
        case "jsonl":
            (row,) = read_jsonl(path)
        case "csv":
            (row,) = read_csv(path)
        case _:
            from pyarrow import parquet

            (row,) = parquet.read_table(path).to_pylist()
    assert (row["name"], row["description"]) == (NASTY, NASTY * 20)


def test_metrics_get_columns_of_their_own(emulator, pull, tmp_path):
    emulator.seed(segments=3)
    pull(tmp_path / "a.csv", include_metrics=True)
    (first, *_) = read_csv(tmp_path / "a.csv")
    assert list(first) == [*SEGMENTS.fields, *SEGMENTS.metrics, OTHER]
    assert first["totalUniques7Day"].isdigit()
    assert first[OTHER] == ""


@pytest.mark.parametrize("suffix", ["jsonl", "csv"])
def test_fields_choose_and_order_the_columns(emulator, pull, tmp_path, suffix):
    emulator.seed(segments=3)
    path = tmp_path / f"a.{suffix}"
    pull(path, fields=["name", "sid"])
    rows = read_jsonl(path) if suffix == "jsonl" else read_csv(path)
    assert [list(row) for row in rows] == [["name", "sid"]] * 3


def test_filters_and_updated_since_reach_aam(emulator, pull, tmp_path):
    emulator.seed(segments=10)
    stored = listed(emulator)
    emulator.advance(3600)
    emulator.add("segments", {"name": "brandnew"})
    (new,) = [row for row in emulator.objects("segments") if row["name"] == "brandnew"]
    since = at(max(row["updateTime"] for row in stored)) + timedelta(seconds=1)
    assert pull(tmp_path / "a.jsonl", updated_since=since).rows == 1
    assert [row["sid"] for row in read_jsonl(tmp_path / "a.jsonl")] == [new["sid"]]
    assert pull(tmp_path / "a.jsonl", filters={"search": "brandnew"}).rows == 1


def test_order_holds_over_many_pages_and_concurrency_keeps_its_limit(emulator, connect, tmp_path):
    emulator.seed(segments=700)
    emulator.configure(latency_s=0.03)
    emulator.clear_stats()
    receipt = pull_resource(connect(max_concurrency=8).segments, tmp_path / "a.jsonl", page_size=10, max_concurrency=3)
    assert [row["sid"] for row in read_jsonl(tmp_path / "a.jsonl")] == [row["sid"] for row in listed(emulator)]
    assert receipt.requests == 70
    assert 2 <= emulator.max_in_flight <= 3


def test_max_concurrency_of_the_pull_wins_over_the_connection_s(emulator, connect, tmp_path):
    emulator.seed(segments=200)
    emulator.configure(latency_s=0.03)
    emulator.clear_stats()
    pull_resource(connect(max_concurrency=2).segments, tmp_path / "a.jsonl", page_size=10, max_concurrency=5)
    assert emulator.max_in_flight == 5


def test_object_store_gets_the_file(emulator, pull, monkeypatch):
    monkeypatch.setattr(MemoryFileSystem, "store", {})
    emulator.seed(segments=25)
    receipt = pull(UPath("memory://lake/aam/a.jsonl"), page_size=10)
    assert UPath(receipt.uri).read_bytes().count(b"\n") == 25
    assert list(MemoryFileSystem.store) == ["/lake/aam/a.jsonl"]


def test_file_format_decides_where_the_suffix_does_not(emulator, pull, tmp_path):
    emulator.seed(segments=3)
    assert pull(tmp_path / "part-0000", file_format="csv").format == "csv"
    assert len(read_csv(tmp_path / "part-0000")) == 3


def test_log_has_one_line_for_a_quick_pull(emulator, pull, tmp_path, caplog):
    caplog.set_level(logging.INFO, "airflow_provider_aam.pull")
    emulator.seed(segments=95)
    pull(tmp_path / "a.jsonl", page_size=10)
    assert [record.getMessage()[:27] for record in caplog.records] == ["Pulled segments: 95 rows in"]


# --- another AAM ---


def rows_of(count: int) -> list[dict[str, object]]:
    return [{"sid": n, "name": f"näme <{n}>", "tags": ["a", n]} for n in range(count)]


def page_of(rows: list[dict[str, object]], query: dict[str, str], *, largest: int = 1000) -> dict[str, object]:
    number, size = int(query["page"]), min(int(query["pageSize"]), largest)
    return {"total": len(rows), "page": number, "pageSize": size, "list": rows[number * size :][:size]}


def test_page_size_that_the_server_cuts_down_loses_no_row(tmp_path):
    rows = rows_of(230)
    with OtherAAM(lambda query: msgspec.json.encode(page_of(rows, query, largest=50))) as segments:
        receipt = pull_resource(segments, tmp_path / "a.jsonl")
    assert read_jsonl(tmp_path / "a.jsonl") == rows
    assert receipt.requests == 5


def test_pretty_printed_answer_becomes_one_line_a_row(tmp_path):
    rows = rows_of(25)
    with OtherAAM(lambda query: json.dumps(page_of(rows, query), indent=2).encode()) as segments:
        pull_resource(segments, tmp_path / "a.jsonl", page_size=10)
    assert read_jsonl(tmp_path / "a.jsonl") == rows


def test_bare_array_where_pages_were_asked_for_is_all_there_is(tmp_path):
    rows = rows_of(25)
    with OtherAAM(lambda _: msgspec.json.encode(rows)) as segments:
        receipt = pull_resource(segments, tmp_path / "a.jsonl", page_size=10)
    assert (receipt.rows, receipt.total, receipt.requests) == (25, 25, 1)
    assert read_jsonl(tmp_path / "a.jsonl") == rows


# --- bad input: one error, nothing asked, nothing written ---


@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        ("a.xlsx", {}, r"suffix of '.*a\.xlsx' is not a format .* Known: \.jsonl"),
        ("a.parquet.gz", {}, "compressed inside"),
        ("file/a.jsonl", {}, "cannot be written"),
        ("a.jsonl", {"filters": {"folderid": 7}}, "unknown filters folderid.* Did you mean folderId"),
        ("a.jsonl", {"fields": ["sid", "nmae"]}, "Did you mean name"),
        ("a.jsonl", {"page_size": 5000}, "from 1 to 1000"),
        ("a.jsonl", {"updated_since": "soon"}, "ISO 8601"),
    ],
    ids=["suffix", "parquet.gz", "below a file", "filter", "field", "page size", "updated since"],
)
def test_bad_input_is_answered_before_aam_is_asked(emulator, pull, tmp_path, name, options, said):
    (tmp_path / "file").touch()
    with pytest.raises((AAMDestinationError, AAMArgumentError), match=said) as seen:
        pull(tmp_path / name, **options)
    assert seen.value.retryable is False
    assert emulator.count() == 0
    assert everything_in(tmp_path) == {"file"}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_destination_without_permission_is_refused_before_aam_is_asked(emulator, pull, tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(AAMDestinationError, match="PermissionError"):
        pull(tmp_path / "a.jsonl")
    assert emulator.count() == 0
