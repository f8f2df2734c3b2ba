"""Polars' CSV reader: alone, or with lists of integers made of its texts, to Parquet."""

import os

from report import measure, options

given = options()
os.environ["POLARS_MAX_THREADS"] = str(given["threads"])
import polars as pl  # noqa: E402

COLUMNS = ("user", "segments", "removed")


def read() -> int:
    rows = pl.scan_csv(
        given["path"], separator=" ", has_header=False, quote_char=None, schema=dict.fromkeys(COLUMNS, pl.String)
    )
    if not given["lists"]:
        lengths = [pl.col(name).str.len_bytes().sum() for name in COLUMNS]
        return rows.select(pl.len(), *lengths).collect(engine="streaming").item(0, 0)
    lists = [pl.col(name).str.split(",").list.eval(pl.element().cast(pl.Int64)) for name in COLUMNS[1:]]
    rows.with_columns(lists).sink_parquet(given["out"], compression="zstd")
    return pl.scan_parquet(given["out"]).select(pl.len()).collect().item()


measure(read)
