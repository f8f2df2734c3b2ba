"""The same file with Polars, as its documentation teaches it, and gzip from Python's library."""

import gzip

import polars as pl
from report import measure, options

given = options()


def push() -> int:
    one = "d_sid=" + pl.element().cast(pl.String)
    lines = (
        pl.scan_parquet(given["path"])
        .unique()
        .group_by("user")
        .agg(pl.col("trait").sort())
        .select(pl.col("user") + "\t" + pl.col("trait").list.eval(one).list.join(","))
        .collect()["user"]
    )
    with gzip.open(given["out"], "wt", encoding="utf-8") as file:
        file.writelines(line + "\n" for line in lines)
    return len(lines)


measure(push)
