"""Our sync of rows that are there: the file of a delivery, or a list as it came from AAM."""

from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pyarrow.parquet  # noqa: F401
import sqlalchemy as sa
from report import measure, options

from airflow_provider_aam.api.resources import RESOURCES
from airflow_provider_aam.files.columns import Columns
from airflow_provider_aam.tables.job import sync_delivery
from airflow_provider_aam.tables.sync import sync_rows
from airflow_provider_aam.tables.wanted import Wanted

PAGE = 1000
given = options()
source = Path(given["source"])
engine = sa.create_engine(given["url"])


def members() -> int:
    return sync_delivery(source, engine, "members_ours", name=source.name, changes=None).rows


def segments() -> int:
    columns = Columns.of(RESOURCES["segments"], fields=None, include_metrics=False)
    wanted = Wanted.of("segments_ours", what="segments", key=["sid"], types=columns.types)
    with source.open("rb") as lines:
        pages = iter(lambda: b"".join(islice(lines, PAGE)), b"")
        batches = (columns.of_lines(page) for page in pages)
        return sync_rows(engine, wanted, batches, now=datetime.now(UTC), allow_empty=False).rows


with engine.connect():
    """The pool has a connection, as the bare client has."""
measure(members if source.suffix == ".parquet" else segments)
