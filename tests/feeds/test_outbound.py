"""Which batches are a day's, and when they are complete: every kind of day, without a store and without AAM."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from airflow_provider_aam.api.errors import AAMArgumentError, AAMCheckFailed
from airflow_provider_aam.feeds.completeness import Seen
from airflow_provider_aam.feeds.deliveries import Delivery
from airflow_provider_aam.feeds.outbound import ask
from airflow_provider_aam.feeds.outbound_question import OutboundQuestion
from airflow_provider_aam.feeds.outbound_verdict import DayState, OutboundVerdict

MIDNIGHT = datetime(2026, 11, 29, tzinfo=UTC)


def at(hours: float) -> datetime:
    return MIDNIGHT + timedelta(hours=hours)


def batch(hours: float = 14, *, mode: str = "iter", destination: int = 12, ms: int = 0) -> str:
    return f"s3_{destination}_345_{mode}_{int(at(hours).timestamp()) * 1000 + ms}"


def info_of(name: str, files: Mapping[str, int], **totals: Any) -> bytes:
    rows = [
        {"FileName": each, "FileByteSize": size, "FileLineCount": 3, "md5": "no hex"} for each, size in files.items()
    ]
    sums = {"FileName": name, "TotalByteSize": sum(files.values()), "TotalNumberFiles": len(files), **totals}
    return json.dumps({"Files": rows, "Totals": sums}).encode()


class Shelf:
    """A folder: sizes by name, or the content of ``.info`` files; all changed at the same hour."""

    def __init__(self, files: Mapping[str, int | bytes], *, changed: float | None = 14.1) -> None:
        self.files, self.changed = files, None if changed is None else at(changed)

    def look(self) -> dict[str, Seen]:
        return {
            name: Seen(size=each if isinstance(each, int) else len(each), changed_at=self.changed)
            for name, each in self.files.items()
        }

    def read(self, name: str) -> bytes | None:
        content = self.files[name]
        return content if isinstance(content, bytes) else None


def sent(name: str, *, success: bool = True, begun: float = 14) -> Delivery:
    return Delivery(
        key=name,
        file=name,
        success=success,
        received=100,
        sent=98,
        begun_at=at(begun),
        ended_at=at(begun + 0.1),  # type: ignore[arg-type]
    )


def judge(
    files: Mapping[str, int | bytes],
    *history: Delivery,
    now: float = 15,
    changed: float | None = 14.1,
    **options: Any,
) -> OutboundVerdict:
    given = {"folder": "s3://b/out/", "day": "2026-11-29", "destination": 12, "timestamp_unit": "ms", **options}
    return ask(OutboundQuestion.of(**given), Shelf(files, changed=changed), lambda: history, now=lambda: at(now))


def test_complete_by_info():
    name = batch()
    data = {f"{name}.sync.gz": 70, f"{name}001.sync.gz": 30}
    verdict = judge({**data, f"{name}.info": info_of(name, data, TotalNumberLines=6)})
    assert (verdict.state, verdict.day) == (DayState.COMPLETE, "2026-11-29")
    (found,) = verdict.as_json()["batches"]
    assert (found["batch"], found["mode"], found["bytes"], found["lines"]) == (name, "iter", 100, 6)
    assert [(file["uri"], file["bytes"], file["lines"]) for file in found["files"]] == [
        (f"s3://b/out/{each}", size, 3) for each, size in data.items()
    ]
    assert found["info_uri"] == f"s3://b/out/{name}.info"
    assert OutboundVerdict.from_json(verdict.as_json()) == verdict
    assert verdict.summary == "Outbound delivery of 2026-11-29: complete: 1 batch, 2 files, 100 bytes."
    assert verdict.as_asset_extra() == {"day": "2026-11-29", "batches": [name], "files": 2, "bytes": 100}


@pytest.mark.parametrize(
    ("there", "totals", "reason"),
    [
        ({}, {}, "“{}.sync.gz” is not there"),
        ({".sync.gz": 69}, {}, "“{}.sync.gz” has 69 of 70 bytes"),
        ({".sync.gz": 70}, {"TotalNumberFiles": 2}, "its .info lists 1 file, and says that there are 2"),
        ({".sync.gz": 70}, {"TotalByteSize": 71}, "its .info lists 70 bytes, and says that there are 71"),
    ],
)
def test_info_before_its_data(there, totals, reason):
    name = batch()
    files = {name + each: size for each, size in there.items()}
    verdict = judge({**files, f"{name}.info": info_of(name, {f"{name}.sync.gz": 70}, **totals)})
    assert verdict.state is DayState.WAITING
    assert [*verdict.reasons()] == [f"{name}: {reason.format(name)}"]


def test_a_broken_info_is_waited_for():
    name = batch()
    verdict = judge({f"{name}.sync.gz": 70, f"{name}.info": b'{"Files": ['}, sent(name), now=20)
    assert verdict.state is DayState.WAITING
    assert "is not an .info file of AAM" in verdict.summary


def test_info_that_goes_while_it_is_read():
    name = batch()
    verdict = judge({f"{name}.info": 100}, info="required")
    assert verdict.summary.startswith("Outbound delivery of 2026-11-29: waiting: no batch of 2026-11-29 is there.")


def test_info_called_like_another_mode():
    """Adobe's sample: the data are full, their .info file is iter."""
    data = {f"{batch(mode='full')}-1.sync.gz": 70, f"{batch(mode='full')}-2.sync.gz": 30}
    files = {**data, f"{batch(mode='iter')}.info": info_of(batch(mode="iter"), data)}
    for mode, state in (("full", DayState.COMPLETE), ("any", DayState.COMPLETE), ("iter", DayState.WAITING)):
        verdict = judge(files, sync_mode=mode)
        assert (verdict.state, len(verdict.batches)) == (state, int(mode != "iter")), mode


@pytest.mark.parametrize(
    ("now", "history", "reason"),
    [
        (14.2, [sent(batch())], "its last file changed at 14:06:00 UTC, less than 30 minutes ago"),
        (15, [], "AAM's history does not list it yet"),
        (15, [sent(batch(), success=False)], "AAM's history says that it was not sent"),
        (15, [sent(batch(), success=False), sent(f"{batch()}.sync.gz")], None),
        (15, [sent(batch(13))], "AAM's history does not list it yet"),
        (15, [sent("acme.csv")], None),
        (15, [sent("acme.csv", begun=-1)], "AAM's history does not list it yet"),
    ],
)
@pytest.mark.parametrize("info", ["expected", "ignored"])
def test_without_info(now, history, reason, info):
    name = batch()
    verdict = judge({f"{name}.sync.gz": 70}, *history, now=now, info=info)
    assert [*verdict.reasons()] == ([f"{name}: {reason}"] if reason else [])
    if reason is None:
        assert (verdict.batches[0].received, verdict.batches[0].sent) == (100, 98)


def test_history_with_a_row_for_each_file():
    """All of them must have been sent, each at its last attempt."""
    first, second = f"{batch()}.sync.gz", f"{batch()}001.sync.gz"
    failed = sent(first, success=False)
    verdict = judge({first: 70, second: 30}, failed, sent(second))
    assert [*verdict.reasons()] == [f"{batch()}: AAM's history says that “{first}” was not sent"]
    verdict = judge({first: 70, second: 30}, failed, sent(second), sent(first))
    assert (verdict.state, verdict.batches[0].received, verdict.batches[0].sent) == (DayState.COMPLETE, 200, 196)


def test_a_store_without_times():
    verdict = judge({f"{batch()}.sync.gz": 70}, sent(batch()), changed=None)
    assert "its store does not tell when files changed" in verdict.summary


def test_a_gap_between_files():
    name = batch()
    verdict = judge({f"{name}{each}.sync.gz": 1 for each in ("", "001", "004")}, sent(name))
    assert [*verdict.reasons()] == [f"{name}: 2 files before number 4 not there, the first is 2"]


def test_info_that_is_required():
    verdict = judge({f"{batch()}.sync.gz": 70}, sent(batch()), now=20, info="required", destination=None)
    assert [*verdict.reasons()] == [f"{batch()}: its .info file is not there"]


def test_ignored_info_decides_nothing():
    name = batch()
    files = {f"{name}.sync.gz": 70, f"{name}.info": info_of(name, {"other.sync": 1})}
    assert judge(files, sent(name), info="ignored").state is DayState.COMPLETE


@pytest.mark.parametrize(
    ("now", "state"),
    [(23.9, DayState.WAITING), (24, DayState.LATE), (61.9, DayState.LATE), (62, DayState.MISSING)],
)
def test_deadlines(now, state):
    verdict = judge({f"{batch(-10)}.sync.gz": 1}, now=now)
    assert (verdict.state, verdict.lacking) == (state, ("no batch of 2026-11-29 is there",))
    if state is DayState.MISSING:
        with pytest.raises(AAMCheckFailed, match=r"was not complete by 2026-12-01 14:00 UTC:\n  no batch of"):
            verdict.require_passed()


@pytest.mark.parametrize(
    ("files", "options", "why"),
    [
        ({}, {}, "folder s3://b/out has no files or is not there"),
        ({f"{batch()}.sync.gz": 1}, {"destination": 13}, "1 file, but none is called like a file of destination 13"),
        ({f"{batch()}.sync.gz": 1}, {"sync_mode": "full"}, "none is called like a full file of destination 12"),
        ({"a": 1, "b": 1}, {"destination": None, "info": "required"}, "2 files, but none is called like a file of AAM"),
        ({f"{batch()}.sync.gz": 1}, {"pattern": "x_*"}, "a file of pattern x_* (names need full or iter, and a time)"),
    ],
)
def test_a_wrong_folder_or_destination_is_told_while_it_is_waited_for(files, options, why):
    verdict = judge(files, **options)
    assert verdict.state is DayState.WAITING
    assert why in verdict.summary


def test_days_are_those_of_names():
    """Today's delivery slipped, and comes with tomorrow's."""
    today, tomorrow = batch(14), batch(38)
    files = {f"{today}.sync.gz": 1, f"{tomorrow}.sync.gz": 2}
    history = [sent(today, begun=37), sent(tomorrow, begun=38)]
    for day, name in (("2026-11-29", today), ("2026-11-30", tomorrow)):
        verdict = judge(files, *history, day=day, changed=38, now=40)
        assert (verdict.state, [each.batch for each in verdict.batches]) == (DayState.COMPLETE, [name])
    late = judge(files, *history, changed=38, now=40)
    assert next(late.table()).endswith("of 2026-11-29 14:00 UTC, arrived 2026-11-30 14:00 UTC")


def test_two_batches_on_the_next_day():
    files = {f"{batch(37)}.sync.gz": 1, f"{batch(38)}.sync.gz": 2}
    assert judge(files, now=40, changed=38).lacking == (
        "no batch of 2026-11-29 is there",
        "2026-11-30 has 2 batches: the first of them may be the delivery of 2026-11-29, which slipped",
    )
    both = judge(files, sent(batch(37)), sent(batch(38)), now=40, changed=38, day="2026-11-30")
    assert [each.batch for each in both.batches] == [batch(37), batch(38)]
    assert both.state is DayState.COMPLETE


def test_several_batches_a_day():
    one = {f"{batch(2)}.sync.gz": 1}
    assert judge(one, sent(batch(2)), batches=2).lacking == ("1 of 2 batches are there",)
    two = {**one, f"{batch(14)}.sync.gz": 1}
    assert judge(two, sent(batch(2)), sent(batch(14)), batches=2).state is DayState.COMPLETE


def test_files_of_others_are_left_alone():
    own, other = batch(), batch(destination=13)
    files = {f"{own}.sync.gz": 1, f"{other}.sync.gz": 1, "readme.txt": 1}
    assert [each.batch for each in judge(files, sent(own)).batches] == [own]
    named = judge(files, sent(other), pattern="s3_13_*")
    assert [each.batch for each in named.batches] == [other]
    assert judge({f"{batch(mode='full')}.sync.gz": 1}, sync_mode="iter").batches == ()


def test_names_that_can_be_read_in_two_ways():
    name = batch(ms=1)
    files = {f"{name}.sync.gz": 1}
    assert judge(files, sent(name), timestamp_unit="ms").state is DayState.COMPLETE
    waiting = judge(files, timestamp_unit=None, now=14.2)
    assert "Say timestamp_unit='ms' or 's'" in waiting.summary
    assert judge(files, timestamp_unit=None, now=20, info="required").state is DayState.WAITING
    with pytest.raises(AAMArgumentError, match="Say timestamp_unit='ms' or 's'"):
        judge(files, timestamp_unit=None, now=15)
    told = {**files, f"{name}.info": info_of(name, {f"{name}.sync.gz": 1})}
    assert judge(told, timestamp_unit=None, now=15).state is DayState.COMPLETE


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"sync_mode": "ful"}, "sync_mode is 'ful'; expected one of 'any', 'full', 'iter'"),
        ({"info": "maybe"}, "info is 'maybe'"),
        ({"timestamp_unit": "us"}, "timestamp_unit is 'us'"),
        ({"batches": 0}, "batches is 0; it must be 1 or more"),
        ({"destination": "Partner"}, "destination is 'Partner'; expected the id"),
        ({"destination": None}, "info='expected' needs the destination"),
        ({"day": "yesterday"}, "day 'yesterday' is not a date like 2026-01-31"),
        ({"hard_deadline": "soon"}, "hard_deadline 'soon' is not an ISO 8601"),
        ({"soft_deadline": timedelta(days=9)}, "soft_deadline is after hard_deadline"),
    ],
)
def test_wrong_arguments(options, problem):
    with pytest.raises(AAMArgumentError, match=problem):
        judge({}, **options)


def test_a_question_survives_json():
    question = OutboundQuestion.of(
        folder="s3://b/", day="2026-11-29", destination="12", hard_deadline="2026-12-09T00:00Z"
    )
    again = OutboundQuestion.from_json(json.loads(json.dumps(question.as_json())))
    assert again == question
    assert (again.folder, again.destination, again.hard_deadline) == ("s3://b", 12, datetime(2026, 12, 9, tzinfo=UTC))
