"""Names of Customer Data Feed files: ``day=2026-11-29/hour=07/AAM_CDF_1234_0_0_0.gz``.

Source: Adobe's page on Customer Data Feeds; the pattern is [inferred] from its three ways to write the name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from pendulum import DateTime

from airflow_provider_aam.api.moments import parse_date, parse_day

_FOLDER = re.compile(r"(?:.*/)?day=(?P<day>\d{4}-\d\d-\d\d)(?:/hour=(?P<hour>[01]\d|2[0-3]))?/[^/]*", re.ASCII)
_FILE = re.compile(r"AAM[_-]CDF_(?P<account>\d+)_(?P<sequence>\d+(?:_\d+)*)\.gz", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class FeedName:
    """``hour`` is when AAM began to prepare the delivery (UTC), not when the events happened."""

    account: int
    sequence: tuple[int, ...]
    hour: DateTime


def folder_of(hour: datetime) -> str:
    return f"day={hour:%Y-%m-%d}/hour={hour:%H}"


def parse_feed_path(path: str) -> FeedName | None:
    """``None`` for everything but a data file in a folder of an hour."""
    hour, file = parse_hour(path), _FILE.fullmatch(path.rpartition("/")[2])
    if hour is None or file is None:
        return None
    return FeedName(account=int(file["account"]), sequence=tuple(map(int, file["sequence"].split("_"))), hour=hour)


def parse_hour(path: str) -> DateTime | None:
    """The hour in whose folder a file lies; ``None`` where the path names none."""
    folder = _FOLDER.fullmatch(path)
    return None if folder is None or folder["hour"] is None else _hour(folder["day"], int(folder["hour"]))


@lru_cache(1000)
def _hour(day: str, hour: int) -> DateTime | None:
    """Remembered: a feed has thousands of files, and eight days."""
    return None if parse_date(day) is None else parse_day(day, what="day").add(hours=hour)
