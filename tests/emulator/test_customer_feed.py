"""Hours of a Customer Data Feed: folders, files, rows and `.info` as Adobe documents them, by the emulator's clock."""

from __future__ import annotations

import gzip
import hashlib
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

HOUR_S = 3600


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "feed"


@pytest.fixture
def deliver(emulator, folder):
    def send(**hour: Any) -> dict[str, Any]:
        return emulator.deliver_hour(f"file://{folder}", **{"every_s": 0, **hour})

    return send


def there(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def folder_of(hour: datetime) -> str:
    return f"day={hour:%Y-%m-%d}/hour={hour:%H}"


def test_hour_has_its_folder_files_and_info(deliver, folder):
    sent = deliver(files=2, rows=5, hours_ago=30)
    hour = datetime.fromisoformat(sent["hour"])
    names = [f"{folder_of(hour)}/AAM_CDF_1109_{each}" for each in ("0_0_0.gz", "1_0_0.gz", "0.info")]
    assert sent["files"] == names
    assert there(folder) == sorted(names)
    info = json.loads((folder / names[2]).read_text())
    assert info["Totals"] | {"TotalByteSize": 0} == {
        "Day": f"{hour:%Y-%m-%d}",
        "Hour": f"{hour:%H}",
        "TotalByteSize": 0,
        "TotalNumberFiles": 2,
    }
    for listed, name in zip(info["Files"], names, strict=False):
        content = (folder / name).read_bytes()
        assert (listed["FileName"], listed["FileByteSize"]) == (Path(name).name, len(content))
        part = hashlib.md5(content, usedforsecurity=False).digest()
        assert listed["FileChecksumMD5"] == hashlib.md5(part, usedforsecurity=False).hexdigest() + "-1"


def test_rows_have_eleven_fields_and_the_documented_signs(deliver, folder):
    sent = deliver(files=2, rows=7)
    lines = [
        line
        for name in sent["files"][:2]
        for line in gzip.decompress((folder / name).read_bytes()).decode().splitlines()
    ]
    rows = [line.split("\x01") for line in lines]
    assert {len(row) for row in rows} == {11}
    assert len({row[1] for row in rows}) == 7
    assert {len(row[1]) for row in rows} == {38}
    hour = datetime.fromisoformat(sent["hour"])
    times = [datetime.fromisoformat(f"{row[0]}+00:00") for row in rows]
    assert all(hour - timedelta(hours=1) <= each < hour for each in times)
    assert {row[3] for row in rows} == {r"\N", "1000", "1000\x021001"}
    parameters = [dict(pair.split("\x03") for pair in row[5].split("\x02")) for row in rows]
    assert {(each["c_page"], each["c_empty"]) for each in parameters} == {("a%20b", "")}


@pytest.mark.parametrize(
    ("options", "order"),
    [
        ({"info": "first"}, ["0.info", "0_0_0.gz", "1_0_0.gz"]),
        ({"info": "last", "reverse": True}, ["1_0_0.gz", "0_0_0.gz", "0.info"]),
        ({"info": "none"}, ["0_0_0.gz", "1_0_0.gz"]),
    ],
)
def test_files_appear_one_by_one(deliver, emulator, folder, options, order):
    deliver(files=2, late_s=HOUR_S, every_s=HOUR_S, **options)
    assert not folder.exists()
    for number in range(1, len(order) + 1):
        emulator.advance(HOUR_S)
        assert {Path(name).name for name in there(folder)} == {f"AAM_CDF_1109_{each}" for each in order[:number]}


def test_files_land_in_the_folder_of_a_later_hour(deliver, folder):
    sent = deliver(hours_ago=5, lands_h=2)
    hour = datetime.fromisoformat(sent["hour"])
    data, info = sent["files"]
    assert data.startswith(folder_of(hour + timedelta(hours=2)))
    assert info.startswith(folder_of(hour))
    assert json.loads((folder / info).read_text())["Totals"]["Hour"] == f"{hour:%H}"


def test_an_hour_comes_in_pieces(deliver, folder):
    first, second = deliver(files=2), deliver(files=1, first=2)
    assert [Path(name).name for name in second["files"]] == ["AAM_CDF_1109_2_0_0.gz", "AAM_CDF_1109_2.info"]
    assert there(folder) == sorted(first["files"] + second["files"])


def test_reset_forgets_what_is_on_its_way(deliver, emulator, folder):
    deliver(late_s=HOUR_S)
    emulator.reset()
    emulator.advance(2 * HOUR_S)
    assert not folder.exists()


def test_arguments_that_do_not_exist(deliver):
    with pytest.raises(ValueError, match="colour"):
        deliver(colour="red")
