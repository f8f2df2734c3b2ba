"""Customer Data Feeds → events, field by field as Adobe documents them, and as files in the field have them."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_provider_aam.api.errors import AAMArgumentError, AAMSourceError
from airflow_provider_aam.feeds.read_feed import read_feed
from airflow_provider_aam.feeds.read_receipt import ReadReceipt
from airflow_provider_aam.feeds.reading.events import read_events
from airflow_provider_aam.feeds.reading.given import find_feed_files
from airflow_provider_aam.feeds.write_rows import ReadOrder
from airflow_provider_aam.hooks.paths import open_path

DOCUMENTED = (
    r"2017-09-14 17:05:09^A22920112968019678612904394744954398990^A\N^A1234^B5678^A\N^Ad_rtbd^Cjson^Bc_x^Ca%20b^A\N"
    r"^A203.0.113.7^A\N^A11^B12^A1234^B5678^B9"
)
EVENT = {
    "event_time": datetime(2017, 9, 14, 17, 5, 9, tzinfo=UTC),
    "device": "22920112968019678612904394744954398990",
    "container_id": None,
    "realized_traits": [1234, 5678],
    "realized_segments": None,
    "request_parameters": [{"key": "d_rtbd", "value": "json"}, {"key": "c_x", "value": "a b"}],
    "referer": None,
    "ip": "203.0.113.7",
    "mcdevice": None,
    "all_segments": [11, 12],
    "all_traits": [1234, 5678, 9],
    "extra": [],
}


def line(text: str = DOCUMENTED) -> str:
    for shown, meant in (("^A", "\x01"), ("^B", "\x02"), ("^C", "\x03")):
        text = text.replace(shown, meant)
    return text + "\n"


def changed(**fields: str) -> str:
    """The documented line with other fields, by their place: ``f6`` is the sixth."""
    columns = DOCUMENTED.split("^A")
    for place, text in fields.items():
        columns[int(place[1:]) - 1] = text
    return line("^A".join(columns))


def event(text: str) -> dict[str, Any]:
    part = read_events(text.encode())
    assert part.rejected == {}
    (row,) = part.rows.to_pylist()
    return dict(row)


def test_documented_line_is_an_event():
    assert event(line()) == EVENT


def test_both_forms_of_null_and_appended_fields():
    given_line = line(DOCUMENTED.replace(r"\N", "/N") + r"^Anew^A\N^A")
    assert event(given_line) == EVENT | {"extra": ["new", None, ""]}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("c_a^C", {"key": "c_a", "value": ""}),
        ("c_a", {"key": "c_a", "value": None}),
        ("d_cid^C411%01u7", {"key": "d_cid", "value": "411\x01u7"}),
        ("c_a^C%FF%", {"key": "c_a", "value": "\ufffd%"}),
        ("c_a^C1+1=%32", {"key": "c_a", "value": "1+1=2"}),
    ],
)
def test_parameters_are_split_before_they_are_decoded(text, value):
    assert event(changed(f6=text))["request_parameters"] == [value]


def test_list_of_one_empty_list_and_keys_that_come_twice():
    assert event(changed(f4="7", f10=""))["realized_traits"] == [7]
    assert event(changed(f4="7", f10=""))["all_segments"] == []
    twice = event(changed(f6="c_a^C1^Bc_a^C2"))["request_parameters"]
    assert [each["value"] for each in twice] == ["1", "2"]


def test_container_that_is_not_exported_is_null_or_empty():
    assert event(changed(f3="")) == EVENT
    assert event(changed(f3="7"))["container_id"] == 7


def test_bytes_that_are_not_utf8_do_not_lose_an_event():
    part = read_events(changed(f7="http://é").encode("latin-1"))
    assert part.rows.to_pylist()[0]["referer"] == "http://\ufffd"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (line(DOCUMENTED.rpartition("^A")[0]), "it has fewer than 11 fields"),
        (changed(f1="14.09.2017 17:05:09"), "event_time is not a time like yyyy-mm-dd hh:mm:ss"),
        (changed(f1="2017-13-14 17:05:09"), "event_time is not a time like yyyy-mm-dd hh:mm:ss"),
        (changed(f3="x"), "container_id is not a number of 1 to 18 digits"),
        (changed(f4="1^B^B2"), "realized_traits is not a list, or one of its items is not a number of 1 to 18 digits"),
        (changed(f11="9" * 19), "all_traits is not a list, or one of its items is not a number of 1 to 18 digits"),
    ],
)
def test_rejects_say_which_field(text, why):
    part = read_events((line() + "\n" + text).encode())
    assert part.rejected == {2: (why, text[:-1])}
    assert (len(part.rows), part.lines) == (1, 3)


@settings(max_examples=50, deadline=None)
@given(texts=st.lists(st.text("12\x01\x02\x03\\N/ :-%\x1c\r é", max_size=30), max_size=5))
def test_every_line_is_a_row_or_a_reject(texts):
    part = read_events("".join(f"{text}\n" for text in texts).encode())
    assert len(part.rows) + len(part.rejected) + sum(not text for text in texts) == part.lines == len(texts)


def read(source: Any, folder: Path, **order: Any) -> ReadReceipt:
    files = find_feed_files(source, lambda uri: open_path(uri, None, what="source"))
    return read_feed(files, ReadOrder(**{"destination": folder / "events.parquet", **order}))


def test_hours_of_the_emulator_are_read_as_the_sensor_hands_them_out(emulator, tmp_path):
    sent = emulator.deliver_hour(f"file://{tmp_path}/feed", files=2, every_s=0)
    files = [tmp_path / "feed" / name for name in sent["files"] if name.endswith(".gz")]
    handed_out = [{"uri": f"file://{file}", "bytes": file.stat().st_size, "etag": "e", "late": False} for file in files]
    for source in ({"state": "complete", "files": handed_out}, handed_out, f"{tmp_path}/feed/*/*/AAM_CDF_*"):
        receipt = read(source, tmp_path)
        rows = pq.read_table(tmp_path / "events.parquet").to_pylist()
        assert (receipt.rows, receipt.rejected, len(receipt.files)) == (100, 0, 2)
        assert {len(row["device"]) for row in rows} == {38}
        assert {row["request_parameters"][1]["value"] for row in rows} == {"a b"}
        assert sum(row["realized_traits"] is None for row in rows) == 34


def test_json_lines_hold_the_same(tmp_path):
    (tmp_path / "a.gz").write_bytes(gzip.compress(line().encode()))
    read(str(tmp_path / "a.gz"), tmp_path, destination=tmp_path / "events.jsonl")
    row = json.loads((tmp_path / "events.jsonl").read_text())
    assert row == EVENT | {"event_time": "2017-09-14T17:05:09Z"}


def test_rejects_and_changed_files_fail(tmp_path):
    file = tmp_path / "a"
    file.write_text(line() + "broken\n")
    with pytest.raises(AAMSourceError, match="1 line rejected"):
        read(str(file), tmp_path)
    assert read(str(file), tmp_path, max_rejected=1).rows == 1
    with pytest.raises(AAMSourceError, match=r"it had 3 when it was found complete\. Nothing was written"):
        read([{"uri": str(file), "bytes": 3}], tmp_path, max_rejected=1)


def test_all_damaged_files_are_named(tmp_path):
    for name in ("a.gz", "b.gz"):
        (tmp_path / name).write_bytes(gzip.compress(line().encode())[:-9])
    with pytest.raises(AAMSourceError, match=r"(?s)Damaged files: 2 of 2\. .*a\.gz: .*b\.gz: "):
        read(f"{tmp_path}/*.gz", tmp_path)


@pytest.mark.parametrize("source", [[], {"files": []}, [{"bytes": 1}], "{", [{"uri": 3}]])
def test_sources_without_files_are_refused(source, tmp_path):
    with pytest.raises(AAMArgumentError, match="source"):
        read(source, tmp_path)
