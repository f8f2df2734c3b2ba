"""Inbound files in a watched folder: picked up by the emulator's clock, reported, and moved into populations."""

from __future__ import annotations

import gzip
import time
from pathlib import Path

import pytest

HALF_DAY = 43_200
STAMP = 1_366_545_717
CATEGORIES = ("formatErrors", "invalidAamId", "invalidDeviceId", "noMatchingAamId", "noTraitRealized")


@pytest.fixture
def emulator(emulator):
    """Tokens outlast the days that pass here."""
    emulator.configure(token_lifetime_s=10**7)
    return emulator


@pytest.fixture
def traits(emulator, source) -> list[int]:
    """Two onboarded traits of the data source, one of another, and one that is not onboarded."""
    other = emulator.add("data_sources", {"name": "Other"})["dataSourceId"]
    rows = [
        {"integrationCode": "gold", "traitType": "ON_BOARDED_TRAIT", "dataSourceId": source, "traitRule": None},
        {"traitRule": '"size" == "XL"', "traitType": "ON_BOARDED_TRAIT", "dataSourceId": source},
        {"traitRule": None, "traitType": "ON_BOARDED_TRAIT", "dataSourceId": other},
        {"traitType": "RULE_BASED_TRAIT", "dataSourceId": source},
    ]
    return [row["sid"] for row in emulator.add("traits", rows)]


@pytest.fixture
def inbound(emulator, tmp_path):
    """Puts files into the watched folder."""
    emulator.watch(f"file://{tmp_path}")

    def put(name: str, *lines: str, raw: bytes | None = None) -> Path:
        content = "".join(line + "\n" for line in lines).encode() if raw is None else raw
        path = tmp_path / "date=2026-01-02" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
        return path

    return put


def history(http, source, **query):
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    return http.get(f"/v1/datasources/{source}/history/inbound?startDate=0&endDate=9999999999999&{asked}").json()


def population(http, sid):
    return http.get(f"/v1/traits/{sid}?includeMetrics=true").json()["uniques7Day"]


def status(emulator):
    return {file["name"]: file["status"] for file in emulator.inbound_files}


def test_file_is_picked_up_then_reported(emulator, http, source, traits, inbound):
    name = f"ftp_dpm_{source}_{STAMP}.sync.gz"
    before = population(http, traits[0])
    path = inbound(name, f"u1\td_sid={traits[0]}", f"u2\td_sid={traits[0]}, d_sid={traits[2]}", "u3\tunused")
    marker = path.with_name(path.name + ".processed")
    assert not marker.exists()
    emulator.advance(HALF_DAY)
    assert marker.exists()
    assert (history(http, source), status(emulator)) == ([], {name: "picked up"})
    emulator.advance(HALF_DAY)
    assert status(emulator) == {name: "processed"}
    (row,) = history(http, source, dataFileName=name)
    assert (row["receivedRecords"], row["storedRecords"], row["percentSuccess"]) == (3, 2, 66.67)
    assert {row[each] for each in CATEGORIES} == {0, 1}
    assert (row["formatErrors"], row["totalRealizedTraits"], row["totalTraitsFailedValidation"]) == (1, 2, 1)
    assert population(http, traits[0]) == before + 2
    assert path.exists()


def process(emulator):
    emulator.advance(HALF_DAY)
    emulator.advance(HALF_DAY)


@pytest.mark.parametrize(
    ("line", "category"),
    [
        ("u1\td_sid={gold},d_sid={size},d_unsid={gold}", None),
        ("u1\t{gold}:0, {gold}:-1", None),
        ("u1\tgold", "formatErrors"),
        ("u1\tic=gold", None),
        ('u1\t"SIZE" = "xl"', None),
        ("u1\t-size=XL,ic = nobody", None),
        ('u1\tsize="pickup truck"', "noTraitRealized"),
        ("u1\t30608,50354", "noTraitRealized"),
        ("u1\td_sid={foreign}", "noTraitRealized"),
        ("u1\td_sid={ruled}", "noTraitRealized"),
        ("u1\td_sid=1", "noTraitRealized"),
        ("U d_sid={gold}", "formatErrors"),
        ("u1\td_sid={gold}\td_sid={size}", "formatErrors"),
        ("crm:1\td_sid={gold}", "formatErrors"),
        ("crm%3A1\td_sid={gold}", "formatErrors"),
        ("u1\td_sid={gold},", "formatErrors"),
        ("u1\td_sid={gold} ", "formatErrors"),
        ("u1\td_sid={gold}\r", "formatErrors"),
        ("u1\td_sid={gold};d_sid={size}", "formatErrors"),
        ("u1\td_sid=abc", "formatErrors"),
        ("u1\t{gold}:1", "formatErrors"),
        ("u1\t“gender”=”female”", "formatErrors"),
        ('u1\t"size"="5" tall"', "formatErrors"),
        ('u1\t"city"=', "formatErrors"),
        ("\td_sid={gold}", "formatErrors"),
        ("u1", "formatErrors"),
    ],
)
def test_record_is_stored_or_counted_in_one_category(emulator, http, source, traits, inbound, line, category):
    gold, size, foreign, ruled = traits
    inbound(f"ftp_dpm_{source}_{STAMP}.sync", line.format(gold=gold, size=size, foreign=foreign, ruled=ruled))
    process(emulator)
    (row,) = history(http, source)
    assert (row["receivedRecords"], row["storedRecords"]) == (1, 1 if category is None else 0)
    assert [each for each in CATEGORIES if row[each]] == ([] if category is None else [category])


@pytest.mark.parametrize(
    ("form", "user", "category"),
    [
        ("ftp_dpm_0_{source}_{stamp}.sync", "5976755918126206006027887090108709825", "invalidAamId"),
        ("ftp_dpm_20914_{source}_{stamp}.sync", "97987BCA-ae59-4c7d-94ba-ee4f19ab8c21", "invalidDeviceId"),
        ("ftp_dpm_20915_{source}_{stamp}.sync", "97987bca-ae59-4c7d-94ba-ee4f19ab8c21", "invalidDeviceId"),
        ("ftp_dpm_20914_{source}_{stamp}.sync.3", "97987bca-ae59-4c7d-94ba-ee4f19ab8c21", None),
    ],
)
def test_ids_of_global_data_sources(emulator, http, source, traits, inbound, form, user, category):
    inbound(form.format(source=source, stamp=STAMP), f"{user}\td_sid={traits[0]}")
    process(emulator)
    (row,) = history(http, source)
    assert [each for each in CATEGORIES if row[each]] == ([] if category is None else [category])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("ftp_dpm_{source}_136654571.sync", b"u\td_sid=1"),
        ("ftp_dpm_{source}_1366545717.SYNC", b"u\td_sid=1"),
        ("ftp_dpm_{source}_1366545717.sync.zip", b"u\td_sid=1"),
        ("ftp_dpm_{source}_1366545717", b"u\td_sid=1"),
        ("ftp_dpm_20914_1366545717.sync", b"u\td_sid=1"),
        ("ftp_dpm_{source}_1_2_1366545717.sync", b"u\td_sid=1"),
        ("ftp_dpm_77_1366545717.sync", b"u\td_sid=1"),
        ("ftp_dpm_{source}_77_1366545717.sync", b"u\td_sid=1"),
        ("adobe_id_{source}_1476312152.sync", b"u\tv"),
        ("adobe_id_0_{source}_1476312152.overwrite", b"u\tv"),
        ("c2c_id_1_2_3_1560431657.sync", b"u\tv"),
        ("ftp_dpm_{source}_1366545717.sync", b""),
        ("ftp_dpm_{source}_1366545717.sync", "u\td_sid=1".encode("utf-16")),
    ],
)
def test_file_that_aam_cannot_use_is_removed_without_a_mark(emulator, http, source, inbound, name, content):
    path = inbound(name.format(source=source), raw=content)
    process(emulator)
    assert list(path.parent.iterdir()) == []
    assert (history(http, source), status(emulator)) == ([], {path.name: "rejected"})
    assert emulator.inbound_files[0]["reason"]


def test_file_that_is_not_gzip_is_removed(emulator, source, inbound):
    path = inbound(f"ftp_dpm_{source}_{STAMP}.sync.gz")
    path.write_bytes(b"u1\td_sid=1\n")
    emulator.advance(HALF_DAY)
    assert not path.exists()


def test_other_files_are_left_alone(emulator, inbound):
    path = inbound("rejects.jsonl", "{}")
    process(emulator)
    assert [each.name for each in path.parent.iterdir()] == ["rejects.jsonl"]
    assert emulator.inbound_files == []


def test_sync_adds_and_removes_overwrite_replaces(emulator, http, source, traits, inbound):
    gold, size, *_ = traits
    before = [population(http, sid) for sid in (gold, size)]

    def grown():
        process(emulator)
        return [population(http, sid) - figure for sid, figure in zip((gold, size), before, strict=True)]

    inbound(f"ftp_dpm_{source}_{STAMP}.sync", f"u1\td_sid={gold}", f"u2\td_sid={gold}", f"u3\td_sid={size}")
    assert grown() == [2, 1]
    inbound(f"ftp_dpm_{source}_{STAMP + 1}.sync", f"u1\td_unsid={gold},d_sid={size}")
    assert grown() == [1, 2]
    inbound(f"ftp_dpm_{source}_{STAMP + 2}.overwrite", f"u2\td_sid={size}", "u3")
    assert grown() == [0, 2]


def test_segments_grow_and_periods_pass(emulator, http, source, traits, inbound):
    gold, size, *_ = traits
    rule = f"{gold}T AND NOT {size}T"
    segment = emulator.add("segments", {"segmentRule": rule, "dataSourceId": source})["sid"]

    def figures():
        metrics = http.get(f"/v1/segments/{segment}?includeMetrics=true").json()
        return metrics["totalUniques1Day"], metrics["totalUniques7Day"]

    before = figures()
    inbound(
        f"ftp_dpm_{source}_{STAMP}.sync",
        f"u1\td_sid={gold}",
        f"u2\td_sid={gold},d_sid={size}",
        f"u3\td_sid={size}",
    )
    process(emulator)
    assert figures() == (before[0] + 1, before[1] + 1)
    emulator.advance(2 * 86_400)
    assert figures() == (before[0], before[1] + 1)


def test_trend_shows_them_from_their_day_on(emulator, http, source, traits, inbound):
    emulator.set_metrics(traits[0], {"uniques7Day": 0})
    inbound(f"ftp_dpm_{source}_{STAMP}.sync", f"u1\td_sid={traits[0]}")
    process(emulator)
    emulator.advance(86_400)
    path = f"/v1/reports/traits-trend/{traits[0]}?interval=7D&startDate=0&endDate=9999999999999"
    assert [day["uniques"] for day in http.get(path).json()["metrics"].values()][-4:] == [0, 0, 1, 1]


def test_long_lines_and_the_201st_of_a_user_are_discarded(emulator, http, source, traits, inbound):
    line = f"u1\td_sid={traits[0]}"
    long = f"u2\t{','.join([f'd_sid={traits[0]}'] * 8_000)}"
    inbound(f"ftp_dpm_{source}_{STAMP}.sync", *[line] * 201, long)
    process(emulator)
    assert history(http, source)[0]["receivedRecords"] == 200


def test_id_sync_file(emulator, http, source, inbound):
    mail = "55e79200c1635b37ad31a378c39feb12f120f116625093a19bc32fff15041149"
    uuid = "59767559181262060060278870901087098252"
    inbound(f"adobe_id_0_{source}_{STAMP}.sync.2.gz", f"{uuid}\tcrm-1", "1\tcrm-2", f"{uuid}\tcrm-3\t", uuid)
    inbound(f"c2c_id_{source}_{source}_{STAMP}.sync", f"crm-1\t{mail}", "\t".join(["crm-1", *[mail] * 11]))
    process(emulator)
    figures = ("receivedRecords", "storedRecords", "formatErrors", "invalidAamId")
    found = {row["dataFileName"][:3]: tuple(row[each] for each in figures) for row in history(http, source)}
    assert found == {"ado": (4, 1, 2, 1), "c2c": (2, 1, 1, 0)}


def test_uploaded_again_is_reported_again(emulator, http, source, traits, inbound):
    name = f"ftp_dpm_{source}_{STAMP}.sync"
    for users in (1, 2):
        inbound(name, *[f"u{n}\td_sid={traits[0]}" for n in range(users)])
        process(emulator)
    assert [row["receivedRecords"] for row in history(http, source, dataFileName=name)] == [1, 2]


def test_file_taken_back_in_time_is_not_picked_up(emulator, source, inbound):
    path = inbound(f"ftp_dpm_{source}_{STAMP}.sync", "u1\td_sid=1")
    emulator.advance(60)
    assert status(emulator) == {path.name: "waiting"}
    path.unlink()
    emulator.advance(HALF_DAY)
    assert status(emulator) == {}


# --- scripted trouble ------------------------------------------------------------------------------------------------


def test_late_pick_up(emulator, source, traits, inbound):
    names = [f"ftp_dpm_{source}_{STAMP}.sync.{part}" for part in (1, 2)]
    emulator.configure(inbound_late_s={"*.sync.2": HALF_DAY})
    for name in names:
        inbound(name, f"u1\td_sid={traits[0]}")
    emulator.advance(HALF_DAY)
    assert status(emulator) == {names[0]: "picked up", names[1]: "waiting"}
    emulator.advance(HALF_DAY)
    assert status(emulator) == {names[0]: "processed", names[1]: "picked up"}


def test_never_picked_up_rejected_or_unmarked(emulator, http, source, traits, inbound):
    emulator.configure(inbound_ignored=["*.1"], inbound_rejected=["*.2"], inbound_lost_markers=["*.3"])
    for part in (1, 2, 3):
        path = inbound(f"ftp_dpm_{source}_{STAMP}.sync.{part}", f"u1\td_sid={traits[0]}")
    emulator.advance(30 * 86_400)
    emulator.advance(HALF_DAY)
    assert list(status(emulator).values()) == ["waiting", "rejected", "processed"]
    assert sorted(each.name[-1] for each in path.parent.iterdir()) == ["1", "3"]
    assert [row["dataFileName"][-1] for row in history(http, source)] == ["3"]


def test_shares_of_records_fail(emulator, http, source, traits, inbound):
    emulator.configure(inbound_failing={"noMatchingAamId": 0.1, "formatErrors": 0.1})
    before = population(http, traits[0])
    emulator.add("data_sources", {"dataSourceId": source, "samplingEnabled": True})
    inbound(f"ftp_dpm_{source}_{STAMP}.sync", *[f"u{n}\td_sid={traits[0]}" for n in range(1000)])
    process(emulator)
    (row,) = history(http, source, includeSamplingDetails="true")
    assert (row["noMatchingAamId"], row["formatErrors"], row["storedRecords"]) == (100, 100, 800)
    assert row["percentSuccess"] == 80.0
    assert {each["errorType"]: len(each["samples"]) for each in row["samplingDetails"]} == {
        "noMatchingAamId": 10,
        "formatErrors": 10,
    }
    assert population(http, traits[0]) == before + 800


def test_picked_up_without_a_test_moving_the_clock(emulator, source, traits, tmp_path, inbound):
    emulator.configure(inbound_every_s=0, inbound_report_after_s=0)
    path = inbound(f"ftp_dpm_{source}_{STAMP}.sync", f"u1\td_sid={traits[0]}")
    marker = path.with_name(path.name + ".processed")
    deadline = time.monotonic() + 30
    while not marker.exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_reset_ends_the_watch(emulator, source, inbound):
    path = inbound(f"ftp_dpm_{source}_{STAMP}.sync", "u1\td_sid=1")
    emulator.reset()
    process(emulator)
    assert path.exists()
    with pytest.raises(ValueError, match="nothing is watched"):
        _ = emulator.inbound_files


def test_folder_that_cannot_be_read_is_told(emulator):
    with pytest.raises(ValueError, match="not known"):
        emulator.watch("nowhere://bucket")
    with pytest.raises(ValueError, match="nothing is watched"):
        _ = emulator.inbound_files
    with pytest.raises(ValueError, match="inbound_failing"):
        emulator.configure(inbound_failing={"unlucky": 0.5})
