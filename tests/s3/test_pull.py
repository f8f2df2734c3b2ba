"""Lists of AAM as objects in a bucket."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
from collections.abc import Callable
from typing import Any

import pyarrow.parquet as pq
import pytest

from airflow_provider_aam.compat import AirflowFailException
from airflow_provider_aam.operators.pull import AAMPullSegmentsOperator

READERS: dict[str, Callable[[bytes], list[Any]]] = {
    "jsonl": lambda content: [json.loads(line) for line in content.splitlines()],
    "jsonl.gz": lambda content: READERS["jsonl"](gzip.decompress(content)),
    "csv": lambda content: list(csv.DictReader(io.StringIO(content.decode()))),
    "csv.gz": lambda content: READERS["csv"](gzip.decompress(content)),
    "parquet": lambda content: pq.read_table(io.BytesIO(content)).to_pylist(),
}


def pull(destination: str, conn_id: str | None = "lake", **arguments: Any) -> dict[str, Any]:
    task = AAMPullSegmentsOperator(task_id="pull", destination=destination, destination_conn_id=conn_id, **arguments)
    return task.execute({})


@pytest.mark.parametrize("form", READERS)
def test_list_in_each_format(emulator, s3, form):
    emulator.seed(segments=25)
    receipt = pull(f"s3://lake/date=2026-01-02/segments.{form}")
    content = s3.content(f"date=2026-01-02/segments.{form}")
    assert len(READERS[form](content)) == 25
    assert receipt["uri"] == f"s3://lake/date=2026-01-02/segments.{form}"
    assert (receipt["bytes"], receipt["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    assert s3.keys() == [f"date=2026-01-02/segments.{form}"]


def test_connection_in_the_uri(emulator, s3):
    emulator.seed(segments=5)
    pull("s3://lake@lake/segments.jsonl", None)
    assert len(s3.content("segments.jsonl").splitlines()) == 5


def test_bucket_that_is_not_there(emulator, s3):
    with pytest.raises(AirflowFailException, match="there is no bucket 'lagoon'"):
        pull("s3://lagoon/segments.jsonl")
    assert emulator.count("GET /v1/segments") == 0
    assert s3.buckets() == ["lake"]


@pytest.mark.parametrize("kind", ["slow_down", "reset"])
def test_older_file_stays_complete_while_a_newer_one_cannot_be_put(emulator, s3, kind):
    emulator.seed(segments=5)
    pull("s3://lake/segments.csv")
    before = s3.content("segments.csv")
    emulator.seed(segments=5)
    s3.trouble("PUT /lake/segments", kind)
    with pytest.raises(Exception, match=r"SlowDown|Could not connect") as failed:
        pull("s3://lake/segments.csv")
    assert not isinstance(failed.value, AirflowFailException)
    assert s3.content("segments.csv") == before
    s3.troubles.clear()
    assert pull("s3://lake/segments.csv")["rows"] == 10
