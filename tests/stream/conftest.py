"""An account with traits, and rows to stream to it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def account(emulator) -> tuple[int, list[int]]:
    source = emulator.add("data_sources", {"name": "CRM", "integrationCode": "crm"})["dataSourceId"]
    kind = {"dataSourceId": source, "traitType": "ON_BOARDED_TRAIT"}
    return source, [row["sid"] for row in emulator.add("traits", [{"name": f"t{n}", **kind} for n in range(5)])]


@pytest.fixture
def write(tmp_path):
    def build(rows: Iterable[Any], name: str = "rows.jsonl") -> Path:
        path = tmp_path / name
        path.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows))
        return path

    return build
