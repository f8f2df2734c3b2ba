"""Outbound batches: files and `.info` in the order told, as the emulator's clock goes on, and their history."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

HOUR = 3600


@pytest.fixture
def emulator(emulator):
    emulator.configure(token_lifetime_s=10**7)
    return emulator


@pytest.fixture
def destination(emulator) -> int:
    source = emulator.add("data_sources", {"name": "CRM", "integrationCode": "crm", "outboundS2S": True})
    row = {"name": "Partner", "destinationType": "S2S", "dataSourceId": source["dataSourceId"]}
    return int(emulator.add("destinations", row)["destinationId"])


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "outbound"


@pytest.fixture
def deliver(emulator, destination, folder):
    def send(**batch: Any) -> dict[str, Any]:
        return emulator.deliver(f"file://{folder}", destination=destination, **batch)

    return send


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def history(http, destination: int) -> list[dict[str, Any]]:
    path = f"/v1/destinations/{destination}/history/outbound?startDate=0&endDate=9999999999999"
    return list(http.get(path).json())


def test_info_describes_the_files(deliver, emulator, destination, folder):
    sent = deliver(rows=11, splits=3, every_s=0)
    source = emulator.objects("destinations")[0]["dataSourceId"]
    stamp = sent["batch"].removeprefix(f"s3_{destination}_{source}_iter_")
    assert len(stamp) == 13
    data = [f"{sent['batch']}{split}.sync.gz" for split in ("", "001", "002")]
    assert sent["files"] == [*data, f"{sent['batch']}.info"]
    assert names(folder) == {*sent["files"]}
    info = json.loads((folder / sent["files"][-1]).read_text())
    assert [file["FileName"] for file in info["Files"]] == data
    for file in info["Files"]:
        content = (folder / file["FileName"]).read_bytes()
        assert file["FileByteSize"] == len(content)
        assert file["md5"] == hashlib.md5(content, usedforsecurity=False).hexdigest()
        assert file["FileLineCount"] == gzip.decompress(content).count(b"\n")
    assert info["Totals"]["TotalByteSize"] == sum((folder / name).stat().st_size for name in data)
    assert (info["Totals"]["TotalNumberFiles"], info["Totals"]["TotalNumberLines"]) == (3, 11)


@pytest.mark.parametrize(
    ("batch", "order"),
    [
        ({"info": "first"}, [".info", ".sync.gz", "001.sync.gz"]),
        ({"info": "last"}, [".sync.gz", "001.sync.gz", ".info"]),
        ({"info": "none"}, [".sync.gz", "001.sync.gz"]),
        ({"info": "first", "reverse": True}, [".info", "001.sync.gz", ".sync.gz"]),
    ],
)
def test_files_appear_one_by_one(deliver, emulator, folder, batch, order):
    sent = deliver(splits=2, every_s=HOUR, late_s=HOUR, **batch)
    assert not folder.exists()
    for number in range(1, len(order) + 1):
        emulator.advance(HOUR)
        assert names(folder) == {sent["batch"] + each for each in order[:number]}
    stamp_s = int(sent["batch"].rpartition("_")[2]) / 1000
    changed = sorted(path.stat().st_mtime - stamp_s for path in folder.iterdir())
    assert changed == pytest.approx([HOUR * number for number in range(1, len(order) + 1)], abs=0.01)


@pytest.mark.endpoint("GET /destinations/{destinationId}/history/outbound")
def test_history_lists_a_batch_when_it_has_ended(deliver, emulator, http, destination):
    late = deliver(mode="full", rows=7, late_s=20 * HOUR, every_s=HOUR)
    assert history(http, destination) == []
    emulator.advance(10 * HOUR)
    next_one = deliver(rows=4, success=False, every_s=0)
    assert [row["dataFileName"] for row in history(http, destination)] == [f"{next_one['batch']}.sync.gz"]
    emulator.advance(11 * HOUR)
    rows = {row["dataFileName"]: row for row in history(http, destination)}
    full = rows[f"{late['batch']}.sync.gz"]
    assert (full["syncType"], full["receivedRecords"], full["successRecords"]) == ("FULL", 7, 7)
    assert full["endTime"] - full["startTime"] == HOUR * 1000
    failed = rows[f"{next_one['batch']}.sync.gz"]
    assert (failed["success"], failed["attemptedRecords"], failed["successRecords"]) == (False, 4, 2)


def test_a_destination_that_does_not_exist(emulator, folder):
    with pytest.raises(ValueError, match="destination 9 does not exist"):
        emulator.deliver(f"file://{folder}", destination=9)


def test_reset_forgets_what_is_on_its_way(deliver, emulator, folder):
    deliver(late_s=HOUR)
    emulator.reset()
    emulator.advance(2 * HOUR)
    assert not folder.exists()
