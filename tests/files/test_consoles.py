"""Pages of object stores for URIs; whatever has none is its own address, without what is nobody's business."""

from __future__ import annotations

import pytest

from airflow_provider_aam.files.consoles import browser_address

S3, GOOGLE = "https://s3.console.aws.amazon.com/s3", "https://console.cloud.google.com/storage/browser"


@pytest.mark.parametrize(
    ("uri", "address"),
    [
        ("s3://bucket/a/plan.json", f"{S3}/object/bucket?prefix=a/plan.json"),
        ("s3a://my_conn@bucket/a b&c.csv", f"{S3}/object/bucket?prefix=a%20b%26c.csv"),
        ("gs://conn@bucket/a/b.csv", f"{GOOGLE}/_details/bucket/a/b.csv"),
        (
            "gcs://bucket/manual__2026-01-01T00:00:00+00:00/p",
            f"{GOOGLE}/_details/bucket/manual__2026-01-01T00%3A00%3A00%2B00%3A00/p",
        ),
        ("abfs://box@acme.dfs.core.windows.net/a.csv", "https://acme.blob.core.windows.net/box/a.csv"),
        ("abfs://conn@box/a.csv", "abfs://box/a.csv"),
        ("file:///tmp/a b.csv", "file:///tmp/a b.csv"),
        ("sftp://user:secret@host/a.csv", "sftp://host/a.csv"),
        ("https://user:secret@host/a.csv?sig=secret", "https://host/a.csv"),
    ],
)
def test_file(uri, address):
    assert browser_address(uri, other={}) == address


@pytest.mark.parametrize(
    ("uri", "address"),
    [
        ("s3://bucket/a/b", f"{S3}/buckets/bucket?prefix=a/b/"),
        ("s3://bucket", f"{S3}/buckets/bucket?prefix="),
        ("gs://bucket/a/", f"{GOOGLE}/bucket/a/"),
        ("memory://a/b", "memory://a/b"),
    ],
)
def test_folder(uri, address):
    assert browser_address(uri, is_folder=True, other={}) == address


def test_other_pages_count_first():
    assert (
        browser_address("s3://b/k.csv", other={"s3": "https://minio.example/{bucket}/{key}"})
        == "https://minio.example/b/k.csv"
    )
    assert browser_address("s3a://b/k.csv", other={"s3": ""}) is None
    azure = "abfs://box@acme.dfs.core.windows.net/a.csv"
    assert (
        browser_address(azure, other={"abfs": "https://azure.example/{bucket}#{key}"})
        == "https://azure.example/box#a.csv"
    )
