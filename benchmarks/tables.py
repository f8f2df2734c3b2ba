"""A table kept in step: ours, and a bare COPY with one MERGE of the same rows in the same run."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from airflow_provider_aam.api.resources import SEGMENTS, Type
from airflow_provider_aam.files.columns import Columns
from airflow_provider_aam.tables.wanted import column_name
from benchmarks.processes import REPOSITORY, Measured, run_client, table_row

ROWS, CHANGED = 1_000_000, 0.01
LONGEST = 1.5
TIMES = 2
FROM = {"copy": "COPY's format", "jsonl": "the same JSON"}
SQL_PYTHON = Path(os.environ.get("AAM_SQL_PYTHON", REPOSITORY / ".venv-sql/bin/python"))
TYPES = {Type.INTEGER: "bigint", Type.TEXT: "text", Type.INSTANT: "timestamptz", Type.JSON: "jsonb"}
SEGMENT = Columns.of(SEGMENTS, fields=None, include_metrics=False).types


@dataclass(frozen=True, kw_only=True)
class Filled:
    """``fields`` by name, with the type of each; ``bare`` are the suffixes of what the bare client begins with."""

    table: str
    ours: str
    bare: Sequence[str]
    key: Sequence[str]
    fields: Mapping[str, str]


FILLED = (
    Filled(
        table="members",
        ours="parquet",
        bare=("copy",),
        key=("user_id", "segment_id"),
        fields={"user_id": "text", "segment_id": "bigint"},
    ),
    Filled(
        table="segments",
        ours="jsonl",
        bare=("jsonl", "copy"),
        key=("sid",),
        fields={field: TYPES[kind] for field, kind in SEGMENT.items()},
    ),
)

HEAD = f"""\
## Tables in PostgreSQL

{ROWS:,} rows, into a table that is not there; then a second set of which {CHANGED:.0%} are new, {CHANGED:.0%} differ
and {CHANGED:.0%} are gone. *Bare* is psycopg's `COPY` into a temporary table and one `MERGE`, which marks no row as
gone. *Ours* begins with what the operator has in hand: the Parquet file of a delivery (users and segments), or a list
of segments in JSON, as AAM sent it. Bare begins with a file that is already in COPY's format, or with the same JSON,
decoded and handed to psycopg row by row. Best of {TIMES}, in turns. PostgreSQL is on the same cores, with `fsync=off`:
the disk is not what is measured.

| Table | Rows | Ours | Bare | From | Ratio | Goal | Peak ours |
|---|---|---|---|---|---|---|---|"""


def tables() -> list[str]:
    sys.path.insert(0, str(REPOSITORY / "demo"))  # local_airflow
    from tests.postgres import running_postgres

    with tempfile.TemporaryDirectory(prefix="aam-bench-") as folder, running_postgres(fsync="off") as url:
        run_client("generate_tables", {"folder": folder, "rows": ROWS, "share": CHANGED})
        return [HEAD, *(line for filled in FILLED for line in _rows(Path(folder), url, filled)), ""]


def _rows(folder: Path, url: str, filled: Filled) -> list[str]:
    table, driver = filled.table, url.replace("postgresql:", "postgresql+psycopg:")
    columns = {column_name(field): kind for field, kind in filled.fields.items()}
    about = {"url": url, "key": filled.key, "columns": columns, "fields": [*filled.fields]}
    measured: dict[tuple[str, str], list[Measured]] = {}
    for _ in range(TIMES):
        for name in ("first", "second"):
            source = folder / f"{table}-{name}"
            runs = {
                suffix: run_client(
                    "bare_tables",
                    {**about, "table": f"{table}_{suffix}", "source": f"{source}.{suffix}"},
                    python=SQL_PYTHON,
                )
                for suffix in filled.bare
            }
            runs["ours"] = run_client(
                "ours_tables", {"url": driver, "source": f"{source}.{filled.ours}"}, python=SQL_PYTHON
            )
            for client, each in runs.items():
                assert each.count == ROWS, (client, each)
                measured.setdefault((name, client), []).append(each)
        tables = [f"{table}_{each}" for each in ("ours", *filled.bare)]
        run_client("drop_tables", {"url": url, "tables": tables}, python=SQL_PYTHON)
    lines = []
    for name, what in (("first", "new"), ("second", f"{CHANGED:.0%} new, changed, gone")):
        for suffix in filled.bare:
            ours, bare = (min(measured[name, each], key=lambda one: one.seconds) for each in ("ours", suffix))
            ratio = f"{ours.seconds / bare.seconds:.2f}"
            cells = (f"{ours.seconds:.2f} s", f"{bare.seconds:.2f} s", FROM[suffix], ratio, LONGEST)
            lines.append(table_row(table, what, *cells, f"{ours.peak_mib:.0f} MiB"))
    return lines
