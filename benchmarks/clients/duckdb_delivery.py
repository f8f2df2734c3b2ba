"""DuckDB's CSV reader: alone, or with lists of integers made of its texts, to Parquet."""

import duckdb
from report import measure, options

given = options()
READ = f"""read_csv('{given["path"]}', columns = {{'user': 'VARCHAR', 'segments': 'VARCHAR', 'removed': 'VARCHAR'}},
    delim = ' ', header = false, auto_detect = false, quote = '', escape = '')"""
ALONE = f"""SELECT count(*), sum(length("user")), sum(length(segments)), sum(length(removed)) FROM {READ}"""


def made(column: str) -> str:
    return f"""from_json('[' || coalesce({column}, '') || ']', '["BIGINT"]') AS {column}"""


def read() -> int:
    settings = {"threads": given["threads"], "memory_limit": "1500MB", "preserve_insertion_order": False}
    with duckdb.connect(config=settings) as con:
        if not given["lists"]:
            return con.execute(ALONE).fetchone()[0]
        rows = f"""SELECT "user", {made("segments")}, {made("removed")} FROM {READ}"""
        return con.execute(f"COPY ({rows}) TO '{given['out']}' (FORMAT parquet, COMPRESSION zstd)").fetchone()[0]


measure(read)
