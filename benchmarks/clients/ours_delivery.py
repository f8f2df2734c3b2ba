"""Our reader of outbound files: what the operator does, without Airflow around it."""

from pathlib import Path

import numpy as np  # noqa: F401
import pyarrow.parquet  # noqa: F401
from isal import igzip  # noqa: F401
from report import measure, options

from airflow_provider_aam.feeds.read_delivery import Lines, read_delivery
from airflow_provider_aam.feeds.reading.given import Delivered
from airflow_provider_aam.feeds.write_rows import ReadOrder

given = options()


def read() -> int:
    file = Delivered(uri=given["path"], path=Path(given["path"]))
    order = ReadOrder(destination=Path(given["out"]))
    return read_delivery([file], Lines(threads=given["threads"]), order).rows


measure(read)
