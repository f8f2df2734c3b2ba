"""What tables are filled with: memberships as a Parquet file, segments as AAM's JSON, both also as COPY takes them.

``share`` of the rows of the second set differ, as many are new, and as many are gone.
"""

import json
import random
import uuid
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from report import measure, options

from airflow_provider_aam.api.resources import RESOURCES
from airflow_provider_aam.files.columns import Columns
from airflow_provider_aam.tables.copy_text import copy_text

PAGE = 1000
SEGMENTS_PER_USER = 10
given = options()
folder, rows, share = Path(given["folder"]), given["rows"], given["share"]


def members() -> None:
    chance = random.Random(1)
    users = [str(uuid.UUID(int=chance.getrandbits(128))) for _ in range(rows // SEGMENTS_PER_USER)]
    sets = [sorted(chance.sample(range(10_000_000, 10_002_000), SEGMENTS_PER_USER)) for _ in users]
    for name in ("first", "second"):
        table = pa.table({"user": users, "segments": pa.array(sets, pa.list_(pa.int64()))})
        pq.write_table(table, folder / f"members-{name}.parquet", compression="zstd")
        lines = (f"{user}\t{sid}\n" for user, sids in zip(users, sets, strict=True) for sid in sids)
        (folder / f"members-{name}.copy").write_text("".join(lines))
        for sids in chance.sample(sets, int(rows * share)):
            sids[0] += 1_000_000


def segments() -> None:
    columns = Columns.of(RESOURCES["segments"], fields=None, include_metrics=False)
    for name, shift, changed in (("first", 0, 0), ("second", int(rows * share), 5)):
        with (
            (folder / f"segments-{name}.jsonl").open("wb") as lines,
            (folder / f"segments-{name}.copy").open("wb") as text,
        ):
            for start in range(shift, rows + shift, PAGE):
                page = b"".join(segment(sid, changed) for sid in range(start, start + PAGE))
                lines.write(page)
                text.write(copy_text([*columns.types.values()], columns.of_lines(page)))


def segment(sid: int, changed: int) -> bytes:
    row = {
        "sid": sid,
        "pid": 1099,
        "name": f"Segment {sid} · Trail shoes",
        "description": "people who looked at shoes",
        "status": "ACTIVE",
        "segmentRule": f"({sid}T AND {sid + 1}T) OR (FREQUENCY([{sid + 2}T]) >= 3)",
        "folderId": sid % 977,
        "dataSourceId": 3001 + sid % 7,
        "mergeRuleDataSourceId": 1,
        "integrationCode": f"sg-{sid}",
        "traitType": "SEGMENT",
        "createTime": 1_700_000_000_000 + sid,
        "updateTime": 1_700_000_000_000 + sid + (changed if sid % (1 / share) == 0 else 0),
        "crUID": 1,
        "upUID": 2,
    }
    return json.dumps(row, ensure_ascii=False).encode() + b"\n"


def generate() -> int:
    members()
    segments()
    return rows


measure(generate)
