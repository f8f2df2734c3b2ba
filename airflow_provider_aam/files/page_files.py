"""The files of the page: which there are, what is in them, and how many are kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec

from airflow_provider_aam.api.moments import utc_now
from airflow_provider_aam.api.resources import SEGMENTS, TRAITS
from airflow_provider_aam.files.shelf import Shelved, clear, new_path, newest_and_earlier
from airflow_provider_aam.files.staging import stage

ACCOUNT = "account"
PERIODS = (1, 7, 14, 30, 60, 90)
"""Days over which AAM counts a population."""
SHOWN = ("sid", "name", "integrationCode", "dataSourceId", "status")
POPULATIONS: Mapping[str, Sequence[str]] = {
    SEGMENTS.name: [f"totalUniques{days}Day" for days in PERIODS],
    TRAITS.name: [f"uniques{days}Day" for days in PERIODS],
}
"""Per list, the field of each period."""
LISTS: Mapping[str, Sequence[str]] = {name: (*SHOWN, *fields) for name, fields in POPULATIONS.items()}


@contextmanager
def list_path(folder: Any, name: str) -> Iterator[Any]:
    """Where to write a list; older ones are cleared once it is there."""
    yield new_path(folder, name, suffix=".jsonl.gz", now=utc_now())
    clear(folder, name, newest_and_earlier)


def save_account(folder: Any, account: msgspec.Struct) -> None:
    with stage(new_path(folder, ACCOUNT, suffix=".json", now=utc_now())) as staged:
        staged.local.write_bytes(msgspec.json.encode(account))
        staged.publish()
    clear(folder, ACCOUNT, _newest)


def _newest(files: Sequence[Shelved]) -> Sequence[Shelved]:
    return files[:1]
