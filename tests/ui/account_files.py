"""A folder of the page as tasks would have filled it: a large account, and runs of every kind."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from airflow_provider_aam.account.uses import AccountUse, Use
from airflow_provider_aam.files.notes import Note, PlanText, Task, leave_note
from airflow_provider_aam.files.page_files import POPULATIONS
from airflow_provider_aam.files.shelf import new_path

WHERE = ("Home", "Pricing", "Checkout", "Search", "Newsletter", "Store finder", "Support", "Cart")
WHAT = ("trail shoes", "rain jackets", "tents", "bikes", "climbing gear", "gift cards", "outlet", "kids")
WHO = ("visitors", "buyers", "subscribers", "returning visitors", "loyal customers", "lapsed customers")
GROWTH = (1, 4.2, 7.2, 12, 17.8, 21)
SOURCES = {"3001": "web", "3002": "crm", "3003": "shop"}
LINES = """\
Plan for AAM account 1099 (aam.adobe.io), from s3://catalog/shop: 2 to create (1 of them a folder), 1 to update, \
1 to delete, 14 unchanged.
! trait shop/cart “Cart · tents”: referenced by 3 segments
+ trait folder /Shop/Autumn
+ trait shop/autumn-tents “Autumn · tents”: traitType “RULE_BASED_TRAIT”; traitRule “c_category == "tents"”; \
folderId /Shop/Autumn (new); ttl 30
~ trait shop/trail-shoes “Search · trail shoes”: ttl: 30 → 14; description: “” → “People who search for trail shoes”
- segment shop/summer-sale “Summer sale buyers”
"""
ODD_NAMES = ("<b>bold</b>", " ", "خيام · tents", "👩 families" + " and so on" * 40)
PLAN = PlanText(
    sha256="5f1c9a0e7d4b3c2a" * 4,
    counts={"create": 2, "update": 1, "delete": 1, "unchanged": 14, "create_folders": 1},
    counts_by_kind={
        "trait folder": {"create": 1, "update": 0, "delete": 0},
        "trait": {"create": 1, "update": 1, "delete": 0},
        "segment": {"create": 0, "update": 0, "delete": 1},
    },
    lines=tuple(LINES.splitlines()),
)


def fill(folder: Path, *, segments: int, traits: int) -> None:
    """The lists are of today and of two days ago."""
    folder.mkdir(parents=True)
    now = datetime.now(UTC)
    for name, number in (("segments", segments), ("traits", traits)):
        for age, seed in ((timedelta(days=2), 0), (timedelta(minutes=25), 1)):
            path = new_path(folder, name, suffix=".jsonl.gz", now=now - age)
            path.write_bytes(gzip.compress(b"\n".join(_rows(name, number, grown=seed)), 1))
    account = new_path(folder, "account", suffix=".json", now=now - timedelta(minutes=25))
    account.write_bytes(msgspec.json.encode(_account(segments, traits)))
    for note in _notes(now):
        leave_note(folder, note)


def fill_oddly(folder: Path) -> None:
    """Long names of everything, names that are not of letters, and a check of drift that is not the last word."""
    folder.mkdir()
    now = datetime.now(UTC)
    for name in POPULATIONS:
        rows = (
            {"sid": sid, "name": title, "integrationCode": "c" * 255, **dict.fromkeys(POPULATIONS[name], 1_234_567)}
            for sid, title in enumerate(ODD_NAMES, 1)
        )
        path = new_path(folder, name, suffix=".jsonl.gz", now=now)
        path.write_bytes(gzip.compress(b"\n".join(json.dumps(row).encode() for row in rows)))
    account = new_path(folder, "account", suffix=".json", now=now)
    account.write_bytes(msgspec.json.encode(_account(4, 4)))

    def note(kind: Any, minutes: float, dag_id: str, **more: Any) -> Note:
        task = Task(dag_id=dag_id, run_id="manual__1", task_id="group." + "task_" * 40)
        return Note(kind=kind, at=now - timedelta(minutes=minutes), task=task, seconds=1, **more)

    drift = "aam_drift_" + "of_a_catalog_" * 15
    failed = "\n".join(f"the {each} line of the reason" for each in ("first", "second", "third", "fourth", "fifth"))
    for each in (
        note("drift", 9, drift, plan=PLAN),
        note("drift", 5, drift, error=failed),
        note("push", 0, "aam_push", result={"outcomes": {"created": 1}, "outcome_uri": "s3://" + "bucket/" * 40}),
        note("plan", 1, drift, plan=PLAN, result={"plan_uri": "s3://" + "a" * 300}),
    ):
        leave_note(folder, each)


def _rows(name: str, number: int, *, grown: int) -> Iterator[bytes]:
    chance = random.Random(7)
    for at in range(number):
        scale = int(10 ** chance.uniform(1, 5))
        moved = chance.choice((0, 0, 0.004, -0.01, 0.02, -0.35 if at % 97 == 0 else 0.01)) * grown
        bend = chance.uniform(0.5, 1.6)
        title = f"{chance.choice(WHERE)} · {chance.choice(WHAT)} · {chance.choice(WHO)}"
        row: dict[str, Any] = {
            "sid": 4_011_000 + at,
            "name": title if at % 211 else f"{title} in a name that goes on and on until no column has room for it",
            "integrationCode": f"{name[:3]}-{at:05}" if at % 5 else None,
            "dataSourceId": 3001 + at % 3,
            "status": "INACTIVE" if at % 17 == 0 else "ACTIVE",
        }
        sizes = (int(scale * each**bend * (1 + moved)) for each in GROWTH)
        row |= dict(zip(POPULATIONS[name], sizes, strict=True))
        if grown == 0 and at % 1_900 == 17:
            continue  # is new today
        yield json.dumps(row).encode()


def _account(segments: int, traits: int) -> AccountUse:
    def use(resource: str, kind: str, count: int, limit: int, *, documented: bool = False) -> Use:
        return Use(resource=resource, type=kind, count=count, limit=limit, documented=documented)

    return AccountUse(
        pid=1099,
        host="aam.adobe.io",
        data_sources=SOURCES,
        uses=(
            use("traits", "TOTAL", traits, 100_000),
            use("traits", "RULE_BASED_TRAIT", traits - 1_246, 100_000),
            use("traits", "ON_BOARDED_TRAIT", 1_200, 100_000),
            use("traits", "ALGO_TRAIT", 46, 50),
            use("segments", "TOTAL", segments, 20_000),
            use("destinations", "TOTAL", 84, 1_000),
            use("models", "ACTIVE", 17, 20),
            use("derived_signals", "TOTAL", 412, 50_000, documented=True),
            use("trait_folders", "TOTAL", 1_130, 2_000, documented=True),
        ),
    )


def _notes(now: datetime) -> Iterator[Note]:
    def note(kind: Any, hours: float, task: str, seconds: float, **more: Any) -> Note:
        run = Task(dag_id=f"aam_{task}", run_id="scheduled__2026-11-29T02:00:00+00:00", task_id=task)
        return Note(kind=kind, at=now - timedelta(hours=hours), task=run, seconds=seconds, **more)

    pulled = {"resource": "segments", "rows": 20_000, "uri": "s3://lake/aam/segments/2026-11-29.jsonl.gz"}
    yield note("pull", 26, "pull_segments", 2.3, result=pulled)
    yield note("pull", 2, "pull_segments", 2.1, result=pulled)
    nothing = {"create": 0, "update": 0, "delete": 0, "unchanged": 17}
    in_line = msgspec.structs.replace(PLAN, sha256="c3" * 32, counts=nothing, counts_by_kind={}, lines=PLAN.lines[:1])
    yield note("drift", 24.4, "drift", 8.2, plan=in_line)
    yield note("drift", 0.4, "drift", 8.4, plan=msgspec.structs.replace(PLAN, sha256="c4" * 32))
    yield note("plan", 30, "plan", 9.1, plan=PLAN, result={"plan_uri": "s3://catalog/plans/1/plan.json"})
    done = {"created": 3, "updated": 12, "unchanged": 180, "deleted": 0, "rejected": 0, "unknown": 0}
    applied = {"plan_sha256": PLAN.sha256, "approved_by": "ada", "outcome_uri": "s3://catalog/plans/1/outcomes.jsonl"}
    yield note("push", 29, "apply", 41, result={"outcomes": done, **applied})
    failed = (
        "2 of 197 rows in s3://catalog/shop failed (max_failed=0): 3 created, 180 unchanged, 2 rejected. Fix the rows "
        "below and run again; finished rows are not repeated.\n"
        "  traits.yaml:31: rejected shop/tents: 400: Trait rule is not valid.\n"
        "  traits.yaml:44: rejected shop/bikes: 400: Name is too long."
    )
    yield note("push", 5, "push_catalog", 38, result={"outcomes": done | {"updated": 0, "rejected": 2}}, error=failed)
    members = {"items": 1_840_211, "users": 402_118, "duplicates": 12_004, "rejected": 318, "unchanged": 6_200_123}
    yield note("members", 20, "push_trait_members", 95, result={**members, "files": [{}, {}]})
    streamed = {"stream_id": "1099-web", "rows": 4_120, "sent": 4_102, "skipped": 15, "rejected": 3, "requests": 7}
    yield note("stream", 1, "stream_traits", 3.2, result=streamed)
    read = {"rows": 1_840_211, "rejected": 2, "uri": "s3://lake/aam/members/2026-11-28.parquet", "files": [{}, {}]}
    yield note("read", 3, "read_delivery", 4.6, result=read)
    synced = {
        "table": "aam.segments",
        "rows": 19_400,
        "inserted": 12,
        "updated": 3_204,
        "unchanged": 16_184,
        "deleted": 4,
    }
    yield note("sync", 1.5, "segments_to_table", 11.4, result=synced)
    errors = {"format_errors": 0, "invalid_aam_id": 41, "no_matching_aam_id": 18_204, "no_trait_realized": 902}
    file = {"name": "a.sync.gz", "state": "processed", "received": 402_118, "stored": 382_971, "errors": errors}
    yield note("inbound", 9, "wait_for_members", 39_600, result={"batch": 1_795_000_000, "files": [file]})
