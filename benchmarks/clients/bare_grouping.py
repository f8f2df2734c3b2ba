"""DuckDB's grouping of users alone, its result thrown away."""

import tempfile

import duckdb
from report import measure, options

given = options()
QUERY = f"""
    SELECT count(*), sum(length(line)) FROM (
        SELECT "user", array_to_string(list_sort(list_distinct(list(trait))), ',') AS line
        FROM read_parquet('{given["path"]}') GROUP BY "user"
    )"""


def group() -> int:
    with tempfile.TemporaryDirectory() as folder:
        settings = {
            "threads": given["threads"],
            "memory_limit": f"{given['memory_mb']}MB",
            "temp_directory": folder,
            "preserve_insertion_order": False,
        }
        with duckdb.connect(config=settings) as con:
            return con.execute(QUERY).fetchone()[0]


measure(group)
