"""``.info`` files: Adobe's samples with their flaws, and what is none."""

from __future__ import annotations

import json

import pytest

from airflow_provider_aam.api.errors import AAMBadAnswer
from airflow_provider_aam.feeds.completeness import Seen, contradictions, lacking
from airflow_provider_aam.feeds.info import parse_info

OUTBOUND = """\
Files: [
  {FileByteSize: 400000000, FileLineCount: 50000000, FileName: s3_1_2_full_1486140843000-1.sync.gz,
   FileSequenceNumber: 1, md5: zz_not_hex},
  {FileByteSize: 300000000, FileLineCount: 40000000, FileName: s3_1_2_full_1486140843000-2.sync.gz,
   FileSequenceNumber: 2, md5: 007}
]
Totals: {FileName: s3_1_2_iter_1486140843000, TotalByteSize: 700000000, TotalNumberFiles: 2,
         TotalNumberLines: 90000000}
"""
FEED = {
    "Files": [
        {
            "FileByteSize": 2709730,
            "FileChecksumMD5": "a9ea418e79511642cff11c2a898037dc-1",
            "FileName": "AAM_CDF_1109_000000_0.gz",
            "FileSequenceNumber": 1,
        }
    ],
    "Totals": {"Day": "2017-09-26", "Hour": "18", "TotalByteSize": 150092997, "TotalNumberFiles": 1},
}
NAMES = ("s3_1_2_full_1486140843000-1.sync.gz", "s3_1_2_full_1486140843000-2.sync.gz")
ALL = {NAMES[0]: Seen(size=400_000_000), NAMES[1]: Seen(size=300_000_000)}


def test_a_sample_that_is_not_json():
    info = parse_info(OUTBOUND.encode(), what="the file")
    assert [(file.name, file.size, file.lines, file.checksum) for file in info.files] == [
        (NAMES[0], 400_000_000, 50_000_000, "zz_not_hex"),
        (NAMES[1], 300_000_000, 40_000_000, "007"),
    ]
    assert (info.batch, info.hour) == ("s3_1_2_iter_1486140843000", None)
    assert (info.total_files, info.total_bytes, info.total_lines) == (2, 700_000_000, 90_000_000)


@pytest.mark.parametrize("form", [lambda text: text.replace(": ", ":"), lambda text: text.replace("  ", "\t")])
def test_the_sample_without_blanks_and_with_tabs(form):
    assert parse_info(form(OUTBOUND).encode(), what="x") == parse_info(OUTBOUND.encode(), what="x")


def test_json_with_keys_in_another_case_and_a_byte_order_mark():
    document = {"files": [{"Filename": "a.sync", "fileByteSize": "7"}], "TOTALS": {}}
    info = parse_info(b"\xef\xbb\xbf" + json.dumps(document).encode(), what="the file")
    assert [(file.name, file.size, file.lines) for file in info.files] == [("a.sync", 7, None)]
    assert (info.total_files, info.total_bytes) == (None, None)


def test_a_feed_says_its_hour():
    info = parse_info(json.dumps(FEED).encode(), what="the file")
    assert str(info.hour) == "2017-09-26 18:00:00+00:00"
    assert lacking(info, {"AAM_CDF_1109_000000_0.gz": Seen(size=2709730)}, by_etag=True) == ()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "it has no list Files; it has no Totals"),
        (b"[]", "it has no list Files; it has no Totals"),
        (b"\xff\xfe", "is not an .info file of AAM: "),
        (b"Files: [", "is not an .info file of AAM: "),
        (b"a: &x [1]\nb: *x", "it has a reference"),
        (b"{" * 100_000, "is not an .info file of AAM: "),
        (b"!!python/object/apply:os.system [true]", "is not an .info file of AAM: "),
        (
            b'{"Files": [{"FileName": "a"}, {"FileName": "x/b", "FileByteSize": 1}, 3], "Totals": {}}',
            "file 1 of its .*file 2 of .*file 3",
        ),
        (b" " * 16_000_001, "it has 16,000,001 bytes"),
    ],
)
def test_what_is_none(content, said):
    with pytest.raises(AAMBadAnswer, match=said):
        parse_info(content, what="“x.info”")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, ()),
        ({NAMES[1]: None}, (f"“{NAMES[1]}” is not there",)),
        ({NAMES[0]: Seen(size=1)}, (f"“{NAMES[0]}” has 1 of 400,000,000 bytes",)),
    ],
)
def test_complete_when_all_is_there_in_full(change, said):
    seen = {name: found for name, found in {**ALL, **change}.items() if found}
    assert lacking(parse_info(OUTBOUND.encode(), what="x"), seen) == said


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("TotalNumberFiles: 2", "TotalNumberFiles: 3", "its .info lists 2 files, and says that there are 3"),
        ("700000000", "700000001", "its .info lists 700,000,000 bytes, and says that there are 700,000,001"),
    ],
)
def test_totals_must_be_those_of_the_list(old, new, said):
    assert lacking(parse_info(OUTBOUND.replace(old, new).encode(), what="x"), ALL) == (said,)


def test_a_feed_is_compared_by_etag_and_its_totals_are_only_told():
    document = json.loads(json.dumps(FEED))
    document["Totals"]["TotalNumberFiles"] = 2
    info = parse_info(json.dumps(document).encode(), what="x")
    same, other = ('"A9EA418E79511642CFF11C2A898037DC-1"', "0" * 32)
    name = "AAM_CDF_1109_000000_0.gz"
    assert lacking(info, {name: Seen(size=2709730, etag=same)}, by_etag=True) == ()
    assert lacking(info, {name: Seen(size=2709730, etag=other)}, by_etag=True) == (
        f"“{name}” has another ETag than its .info says",
    )
    assert lacking(info, {name: Seen(size=2709730, etag="0x8D")}, by_etag=True) == (), "not an ETag of S3"
    assert contradictions(info) == ("its .info lists 1 file, and says that there are 2",)


def test_many_are_counted():
    files = [{"FileName": f"{number}.gz", "FileByteSize": 1} for number in range(30)]
    info = parse_info(json.dumps({"Files": files, "Totals": {}}).encode(), what="x")
    assert lacking(info, {})[-1] == "and 25 more"
