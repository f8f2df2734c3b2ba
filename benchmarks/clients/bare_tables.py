"""COPY into a staging table, and one MERGE into the table: as little as there can be.

What is copied is a file in COPY's own format, or rows of AAM's JSON, which are decoded and handed to psycopg.
"""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import psycopg
from report import measure, options

CHUNK = 2**18
given = options()
table, key, columns = given["table"], given["key"], given["columns"]
others = [name for name in columns if name not in key]
names = ", ".join(columns)
moved = " OR ".join(f"t.{name} IS DISTINCT FROM s.{name}" for name in others)
update = ", ".join(f"{name} = s.{name}" for name in others)
merge = f"""
MERGE INTO {table} t USING staged s ON {" AND ".join(f"t.{name} = s.{name}" for name in key)}
{f"WHEN MATCHED AND ({moved}) THEN UPDATE SET {update}, aam_updated_at = now()" if others else ""}
WHEN NOT MATCHED THEN INSERT ({names}, aam_updated_at) VALUES ({", ".join(f"s.{name}" for name in columns)}, now())
"""


def work() -> int:
    with connection.transaction(), connection.cursor() as cursor:
        types = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        cursor.execute(f"CREATE TEMPORARY TABLE staged ({types}) ON COMMIT DROP")
        with Path(given["source"]).open("rb") as source, cursor.copy(f"COPY staged ({names}) FROM STDIN") as copy:
            if given["source"].endswith(".copy"):
                while chunk := source.read(CHUNK):
                    copy.write(chunk)
            else:
                for row in rows_of(source):
                    copy.write_row(row)
        rows = cursor.rowcount
        stamps = "aam_updated_at timestamptz, aam_deleted_at timestamptz"
        cursor.execute(f"CREATE TABLE IF NOT EXISTS {table} ({types}, {stamps}, PRIMARY KEY ({', '.join(key)}))")
        cursor.execute(merge)
        return rows


def rows_of(lines):
    decode = msgspec.json.Decoder(dict).decode
    known = given["fields"]
    for line in lines:
        row = decode(line)
        for name in ("createTime", "updateTime"):
            row[name] = datetime.fromtimestamp(row[name] / 1000, UTC)
        yield [row.get(name) for name in known]


with psycopg.connect(given["url"], autocommit=True) as connection:
    measure(work)
