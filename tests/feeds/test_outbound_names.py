"""Every name that Adobe shows, and what its documentation leaves open."""

from __future__ import annotations

import pytest

from airflow_provider_aam.api.errors import AAMArgumentError
from airflow_provider_aam.feeds.names import OutboundName, read_names, readings


def only(text: str) -> OutboundName:
    (name,) = readings(text)
    return name


def test_a_name_in_milliseconds():
    name = only("S3_1234_20914_XYZCustomer_iter_1486140844000.sync.gz")
    assert (name.method, name.numbers, name.alias, name.mode) == ("s3", (1234, 20914), "XYZCustomer", "iter")
    assert (name.batch, name.unit) == ("S3_1234_20914_XYZCustomer_iter_1486140844000", "ms")
    assert (name.split, name.extension, name.is_info) == (None, ".sync.gz", False)
    assert name.sent_at.isoformat() == "2017-02-03T16:54:04+00:00"


def test_its_second_file_is_of_the_same_batch():
    first, second = (only(f"S3_1234_20914_XYZCustomer_iter_1486140844000{each}.sync.gz") for each in ("", "001"))
    assert (first.batch, first.sent_at) == (second.batch, second.sent_at)
    assert (first.split, second.split) == (None, 1)


@pytest.mark.parametrize(
    ("text", "method", "numbers", "alias", "mode", "sent_at", "split"),
    [
        ("ftp_1234_20915_full_1486140843000.sync.gz", "ftp", (1234, 20915), None, "full", "2017-02-03T16:54:03", None),
        ("http_77_iter_1486140843.sync", "http", (77,), None, "iter", "2017-02-03T16:54:03", None),
        ("iter_1486140843001002.csv", None, (), None, "iter", "2017-02-03T16:54:03.001000", 2),
        ("ACME_Bank_FULL_14861408431000.json", None, (), "ACME_Bank", "full", "2017-02-03T16:54:03", 1000),
        ("s3_1_2_full_20170203165403.sync.gz", "s3", (1, 2), None, "full", "2017-02-03T16:54:03", None),
        ("s3_1_2_full_20170203165403002.sync.gz", "s3", (1, 2), None, "full", "2017-02-03T16:54:03", 2),
        ("s3_1_2_full_1486140843000-2.sync.gz", "s3", (1, 2), None, "full", "2017-02-03T16:54:03", 2),
        ("s3_1_2_full_1486140843-1.sync.gz", "s3", (1, 2), None, "full", "2017-02-03T16:54:03", 1),
        ("s3_1_2_full_1486140843000.info", "s3", (1, 2), None, "full", "2017-02-03T16:54:03", None),
    ],
)
def test_elements_are_optional(text, method, numbers, alias, mode, sent_at, split):
    name = only(text)
    assert (name.method, name.numbers, name.alias, name.mode) == (method, numbers, alias, mode)
    assert (name.sent_at.isoformat(), name.split) == (f"{sent_at}+00:00", split)
    assert name.is_info == text.endswith(".info")


@pytest.mark.parametrize(
    "text",
    [
        "readme.txt",
        "ftp_dpm_478_1366545717.sync.gz",
        "s3_1_2_full_148614084.sync",
        "s3_1_2_full_14861408431.sync",
        "s3_1_2_full_148614084312.sync",
        "s3_1_2_full_20171303165403.sync",
        "s3_1_2_full_1486140843000000.sync",
        "s3_1_2_full_1486140843",
        "s3_1_2_full_1486140843000001-1.sync",
        "folder/s3_1_2_full_1486140843.sync",
        "s3_1_2_iterate_1486140843.sync",
        "s3_1_2_full_١٤٨٦١٤٠٨٤٣.sync",
    ],
)
def test_other_files_are_left_alone(text):
    assert readings(text) == ()
    assert read_names([text]) == {}


@pytest.mark.parametrize("text", ["s3_123456_9999_full_1566906141001.csv", "ftp_655_269_iter_1337229891903.sync"])
def test_thirteen_digits_mean_two_things_in_the_same_second(text):
    found = {name.unit: name for name in readings(text)}
    assert found.keys() == {"s", "ms"}
    assert found["s"].sent_at == found["ms"].sent_at.replace(microsecond=0)
    assert found["s"].batch != found["ms"].batch
    with pytest.raises(AAMArgumentError, match=f"“{text}”.*timestamp_unit='ms' or 's'"):
        read_names([text])


AMBIGUOUS = "s3_123456_9999_full_1566906141001.csv"


@pytest.mark.parametrize(
    ("others", "unit", "expected"),
    [
        ([], "ms", "ms"),
        ([], "s", "s"),
        (["s3_123456_9999_full_1566906141.info"], None, "s"),
        (["S3_123456_9999_FULL_1566906141.info"], None, "s"),
        (["s3_123456_9999_full_1566906141001.info"], None, "ms"),
        (["s3_123456_9999_full_1566906141002.csv"], None, "s"),
        (["s3_123456_9999_full_1566906141.csv"], None, "s"),
        (["s3_123456_9999_full_1566906141001001.csv"], None, "ms"),
        (["s3_123456_9999_full_1566906141001-1.csv"], None, "ms"),
    ],
)
def test_what_decides(others, unit, expected):
    assert read_names([AMBIGUOUS, *others], unit=unit)[AMBIGUOUS].unit == expected


@pytest.mark.parametrize(
    "other",
    [
        "s3_123456_9999_iter_1566906141002.csv",
        "s3_777777_9999_full_1566906141002.csv",
        "s3_123456_9999_full_1566906142.info",
        "s3_123456_9999_full_1566992541.csv",
    ],
)
def test_files_of_other_batches_decide_nothing(other):
    with pytest.raises(AAMArgumentError, match="timestamp_unit"):
        read_names([AMBIGUOUS, other])


def test_many_undecided_are_counted():
    names = [f"s3_1_2_full_15669{day:05d}001.csv" for day in range(10, 99)]
    with pytest.raises(AAMArgumentError, match="and 84 more: the digits are"):
        read_names(names)
