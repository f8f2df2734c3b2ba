"""The suffix says the format, and says so before anything is asked of AAM."""

from __future__ import annotations

import sys

import pytest

from airflow_provider_aam.api.errors import AAMArgumentError, AAMDestinationError
from airflow_provider_aam.files.formats import choose_format


@pytest.mark.parametrize(
    ("name", "format_name"),
    [
        ("segments.jsonl", "jsonl"),
        ("segments.jsonl.gz", "jsonl.gz"),
        ("segments.csv", "csv"),
        ("segments.csv.gz", "csv.gz"),
        ("segments.parquet", "parquet"),
        ("2026.01.31/segments.v2.JSONL.GZ", "jsonl.gz"),
    ],
)
def test_suffix_names_the_format(name, format_name):
    assert choose_format(name).name == format_name


@pytest.mark.parametrize("file_format", ["csv.gz", ".csv.gz", "CSV.gz"])
def test_file_format_overrides_the_suffix(file_format):
    assert choose_format("segments.jsonl", file_format).name == "csv.gz"


@pytest.mark.parametrize("name", ["segments.xlsx", "segments", "folder.csv/segments", "segments.gz", ""])
def test_unknown_suffix_is_refused_with_the_known_ones(name):
    with pytest.raises(AAMArgumentError, match=r"Known: \.jsonl, \.jsonl\.gz, \.csv, .*file_format"):
        choose_format(name)


def test_unknown_file_format_is_refused_with_the_nearest():
    with pytest.raises(AAMArgumentError, match=r"file_format 'parket' is not a format .*Did you mean \.parquet\?$"):
        choose_format("segments.jsonl", "parket")


def test_gzipped_parquet_is_refused_with_the_reason():
    with pytest.raises(AAMArgumentError, match="compressed inside"):
        choose_format("segments.parquet.gz")


def test_parquet_without_pyarrow_names_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(AAMDestinationError, match=r"pip install 'airflow-provider-aam\[parquet\]'"):
        choose_format("segments.parquet")
    assert choose_format("segments.csv").name == "csv"
