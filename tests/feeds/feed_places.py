"""A feed's folder and a ledger, both in memory."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow_provider_aam.feeds.completeness import Seen
from airflow_provider_aam.feeds.feed import ask, claim
from airflow_provider_aam.feeds.feed_question import FeedQuestion
from airflow_provider_aam.feeds.feed_verdict import FeedVerdict
from airflow_provider_aam.feeds.ledger import Claim

BEGIN = datetime(2026, 11, 20, tzinfo=UTC)


def at(hours: float) -> datetime:
    return BEGIN + timedelta(hours=hours)


def folder(hour: float) -> str:
    return f"day={at(hour):%Y-%m-%d}/hour={at(hour):%H}"


def name(sequence: int) -> str:
    return f"AAM_CDF_1109_{sequence}_0_0.gz"


def etag(content: bytes) -> str:
    return f"{hashlib.md5(content).hexdigest()}-1"


def info_of(hour: float, files: Mapping[str, bytes], **totals: Any) -> bytes:
    rows = [
        {"FileName": each, "FileByteSize": len(content), "FileChecksumMD5": etag(content)}
        for each, content in files.items()
    ]
    sums = {"Day": f"{at(hour):%Y-%m-%d}", "Hour": f"{at(hour):%H}", "TotalByteSize": 7, **totals}
    return json.dumps({"Files": rows, "Totals": sums}).encode()


class Bucket:
    """Files with the hour at which they landed; ``tells_etags`` as S3 does."""

    def __init__(self, *, tells_etags: bool = True, tells_times: bool = True) -> None:
        self.files: dict[str, tuple[bytes, float, Seen]] = {}
        self.now = 0.0
        self.read_paths: list[str] = []
        self._tells_etags, self._tells_times = tells_etags, tells_times

    def put(self, path: str, content: bytes = b"rows", landed: float | None = None) -> None:
        landed = self.now if landed is None else landed
        seen = Seen(
            size=len(content),
            etag=f'"{etag(content)}"' if self._tells_etags else None,
            changed_at=at(landed) if self._tells_times else None,
        )
        self.files[path] = (content, landed, seen)

    def look(self, since: datetime) -> Mapping[str, Seen]:
        first = f"day={since:%Y-%m-%d}"
        return {path: seen for path, (_, landed, seen) in self.files.items() if landed <= self.now and path >= first}

    def read(self, path: str) -> bytes | None:
        self.read_paths.append(path)
        return self.files[path][0] if path in self.files else None


class Notebook:
    """A ledger."""

    def __init__(self) -> None:
        self.kept: dict[int, Claim] = {}

    def claims(self) -> Mapping[int, Claim]:
        return {**self.kept}

    def append(self, number: int, claim: Claim) -> bool:
        written = Claim.from_json(claim.as_json())
        return self.kept.setdefault(number, written) is written

    def forget(self, numbers: Collection[int]) -> None:
        for number in numbers:
            del self.kept[number]


class Reader:
    """A DAG: each run is a task of its own unless it is named."""

    def __init__(self, bucket: Bucket, ledger: Any, dag: str = "dag", **options: Any) -> None:
        self.bucket, self.ledger, self._dag, self._options, self._runs = bucket, ledger, dag, options, 0

    def question(self, run: str | None = None) -> FeedQuestion:
        self._runs += 1
        owner = f"{self._dag}/{run or self._runs}/wait/-1"
        return FeedQuestion.of(source="s3://b/feed/", owner=owner, since=at(self.bucket.now), **self._options)

    def now(self) -> datetime:
        return at(self.bucket.now)

    def asks(self, question: FeedQuestion | None = None) -> FeedVerdict:
        return ask(question or self.question(), self.bucket, self.ledger, now=self.now)

    def claims(self, verdict: FeedVerdict, question: FeedQuestion) -> FeedVerdict:
        return claim(verdict, question, self.ledger, now=self.now)

    def takes(self, run: str | None = None) -> list[str]:
        """What one look hands out, as paths."""
        question = self.question(run)
        verdict = self.claims(FeedVerdict.from_json(self.asks(question).as_json()), question)
        return [file.uri.removeprefix("s3://b/feed/") for file in verdict.files]


Make = Callable[..., Reader]
