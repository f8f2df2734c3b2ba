"""Which hours of a feed are handed out, and to whom: every kind of hour, without a store and without Airflow."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from airflow_provider_aam.api.errors import AAMArgumentError, AAMCheckFailed
from airflow_provider_aam.feeds.feed_question import FeedQuestion
from airflow_provider_aam.feeds.feed_verdict import FeedState, FeedVerdict
from tests.feeds.feed_places import Bucket, Notebook, Reader, at, folder, info_of, name


@pytest.fixture
def bucket() -> Bucket:
    found = Bucket()
    found.now = 100
    return found


@pytest.fixture
def ledger() -> Notebook:
    return Notebook()


@pytest.fixture
def reader(bucket, ledger) -> Reader:
    return Reader(bucket, ledger)


def deliver(bucket: Bucket, hour: int, *sequences: int, info: str | None = "x.info", **landed: float) -> list[str]:
    """An hour with its ``.info``; the paths of its files."""
    files = {name(each): f"rows {hour} {each}".encode() for each in sequences or (0, 1)}
    for each, content in files.items():
        bucket.put(f"{folder(hour)}/{each}", content, **landed)
    if info:
        bucket.put(f"{folder(hour)}/{info}", info_of(hour, files), **landed)
    return [f"{folder(hour)}/{each}" for each in files]


def test_an_hour_is_handed_out_once(bucket, reader):
    paths = deliver(bucket, 99)
    assert reader.takes() == paths
    assert reader.takes() == []


def test_the_same_task_gets_the_same_again_whatever_has_come_since(bucket, reader):
    paths = deliver(bucket, 98)
    assert reader.takes("one") == paths
    later = deliver(bucket, 99)
    assert reader.takes("one") == paths
    assert "the same as at this task's earlier try" in reader.asks(reader.question("one")).summary
    assert reader.takes("two") == later


def test_hours_wait_for_what_their_info_lists(bucket, reader):
    files = {name(0): b"zero", name(1): b"one"}
    bucket.put(f"{folder(99)}/x.info", info_of(99, files))
    assert reader.takes() == []
    bucket.put(f"{folder(99)}/{name(0)}", b"zero")
    bucket.put(f"{folder(99)}/{name(1)}", b"on")
    verdict = reader.asks()
    assert (verdict.state, verdict.lacking) == (FeedState.WAITING, (f"{folder(99)}: “{name(1)}” has 2 of 3 bytes",))
    bucket.put(f"{folder(99)}/{name(1)}", b"two")
    assert reader.asks().lacking == (f"{folder(99)}: “{name(1)}” has another ETag than its .info says",)
    bucket.put(f"{folder(99)}/{name(1)}", b"one")
    assert reader.takes() == [f"{folder(99)}/{each}" for each in files]


def test_total_of_files_that_contradicts_the_list_is_a_remark(bucket, reader):
    bucket.put(f"{folder(99)}/{name(0)}", b"zero")
    bucket.put(f"{folder(99)}/x.info", info_of(99, {name(0): b"zero"}, TotalNumberFiles=3))
    verdict = reader.asks()
    assert verdict.state is FeedState.COMPLETE
    assert verdict.remarks == (f"{folder(99)}: its .info lists 1 file, and says that there are 3",)


def test_late_files_of_an_hour_are_handed_out_alone_and_marked(bucket, reader):
    deliver(bucket, 99, 0, 1)
    reader.takes()
    (late,) = deliver(bucket, 99, 2, info="y.info")
    question = reader.question()
    verdict = reader.claims(reader.asks(question), question)
    assert [(file.uri, file.late, file.replaces) for file in verdict.files] == [(f"s3://b/feed/{late}", True, False)]
    assert [*verdict.table()] == [f"{at(99).isoformat()}: 1 file, 9 bytes, after other files of that hour"]


def test_an_info_that_grows(bucket, reader):
    first = {name(0): b"zero"}
    bucket.put(f"{folder(99)}/{name(0)}", b"zero")
    bucket.put(f"{folder(99)}/x.info", info_of(99, first))
    assert reader.takes() == [f"{folder(99)}/{name(0)}"]
    bucket.put(f"{folder(99)}/x.info", info_of(99, first | {name(1): b"one"}))
    assert reader.takes() == []
    bucket.put(f"{folder(99)}/{name(1)}", b"one")
    assert reader.takes() == [f"{folder(99)}/{name(1)}"]


def test_a_file_with_other_content_is_handed_out_again_and_marked(bucket, reader):
    (path,) = deliver(bucket, 99, 0)
    reader.takes()
    bucket.put(path, b"better")
    bucket.put(f"{folder(99)}/x.info", info_of(99, {name(0): b"better"}))
    (file,) = reader.asks().files
    assert (file.bytes, file.late, file.replaces) == (6, True, True)
    assert reader.takes() == [path]
    assert reader.takes() == []


def test_files_in_the_folder_of_a_later_hour(bucket, reader):
    """Each hour lands in the folder of the next one, under the same names."""
    for hour in (98, 97, 99):
        content = f"rows of {hour}".encode()
        bucket.put(f"{folder(hour + 1)}/{name(0)}", content)
        bucket.put(f"{folder(hour)}/x.info", info_of(hour, {name(0): content}))
    verdict = reader.asks()
    assert [(file.uri.removeprefix("s3://b/feed/"), file.hour) for file in verdict.files] == [
        (f"{folder(hour + 1)}/{name(0)}", at(hour)) for hour in (97, 98, 99)
    ]


def test_a_file_of_a_later_hour_is_not_taken_for_one_of_the_same_name_and_size(ledger):
    bucket = Bucket(tells_etags=False)
    (of_later,) = deliver(bucket, 1, 0)
    bucket.put(f"{folder(0)}/x.info", info_of(0, {name(0): b"rows 0 0", name(1): b"rows 0 1"}))
    bucket.put(f"{folder(0)}/{name(1)}", b"rows 0 1")
    reader = Reader(bucket, ledger)
    assert reader.asks().lacking == (f"{folder(0)}: “{name(0)}” is not there",)
    assert reader.takes() == [of_later]


def test_info_in_the_folder_of_the_day_or_of_another_hour(bucket, reader):
    for hour, where in ((98, folder(98).partition("/")[0]), (99, folder(100))):
        bucket.put(f"{folder(hour)}/{name(0)}", b"rows")
        bucket.put(f"{where}/x.info", info_of(hour, {name(0): b"rows"}))
    assert reader.takes() == [f"{folder(98)}/{name(0)}", f"{folder(99)}/{name(0)}"]


def test_without_info_an_hour_must_be_quiet(bucket, reader):
    deliver(bucket, 97, 0, info=None, landed=97.5)
    deliver(bucket, 99, 0, 1, info=None, landed=99.5)
    verdict = reader.asks()
    assert [file.hour for file in verdict.files] == [at(97)]
    assert verdict.lacking == (
        f"{folder(99)}: it has no .info file, and its last file changed at 03:30:00 UTC, less than 1 hour ago",
    )
    reader.takes()
    bucket.now = 100.5
    assert reader.takes() == [f"{folder(99)}/{name(each)}" for each in (0, 1)]
    deliver(bucket, 99, 0, 1)  # its .info comes after all
    assert reader.takes() == []
    assert Reader(bucket, Notebook(), quiet_period=timedelta(0)).takes() != []


def test_an_info_that_cannot_be_read_counts_as_none(bucket, reader):
    deliver(bucket, 99, 0, info=None, landed=99.5)
    bucket.put(f"{folder(99)}/x.info", b'{"Files": [{"FileN')
    bucket.put(f"{folder(98)}/x.info", b"")
    lacking = " ".join(reader.asks().lacking)
    assert f"{folder(99)}: “{folder(99)}/x.info” is not an .info file of AAM" in lacking
    assert f"{folder(98)}: “{folder(98)}/x.info” is not an .info file of AAM" in lacking
    bucket.now = 101
    assert reader.takes() == [f"{folder(99)}/{name(0)}"]


def test_an_info_that_has_gone_or_is_broken_where_it_names_no_hour_is_passed_over(bucket, reader, monkeypatch):
    paths = deliver(bucket, 99, 0)
    bucket.put(f"{folder(99).partition('/')[0]}/broken.info", b"{")
    bucket.put(f"{folder(98)}/gone.info", b"")
    read = bucket.read
    monkeypatch.setattr(bucket, "read", lambda path: None if path.endswith("gone.info") else read(path))
    assert reader.asks().lacking == ()
    assert reader.takes() == paths


def test_info_required_or_ignored(bucket, ledger):
    deliver(bucket, 98, 0, info=None, landed=90)
    deliver(bucket, 99, 0, landed=99.9)
    strict = Reader(bucket, ledger, info="required")
    assert [file.hour for file in strict.asks().files] == [at(99)]
    assert strict.asks().lacking == (f"{folder(98)}: no .info file lists “{name(0)}”",)
    loose = Reader(bucket, ledger, info="ignored")
    assert [file.hour for file in loose.asks().files] == [at(98)]


def test_a_store_without_times_needs_info(ledger):
    bucket = Bucket(tells_times=False)
    deliver(bucket, 0, 0, info=None)
    assert "its store does not tell when files changed" in Reader(bucket, ledger).asks().lacking[0]


def test_sizes_alone_where_the_store_tells_no_etags(ledger):
    bucket = Bucket(tells_etags=False)
    paths = deliver(bucket, 0)
    reader = Reader(bucket, ledger)
    assert [file.etag for file in reader.asks().files] == [None, None]
    assert reader.takes() == paths
    assert reader.takes() == []


def test_files_that_were_read_and_moved_away_are_not_missed(bucket, reader):
    paths = deliver(bucket, 99, 0, 1)
    reader.takes()
    del bucket.files[paths[0]]
    bucket.put(f"{folder(99)}/x.info", info_of(99, {name(each): f"rows 99 {each}".encode() for each in (0, 1, 2)}))
    bucket.put(f"{folder(99)}/{name(2)}", b"rows 99 2")
    assert reader.takes() == [f"{folder(99)}/{name(2)}"]


def test_the_oldest_hours_first_and_not_too_many(bucket, ledger):
    for hour in (99, 90, 95):
        deliver(bucket, hour, 0)
    reader = Reader(bucket, ledger, max_hours=2)
    verdict = reader.asks()
    assert (verdict.more, [file.hour for file in verdict.files]) == (1, [at(90), at(95)])
    assert verdict.summary == (
        "Customer Data Feed: 2 hours, 2 files, 18 bytes. 1 more hour complete, for the next run."
    )
    assert len(reader.takes()) == 2
    assert reader.takes() == [f"{folder(99)}/{name(0)}"]


def test_other_files_are_left_alone(bucket, reader):
    bucket.put(f"{folder(99)}/_SUCCESS", landed=90)
    bucket.put(f"{folder(99)}/AAM_CDF_1109_0_0_0.gz.tmp", landed=90)
    assert reader.takes() == []


def test_an_info_without_an_hour_is_that_of_its_folder_and_of_a_day_is_ignored(bucket, reader):
    for hour in (98, 99):
        bucket.put(f"{folder(hour)}/{name(0)}", b"rows")
    bucket.put(f"{folder(98)}/x.info", info_of(98, {name(0): b"rows"}, Hour=None))
    bucket.put("day=2026-11-24/x.info", info_of(99, {name(0): b"rows"}, Hour=None))
    assert reader.takes() == [f"{folder(98)}/{name(0)}"]


def test_hours_are_overdue_after_five_days(bucket, reader):
    deliver(bucket, 0, 0)
    reader.takes()
    bucket.put(f"{folder(2)}/x.info", info_of(2, {name(0): b"rows"}))
    bucket.now = 5 * 24 + 2
    assert reader.asks().overdue == (f"{folder(1)}: nothing of it is there; AAM keeps it until 2026-11-28 01:00 UTC",)
    bucket.now += 1
    assert reader.asks().overdue[1:] == (
        f"{folder(2)}: “{name(0)}” is not there; AAM keeps it until 2026-11-28 02:00 UTC",
    )
    bucket.now += 24 * 4
    assert not any(line.startswith(folder(2)) for line in reader.asks().overdue)
    assert reader.asks().overdue[-1].endswith(" more")


def test_nothing_is_overdue_of_a_feed_that_has_not_begun(reader):
    assert reader.asks().overdue == ()


def test_waiting_late_and_missing(bucket, reader):
    question = reader.question()
    said = []
    for hours in (0, 6, 24):
        bucket.now = 100 + hours
        said.append(reader.asks(question))
    assert [verdict.state for verdict in said] == [FeedState.WAITING, FeedState.LATE, FeedState.MISSING]
    assert said[0].summary == (
        "Customer Data Feed: waiting: no complete hour is left to hand out; "
        f"folder {question.source} has no day=…/hour=… of the last 8 days, or is not there. "
        "This fails at 2026-11-25 04:00 UTC."
    )
    said[1].require_passed()
    with pytest.raises(AAMCheckFailed, match="No complete hour of the Customer Data Feed was left by 2026-11-25 04:00"):
        said[2].require_passed()
    deliver(bucket, 99)
    assert reader.asks(question).state is FeedState.COMPLETE


def test_who_comes_second_gets_what_is_left(bucket, ledger):
    first, second = Reader(bucket, ledger, "a"), Reader(bucket, ledger, "b")
    one = deliver(bucket, 98, 0)
    asked = second.question()
    outdated = second.asks(asked)
    two = deliver(bucket, 99, 0)
    newer = second.question()
    both = second.asks(newer)
    assert first.takes() == [*one, *two]
    assert second.claims(outdated, asked).state is FeedState.WAITING
    three = deliver(bucket, 100, 0)
    assert second.claims(both, newer).files == ()
    assert second.takes() == three


def test_a_retry_while_the_first_try_is_still_alive_gets_the_same(bucket, reader):
    deliver(bucket, 98)
    question = reader.question()
    first_try = reader.asks(question)
    deliver(bucket, 99)
    retry = reader.claims(reader.asks(question), question)
    assert len(retry.files) == 4
    assert reader.claims(first_try, question).files == retry.files
    assert reader.takes() == []


def test_a_ledger_that_never_takes_a_claim(bucket, reader, monkeypatch):
    deliver(bucket, 99)
    monkeypatch.setattr(reader.ledger, "append", lambda *_: False)
    with pytest.raises(OSError, match="changed 20 times"):
        reader.takes()


def test_info_files_of_handed_out_hours_are_read_once(bucket, reader):
    for hour in range(95, 100):
        deliver(bucket, hour)
    reader.takes()
    bucket.read_paths.clear()
    deliver(bucket, 100)
    reader.takes()
    assert bucket.read_paths == [f"{folder(100)}/x.info"]


def test_old_claims_are_forgotten_and_numbers_go_on(bucket, ledger, reader):
    for day in range(14):
        bucket.now = 24 * day + 1
        deliver(bucket, 24 * day)
        assert len(reader.takes()) == 2
    assert [*ledger.kept] == [*range(4, 15)]
    bucket.now += 24 * 100
    deliver(bucket, int(bucket.now))
    reader.takes()
    assert [*ledger.kept] == [14, 15]


def test_what_it_returns_is_json_and_comes_back(bucket, reader):
    deliver(bucket, 98)
    verdict = reader.asks()
    document = verdict.as_json()
    assert document["hours"] == [{"hour": at(98).isoformat(), "files": 2, "bytes": 18, "late": False}]
    assert document["files"][0]["uri"] == f"s3://b/feed/{folder(98)}/{name(0)}"
    assert document["files"][0].keys() == {"uri", "bytes", "etag", "hour", "late", "replaces"}
    assert FeedVerdict.from_json(document) == verdict
    assert verdict.as_asset_extra() == {"hours": [at(98).isoformat()], "files": 2, "bytes": 18}


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"info": "maybe"}, "info is 'maybe'; expected one of 'required', 'expected', 'ignored'"),
        ({"max_hours": 0}, "max_hours is 0; it must be 1 or more"),
        ({"hard_deadline": timedelta(hours=1)}, "soft_deadline is after hard_deadline"),
        ({"soft_deadline": "soon"}, "soft_deadline 'soon' is not an ISO 8601 timestamp"),
    ],
)
def test_questions_that_cannot_be(options: dict[str, Any], problem: str):
    with pytest.raises(AAMArgumentError, match=problem):
        FeedQuestion.of(source="s3://b", owner="a", since=at(0), **options)


def test_question_survives_json(reader):
    question = reader.question()
    assert FeedQuestion.from_json(question.as_json()) == question
