"""Deliveries → one file of rows, complete or not at all, every line accounted for."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from airflow_provider_aam.api.errors import AAMArgumentError, AAMSourceError
from airflow_provider_aam.feeds.read_delivery import Lines, read_delivery
from airflow_provider_aam.feeds.read_receipt import ReadReceipt
from airflow_provider_aam.feeds.reading.given import find_delivered
from airflow_provider_aam.feeds.reading.layout import LineLayout
from airflow_provider_aam.feeds.write_rows import ReadOrder
from airflow_provider_aam.files import blocks
from airflow_provider_aam.hooks.paths import open_path

FULL, ITER = "s3_12_345_full_1795960800000.sync.gz", "s3_12_345_iter_1795960800000.sync"


class Reading:
    """In ``folder``, to ``rows.parquet`` unless told otherwise."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.out = folder / "rows.parquet"

    def put(self, name: str, content: bytes | str) -> str:
        data = content.encode() if isinstance(content, str) else content
        (self.folder / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        return str(self.folder / name)

    def read(self, source: Any, **order: Any) -> ReadReceipt:
        how = {name: order.pop(name) for name in ("layout", "check_lines") if name in order}
        given = {"destination": self.out, "rejects": self.folder / "rejects.jsonl", **order}
        files = find_delivered(source, lambda uri: open_path(uri, None, what="source"))
        return read_delivery(files, Lines(**how), ReadOrder(**given))

    @property
    def rows(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = pq.read_table(self.out).to_pylist()
        return rows

    @property
    def rejects(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.folder / "rejects.jsonl").read_text().splitlines()]


@pytest.fixture
def reading(tmp_path) -> Reading:
    return Reading(tmp_path)


def row(user: str, *segments: int, removed: tuple[int, ...] = ()) -> dict[str, Any]:
    return {"user": user, "segments": [*segments], "removed": [*removed]}


def test_removed_segments_are_those_of_incremental_files_only(reading):
    full, iteration = reading.put(FULL, "a 1,2 3\n"), reading.put(ITER, "b 4 5,6\nc  7\n")
    receipt = reading.read([full, iteration])
    assert reading.rows == [row("a", 1, 2), row("b", 4, removed=(5, 6)), row("c", removed=(7,))]
    counts = {file.uri.removeprefix("file://"): (file.lines, file.rows) for file in receipt.files}
    assert counts == {full: (1, 1), iteration: (2, 2)}
    content = reading.out.read_bytes()
    assert (receipt.rows, receipt.bytes, receipt.rejected) == (3, len(content), 0)
    assert receipt.sha256 == hashlib.sha256(content).hexdigest()


def test_what_the_emulator_delivers_is_read_by_the_verdict(reading, emulator):
    source = emulator.add("data_sources", {"name": "CRM", "outboundS2S": True})["dataSourceId"]
    row = {"name": "Partner", "destinationType": "S2S", "dataSourceId": source}
    sent = emulator.deliver(
        f"file://{reading.folder}", destination=emulator.add("destinations", row)["destinationId"], splits=3, every_s=0
    )
    receipt = reading.read(f"{reading.folder}/{sent['batch']}*")
    assert (receipt.rows, len(receipt.files)) == (100, 3)
    assert {len(row["user"]) for row in reading.rows} == {38}
    assert all(row["segments"] == [101] for row in reading.rows)


def test_blank_lines_headers_and_windows_line_ends_are_counted_and_are_no_rows(reading):
    file = reading.put(ITER, "\ufeffid,list\r\n\r\nmore\r\na 1\r\n\r\nb 2")
    receipt = reading.read(file, layout=LineLayout(header_lines=3))
    assert reading.rows == [row("a", 1), row("b", 2)]
    assert receipt.files[0].lines == 6


def test_json_lines_hold_the_same(reading):
    reading.out = reading.folder / "rows.jsonl"
    receipt = reading.read(reading.put(ITER, "a 1,2 3\n"))
    assert json.loads(reading.out.read_text()) == row("a", 1, 2, removed=(3,))
    assert receipt.format == "jsonl"


def test_blocks_of_any_size_give_the_same_rows(reading, monkeypatch):
    lines = [f"{number:05d} {','.join(map(str, range(number % 7)))} {number}\n" for number in range(300)]
    lines[250] = "broken\n"
    file = reading.put(ITER, "".join(lines))
    reading.read(file, max_rejected=1)
    expected = reading.rows
    for size in (7, 64, 1000):
        monkeypatch.setattr(blocks, "BLOCK", size)
        reading.read(file, max_rejected=1)
        assert reading.rows == expected
        assert reading.rejects == [
            {"file": f"file://{file}", "line": 251, "reason": "it has fewer than 2 columns", "text": "broken"}
        ]
    assert len(expected) == 299


def test_too_many_rejects_leave_nothing_but_them(reading):
    with pytest.raises(AAMSourceError) as failed:
        reading.read(reading.put(ITER, "a\nb 1\nc 2,x\n"), max_rejected=1)
    assert "2 lines rejected (max_rejected=1): it has fewer than 2 columns: 1; a segment is not a number" in str(
        failed.value
    )
    assert "Nothing was written. Each is in file://" in str(failed.value)
    assert not reading.out.exists()
    assert [each["line"] for each in reading.rejects] == [1, 3]


def info_of(name: str, lines: int, *others: str) -> str:
    file = {"FileName": name, "FileByteSize": 1, "FileLineCount": lines, "FileSequenceNumber": 1}
    files = [file, *({**file, "FileName": other} for other in others)]
    return json.dumps({"Files": files, "Totals": {"FileName": "x", "TotalByteSize": 1, "TotalNumberFiles": 1}})


def test_another_number_of_lines_than_the_info_says_fails(reading):
    reading.put(ITER, "a 1\n\n")
    reading.put(ITER.replace(".sync", ".info"), info_of(ITER, 3))
    pattern = f"{reading.folder}/s3_12_*"
    with pytest.raises(AAMSourceError, match=rf"{ITER} has 2 lines; its .info file says 3\. Nothing was written"):
        reading.read(pattern)
    assert not reading.out.exists()
    assert reading.read(pattern, check_lines=False).rows == 1
    reading.put(ITER.replace(".sync", ".info"), info_of(ITER, 2))
    assert reading.read(pattern).rows == 1


def test_delivery_of_which_a_part_is_missing_is_not_read(reading):
    first, second = ITER, ITER.replace(".sync", "001.sync")
    reading.put(first, "a 1\n")
    reading.put(ITER.replace(".sync", ".info"), info_of(first, 1, second))
    reading.put(ITER.replace("1795960800000.sync", "1795874400000.info"), info_of(f"{FULL}.moved", 1))  # read long ago
    with pytest.raises(AAMSourceError, match=rf"its \.info file lists are not there: “{second}”\. Nothing was written"):
        reading.read(f"{reading.folder}/s3_12_*")
    assert not reading.out.exists()
    reading.put(second, "b 1\n")
    assert reading.read(f"{reading.folder}/s3_12_*").rows == 2
    parts = [str(reading.folder / first), str(reading.folder / ITER.replace(".sync", ".info"))]
    assert reading.read(parts).rows == 1  # the other is there, and not asked for


def test_zip_archive_is_called_one(reading):
    (reading.folder / ITER).write_bytes(b"PK\x03\x04\x14\x00")
    with pytest.raises(AAMSourceError, match=rf"{ITER} is a ZIP archive, which is not read here: unpack it"):
        reading.read(str(reading.folder / ITER))


@pytest.mark.parametrize("broken", [lambda packed: packed[:-9], lambda packed: packed[:20] + b"xxxx" + packed[24:]])
def test_every_damaged_file_is_named_with_what_to_do(reading, broken):
    packed = gzip.compress(b"".join(b"%d 1\n" % number for number in range(999)))
    names = [FULL, *(f"{FULL.partition('.')[0]}{number:03d}.sync.gz" for number in range(1, 4))]
    for name in names:
        (reading.folder / name).write_bytes(packed if name == names[0] else broken(packed))
    reading.put(names[2], "a 1\n")
    with pytest.raises(AAMSourceError) as failed:
        reading.read([f"{reading.folder}/{name}" for name in names])
    head, *found = str(failed.value).splitlines()
    assert head.startswith("Damaged files: 2 of 4. Nothing was written. If another job copied them here, run it again;")
    assert head.endswith("ask Adobe to deliver them again:")
    assert [names[1] in found[0], names[3] in found[1], len(found)] == [True, True, 2]
    assert not reading.out.exists()


def test_file_without_lines_is_not_read_into_memory(reading, monkeypatch):
    monkeypatch.setattr(blocks, "BLOCK", 100)
    monkeypatch.setattr(blocks, "LONGEST_LINE", 1000)
    with pytest.raises(AAMSourceError, match="has no line break in 1,000 bytes"):
        reading.read(reading.put(ITER, "x" * 5000))


def test_empty_file_is_an_empty_table(reading):
    assert reading.read(reading.put(ITER, "")).rows == 0
    assert reading.rows == []


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("{folder}/nothing*", "no file matches"),
        ([], "names no file"),
        ({"state": "complete"}, "is not what an AAMOutboundSensor returned"),
        ("{{}}", "is not what an AAMOutboundSensor returned"),
    ],
)
def test_sources_without_files_are_refused(reading, source, problem):
    given = source.format(folder=reading.folder) if isinstance(source, str) else source
    with pytest.raises(AAMArgumentError, match=problem):
        reading.read(given)


def test_folder_of_folders_says_how_to_name_their_files(reading):
    (reading.folder / "day=2026-11-29").mkdir(parents=True)
    with pytest.raises(AAMArgumentError, match=rf"no file matches .* Only folders do: .* {reading.folder}/\*\*/\*\.gz"):
        reading.read(f"{reading.folder}/")


def test_missing_file_and_csv_are_refused(reading):
    with pytest.raises(AAMSourceError, match=r"absent\.sync cannot be read"):
        reading.read(str(reading.folder / "absent.sync"))
    with pytest.raises(AAMArgumentError, match="CSV cannot hold the lists in these rows"):
        reading.read(reading.put(ITER, "a 1\n"), destination=reading.folder / "rows.csv")
