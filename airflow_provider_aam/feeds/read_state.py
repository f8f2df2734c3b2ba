"""Who is in which segment as of a moment: the newest full delivery, and every incremental one after it, in its order.

That an incremental line names what was added and removed since the last one, and that a segment which it names in both
lists was added, is [inferred]. Users are cut into partitions on disk, so that memory does not grow with their number.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from airflow_provider_aam.api.errors import AAMConfigError, AAMError
from airflow_provider_aam.api.moments import utc_now
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.feeds.read_delivery import REPEATING, Lines
from airflow_provider_aam.feeds.read_receipt import FileRead, ReadReceipt
from airflow_provider_aam.feeds.reading.files import read_files
from airflow_provider_aam.feeds.reading.given import Delivered
from airflow_provider_aam.feeds.reading.part import delivery_schema
from airflow_provider_aam.feeds.write_rows import ReadOrder, write_rows
from airflow_provider_aam.files.engine import Engine, Limits, open_engine
from airflow_provider_aam.files.rejects import Rejects

if TYPE_CHECKING:
    import pyarrow as pa

PARTITION_BYTES = 128 * 2**20
"""Of files as they are stored; in memory they take several times as much."""
MOST_PARTITIONS = 256
BUFFERED_ROWS = 20_000
ROWS_AT_ONCE = 100_000

_CUT = """
COPY (SELECT *, hash(user) % $count AS part FROM given) TO $to (FORMAT parquet, PARTITION_BY (part), COMPRESSION snappy)
"""
_MERGED = """
WITH lines AS MATERIALIZED (SELECT * FROM read_parquet($files)),
untouched AS (SELECT user FROM lines GROUP BY user HAVING count(*) = 1 AND max(step) = 0),
changes AS (
    SELECT user, step, unnest(segments) AS segment, true AS is_in FROM lines ANTI JOIN untouched USING (user)
    UNION ALL
    SELECT user, step, unnest(removed), false FROM lines ANTI JOIN untouched USING (user)
),
latest AS (SELECT user, segment FROM changes GROUP BY user, segment HAVING max(2 * step + is_in::INT) % 2 = 1)
SELECT user, list_sort(list_distinct(segments)) AS segments FROM lines SEMI JOIN untouched USING (user)
WHERE len(segments) > 0
UNION ALL
SELECT user, list(segment ORDER BY segment) FROM latest GROUP BY user
"""


def read_state(
    files: Sequence[Delivered],
    lines: Lines,
    order: ReadOrder,
    limits: Limits,
    *,
    now: Callable[[], datetime] = utc_now,
) -> ReadReceipt:
    """Write a row for each user who is in a segment. ``files`` are a full delivery and what came after, in order.

    Raises as :func:`~airflow_provider_aam.feeds.read_delivery.read_delivery` does.
    """

    def rows(rejects: Rejects, read: list[FileRead]) -> Generator[pa.RecordBatch]:
        with open_engine(limits, _explained, buffered_rows=BUFFERED_ROWS) as engine:
            _cut(engine, files, lines, rejects, read)
            for folder in sorted((engine.scratch / "users").iterdir()):
                found = engine.con.sql(_MERGED, params={"files": f"{folder}/*.parquet"})
                yield from found.to_arrow_reader(ROWS_AT_ONCE)

    return write_rows(order, rows, state_schema(), now=now, repeating=REPEATING[:1])


def state_schema() -> pa.Schema:
    """Of the rows that :func:`read_state` writes."""
    import pyarrow as pa

    return pa.schema([("user", pa.string()), ("segments", pa.list_(pa.int64()))])


def _cut(engine: Engine, files: Sequence[Delivered], lines: Lines, rejects: Rejects, read: list[FileRead]) -> None:
    import pyarrow as pa

    schema = delivery_schema().append(pa.field("step", pa.int32()))
    failures: list[AAMError] = []
    rows = _steps(files, lines, rejects, read, failures)
    engine.con.register("given", pa.RecordBatchReader.from_batches(schema, rows))
    stored = sum(file.path.stat().st_size for file in files)
    count = min(MOST_PARTITIONS, 1 + stored // PARTITION_BYTES)
    engine.con.execute(_CUT, {"count": count, "to": f"{engine.scratch}/users"})
    if failures:
        raise failures[0]


def _steps(
    files: Sequence[Delivered],
    lines: Lines,
    rejects: Rejects,
    read: list[FileRead],
    failures: list[AAMError],
) -> Iterator[Any]:
    """Rows with the number of their delivery, from 0. DuckDB would show another's error as its own."""
    import pyarrow as pa

    moments = [*dict.fromkeys(file.sent_at for file in files)]
    try:
        for file, batch in read_files(files, partial(lines.reading, rejects=rejects), read):
            step = pa.scalar(moments.index(file.sent_at), pa.int32())
            yield batch.append_column("step", pa.repeat(step, len(batch)))
    except AAMError as failure:
        failures.append(failure)


def _explained(failure: Exception, limits: Limits) -> Exception:
    import duckdb

    said = one_line(next((line for line in str(failure).splitlines() if line.strip()), ""))
    if isinstance(failure, duckdb.OutOfMemoryException):
        return AAMConfigError(
            f"The state needs more than memory_mb={limits.memory_mb}: {said}. Nothing was written. Raise memory_mb."
        )
    return OSError(f"The state could not be rebuilt: {said} Nothing was written.")
