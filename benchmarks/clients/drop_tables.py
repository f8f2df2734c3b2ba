"""Begin again without tables."""

import psycopg
from report import measure, options

given = options()


def work() -> int:
    with psycopg.connect(given["url"]) as connection:
        for table in given["tables"]:
            connection.execute(f"DROP TABLE IF EXISTS {table}")
    return len(given["tables"])


measure(work)
