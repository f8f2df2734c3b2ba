"""Rows of users and sids, in random order; with ``changed`` a second file in which a share of them differs."""

import duckdb
from report import measure, options

given = options()
rows, traits, users = given["rows"], given["traits"], int(given["rows"] * given["users"])
USER = "concat_ws('-', h[1:8], h[9:12], h[13:16], h[17:20], h[21:32])"
MADE = f"""
    SELECT {USER} AS "user", CAST(400000 + random() * {traits - 1} AS INTEGER) AS trait
    FROM (SELECT md5(CAST(CAST(random() * {users - 1} AS BIGINT) AS VARCHAR)) AS h FROM range({rows}))"""
SETTINGS = {"threads": 2, "memory_limit": "1GB", "preserve_insertion_order": False}


def generate() -> int:
    with duckdb.connect(config=SETTINGS) as con:
        con.execute(f"COPY ({MADE}) TO '{given['path']}' (FORMAT parquet, ROW_GROUP_SIZE 200000)")
        source = f"read_parquet('{given['path']}')"
        if "csv" in given:
            con.execute(f"COPY (FROM {source}) TO '{given['csv']}' (FORMAT csv, HEADER)")
        if "changed" in given:
            other = f"CASE WHEN random() < {given['share']} THEN trait + {traits} ELSE trait END"
            con.execute(
                f"""COPY (SELECT "user", {other} AS trait FROM {source})
                TO '{given["changed"]}' (FORMAT parquet, ROW_GROUP_SIZE 200000)"""
            )
    return rows


measure(generate)
