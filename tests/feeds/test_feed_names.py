"""Paths of Customer Data Feeds: every form that Adobe shows."""

from __future__ import annotations

import pytest

from airflow_provider_aam.feeds.feed_names import parse_feed_path, parse_hour


@pytest.mark.parametrize(
    ("name", "account", "sequence"),
    [
        ("AAM_CDF_1234_0_0_0.gz", 1234, (0, 0, 0)),
        ("AAM_CDF_1234_0_2_0.gz", 1234, (0, 2, 0)),
        ("AAM-CDF_1234_1_0.gz", 1234, (1, 0)),
        ("AAM_CDF_1109_000000_0.gz", 1109, (0, 0)),
    ],
)
@pytest.mark.parametrize("folder", ["", "aam-cdf/bucket/", "s3://aam-cdf/bucket/"])
def test_data_file(folder, name, account, sequence):
    found = parse_feed_path(f"{folder}day=2017-09-26/hour=18/{name}")
    assert found is not None
    assert (found.account, found.sequence) == (account, sequence)
    assert found.hour.isoformat() == "2017-09-26T18:00:00+00:00"


@pytest.mark.parametrize(
    "path",
    [
        "AAM_CDF_1234_0_0_0.gz",
        "day=2017-09-26/AAM_CDF_1234_0_0_0.gz",
        "day=2017-09-26/hour=24/AAM_CDF_1234_0_0_0.gz",
        "day=2017-13-26/hour=18/AAM_CDF_1234_0_0_0.gz",
        "day=2017-09-26/hour=18/AAM_CDF_1234.gz",
        "day=2017-09-26/hour=18/AAM_CDF_1234_0_0_0.gz.tmp",
        "day=2017-09-26/hour=18/x/AAM_CDF_1234_0_0_0.gz",
    ],
)
def test_other_files(path):
    assert parse_feed_path(path) is None


def test_info_lies_in_an_hour_or_in_a_day():
    assert str(parse_hour("s3://b/day=2017-09-26/hour=18/x.info")) == "2017-09-26 18:00:00+00:00"
    assert parse_hour("s3://b/day=2017-09-26/x.info") is None
