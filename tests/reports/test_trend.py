"""The trend report: one row for each object and day, whole or not at all."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime, timedelta, timezone

import lazy_object_proxy
import pytest
from pyarrow import parquet

from airflow_provider_aam.api.errors import AAMArgumentError, AAMBadAnswer, AAMLookupFailed
from airflow_provider_aam.api.moments import of_epoch_ms
from airflow_provider_aam.reports.period import Period, build_period
from airflow_provider_aam.reports.trend import Subject, write_trend

TREND = "POST /v1/reports/traits-trend"
DAY_MS = 86_400_000
FIRST = 1_767_225_600_000  # 2026-01-01
THREE_DAYS = Period(start=of_epoch_ms(FIRST), end=of_epoch_ms(FIRST + 3 * DAY_MS))
FIGURES = ["count", "uniques", "populationCount", "populationUniques"]


@pytest.fixture
def trend(client, tmp_path):
    """``trend("a.csv", sids=[…])`` for the first three days of 2026."""

    def run(name, *, period=THREE_DAYS, file_format=None, **given):
        subject = Subject.parse(**{"kind": "traits", **given})
        return write_trend(client, tmp_path / name, subject, period, file_format=file_format)

    return run


def rows_of(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def answered(*records):
    return {"status": 200, "body": list(records)}


def test_jsonl_has_a_row_for_each_object_and_day(add_trait, trend, tmp_path):
    first, second = add_trait("a", 5), add_trait("b", 7)
    receipt = trend("t.jsonl", sids=[second, str(first), second])
    rows = rows_of(tmp_path / "t.jsonl")
    assert [(row["sid"], row["date"], row["epochMs"]) for row in rows] == [
        (sid, f"2026-01-0{day}", FIRST + (day - 1) * DAY_MS) for sid in (second, first) for day in (1, 2, 3)
    ]
    assert list(rows[0]) == ["sid", "name", "date", "epochMs", *FIGURES]
    assert rows[0]["name"] == "Trait b"
    assert receipt.as_xcom() == {
        "kind": "traits",
        "interval": "1D",
        "start": "2026-01-01",
        "end": "2026-01-04",
        "sids": 2,
        "sids_without_figures": 0,
        "uri": f"file://{tmp_path}/t.jsonl",
        "format": "jsonl",
        "rows": 6,
        "bytes": (tmp_path / "t.jsonl").stat().st_size,
        "sha256": receipt.sha256,
        "started_at": receipt.started_at.isoformat(),
        "finished_at": receipt.finished_at.isoformat(),
    }
    assert receipt.as_asset_extra()["rows"] == 6


def test_csv_and_parquet_have_typed_columns(add_trait, trend, tmp_path):
    sid = add_trait("a", 5)
    trend("t.csv", sids=[sid], interval="30D")
    with (tmp_path / "t.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["sid", "name", "date", "epochMs", *FIGURES, "_other"]
    trend("part", sids=[sid], interval="30D", file_format="parquet")
    table = parquet.read_table(tmp_path / "part")
    assert [str(row["uniques"]) for row in table.to_pylist()] == [row["uniques"] for row in rows]
    assert str(table.schema.field("uniques").type) == "int64"


def test_segments_have_their_own_figures(emulator, trend, tmp_path):
    emulator.seed(segments=2)
    receipt = trend("t.jsonl", kind="segments", filters={})
    assert (receipt.sids, receipt.rows) == (2, 6)
    assert list(rows_of(tmp_path / "t.jsonl")[0])[4:] == ["instantUniques", "totalUniques"]


def test_filters_choose_what_is_reported(add_trait, trend, tmp_path):
    add_trait("a", 5, folderId=7)
    wanted = add_trait("b", 5, folderId=8)
    trend("t.jsonl", filters={"folderId": 8})
    assert {row["sid"] for row in rows_of(tmp_path / "t.jsonl")} == {wanted}


def test_unknown_figures_are_kept_and_days_outside_left_out(emulator, trend, tmp_path):
    metrics = {str(FIRST - 1): {"count": 1}, FIRST: {"count": 2, "new": 3}, str(FIRST + 3 * DAY_MS): {"count": 4}}
    emulator.trouble(TREND, "status", times=2, **answered({"sid": "7", "name": None, "metrics": metrics}))
    trend("t.jsonl", sids=[7])
    assert rows_of(tmp_path / "t.jsonl") == [
        {"sid": 7, "name": None, "date": "2026-01-01", "epochMs": FIRST, "count": 2, "new": 3}
    ]
    trend("t.csv", sids=[7])
    assert (tmp_path / "t.csv").read_text().splitlines()[1:] == ['7,,2026-01-01,1767225600000,2,,,,"{""new"":3}"']


def test_objects_without_figures_are_counted_and_told(emulator, trend, caplog):
    emulator.trouble(TREND, "status", **answered({"sid": 7, "metrics": {}}, {"sid": 8, "metrics": {FIRST: {}}}))
    receipt = trend("t.jsonl", sids=[7, 8])
    assert (receipt.rows, receipt.sids_without_figures) == (1, 1)
    assert "AAM has no figures of 1 of 2 traits in this period." in caplog.text


@pytest.mark.parametrize("metrics", [None, [], {"x": {}}, {str(FIRST): 5}], ids=str)
def test_answer_of_another_shape_is_no_report(emulator, trend, tmp_path, metrics):
    (tmp_path / "t.jsonl").write_text("older")
    emulator.trouble(TREND, "status", **answered({"sid": 7, "metrics": metrics}))
    with pytest.raises(AAMBadAnswer, match="trend of traits: sid 7 has no metrics of the form"):
        trend("t.jsonl", sids=[7])
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"t.jsonl": "older"}


def test_object_that_aam_leaves_out_is_an_error(emulator, trend, tmp_path):
    emulator.trouble(TREND, "status", **answered({"sid": 7, "metrics": {}}))
    with pytest.raises(AAMLookupFailed, match=r"AAM left out 1 of 2 traits, like sid 8\. They do not exist"):
        trend("t.jsonl", sids=[7, 8])
    assert list(tmp_path.iterdir()) == []


def test_filters_that_find_nothing_are_an_error(trend, tmp_path):
    with pytest.raises(AAMLookupFailed, match=r"AAM lists no traits with filters \{'folderId': 8\}"):
        trend("t.jsonl", filters={"folderId": 8})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"kind": "users", "sids": [1]}, "kind must be traits or segments, not 'users'"),
        ({"sids": [1], "interval": "2D"}, "interval must be one of 1D, 7D, 14D, 30D, 60D, 90D, not '2D'"),
        ({}, r"give either sids or filters \(\{\} for all\)"),
        ({"sids": [1], "filters": {}}, "give either sids or filters"),
        ({"filters": "x"}, "filters must be a mapping of AAM's query parameters, not 'x'"),
        ({"sids": ["a"]}, "sids: 'a' is not an id"),
    ],
)
def test_bad_argument_is_named(given, problem):
    with pytest.raises(AAMArgumentError, match=problem):
        Subject.parse(**{"kind": "traits", **given})


def test_nothing_is_asked_when_the_file_or_a_filter_cannot_be(emulator, trend):
    with pytest.raises(AAMArgumentError):
        trend("t.xlsx", sids=[1])
    with pytest.raises(AAMArgumentError, match="unknown filters folderid"):
        trend("t.csv", filters={"folderid": 8})
    assert emulator.count() == 0


def test_many_objects_are_read_in_parts(emulator, connect, tmp_path, monkeypatch):
    monkeypatch.setattr("airflow_provider_aam.reports.trend.SIDS_PER_REQUEST", 2)
    emulator.seed(traits=5)
    client = connect(max_concurrency=1)
    subject = Subject.parse(kind="traits", filters={})
    assert write_trend(client, tmp_path / "t.jsonl", subject, THREE_DAYS).rows == 15
    assert emulator.count(TREND) == 3


# --- days -------------------------------------------------------------------------------------------------------------

NOW = datetime(2026, 1, 10, 15, 30, tzinfo=UTC)


def days(start=None, end=None, interval=(None, None)):
    period = build_period(start, end, interval=interval, now=NOW)
    return tuple(datetime.fromtimestamp(ms / 1000, UTC).strftime("%m-%d") for ms in (period.start_ms, period.end_ms))


def at(day, hour=0):
    return datetime(2026, 1, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("interval", "expected"),
    [
        ((at(3), at(4)), ("01-03", "01-04")),
        ((at(3, 6), at(4, 6)), ("01-03", "01-04")),
        ((at(1, 6), at(8, 6)), ("01-01", "01-08")),
        ((at(4, 6), at(4, 6)), ("01-03", "01-04")),
        ((at(4, 6), at(4, 7)), ("01-03", "01-04")),
        ((at(4, 23), at(5, 0)), ("01-04", "01-05")),
        ((None, None), ("01-09", "01-10")),
        ((None, at(4)), ("01-03", "01-04")),
    ],
    ids=["daily", "daily at six", "weekly", "cron trigger", "hourly", "hourly at midnight", "manual", "no start"],
)
def test_run_s_own_days(interval, expected):
    assert days(interval=interval) == expected
    assert days("", "None", interval) == expected


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2026-01-02", "2026-01-05", ("01-02", "01-05")),
        ("2026-01-02T23:59:59Z", at(5, 12), ("01-02", "01-05")),
        (datetime(2026, 1, 3, 1, tzinfo=timezone(timedelta(hours=2))), "2026-01-05", ("01-02", "01-05")),
        ("2026-01-02", None, ("01-02", "01-10")),
        (None, "2026-01-05", ("01-04", "01-05")),
        (lazy_object_proxy.Proxy(lambda: at(2)), lazy_object_proxy.Proxy(lambda: None), ("01-02", "01-10")),
    ],
)
def test_given_days(start, end, expected):
    assert days(start, end) == expected


def test_given_start_ends_with_the_run_s_interval():
    assert days("2026-01-02", None, (at(3), at(4))) == ("01-02", "01-04")


def test_days_that_cannot_be():
    with pytest.raises(AAMArgumentError, match="start 2026-01-05 and end 2026-01-05 hold no whole UTC day"):
        days("2026-01-05", "2026-01-05")
    with pytest.raises(AAMArgumentError, match="end 'yesterday' is not a date like 2026-01-31, nor a timestamp with"):
        days("2026-01-05", "yesterday")
    with pytest.raises(AAMArgumentError, match="start 2026-01-05T00:00:00 has no time zone"):
        days("2026-01-05T00:00:00", None)
