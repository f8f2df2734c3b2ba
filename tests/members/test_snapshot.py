"""Snapshots: a full set comes in, what has changed goes out, and the account always ends with the last set."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_provider_aam.api.errors import AAMArgumentError, AAMSourceError
from airflow_provider_aam.members.grammar.ids import CUSTOMER_ID
from airflow_provider_aam.members.making.partition import Rules
from airflow_provider_aam.members.making.sets import find_sets
from airflow_provider_aam.members.push import push_members
from airflow_provider_aam.members.reading.engine import open_engine
from airflow_provider_aam.members.reading.preflight import Sources
from airflow_provider_aam.members.reading.shape import Shape
from airflow_provider_aam.members.reading.source import find_files
from airflow_provider_aam.members.reading.traits import Traits
from airflow_provider_aam.members.receipt import MembersReceipt
from airflow_provider_aam.members.target import Target
from tests.members.reading import read_back

Set = set[tuple[str, int]]
Items = list[tuple[str, str]]


class Days:
    """A folder with a run per day; ``account`` is what AAM has when it has processed the files that it got."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.previous = folder / "previous"
        self.account: Set = set()

    def run(self, day: int, today: Set, *, fail_at: int | None = None, ratio: float = 1.0, **target) -> MembersReceipt:
        """``fail_at`` files are uploaded before the machine stops."""
        source = self.folder / f"rows-{day}.jsonl"
        source.write_text("".join(json.dumps({"user": user, "trait": sid}) + "\n" for user, sid in sorted(today)))
        out = self.folder / f"out-{day}"
        goal = Target(folder=_Breaking(out, fail_at), batch=day, max_removed_ratio=ratio, **target)
        sources = Sources(source_id=478, target_id=None, id_format=CUSTOMER_ID)
        rules = Rules(shape=Shape(), traits=Traits())
        try:
            with open_engine() as engine:
                sets = find_sets(self.previous, day)
                return push_members(engine, find_files(source), rules, sources, goal, sets=sets)
        finally:
            for user, item in self.sent(day):
                verb, _, sid = item.partition("=")
                (self.account.add if verb == "d_sid" else self.account.discard)((user, int(sid)))

    def sent(self, day: int) -> Items:
        return sorted(read_back(self.folder / f"out-{day}"))


class _Stopped(BaseException):
    pass


class _Breaking:
    """A folder on a disk that goes away after some files."""

    def __init__(self, folder: Path, after: int | None) -> None:
        self._folder, self._left = folder, after

    def __truediv__(self, name: str) -> Path:
        if self._left is not None:
            self._left -= 1
            if self._left < 0:
                raise _Stopped
        return self._folder / name

    def __getattr__(self, name: str) -> object:
        return getattr(self._folder, name)


@pytest.fixture
def days(tmp_path) -> Days:
    return Days(tmp_path)


MONDAY, TUESDAY, WEDNESDAY = 1_700_000_000, 1_700_086_400, 1_700_172_800


def test_only_what_changed_is_sent(days):
    first = days.run(MONDAY, {("a", 24), ("a", 9), ("b", 24)})
    assert (first.rows, first.items, first.unchanged, first.removed) == (3, 3, 0, 0)
    second = days.run(TUESDAY, {("a", 24), ("a", 7), ("c", 24)})
    assert days.sent(TUESDAY) == [("a", "d_sid=7"), ("a", "d_unsid=9"), ("b", "d_unsid=24"), ("c", "d_sid=24")]
    assert (second.rows, second.items, second.unchanged, second.removed) == (3, 4, 1, 2)


def test_a_run_that_is_repeated_sends_the_same_bytes(days):
    days.run(MONDAY, {("a", 24)})
    once = days.run(TUESDAY, {("b", 24)})
    twice = days.run(TUESDAY, {("b", 24)})
    assert [file.sha256 for file in once.files] == [file.sha256 for file in twice.files]
    assert once.items == twice.items == 2


def test_nothing_changed_sends_nothing(days):
    days.run(MONDAY, {("a", 24)})
    assert days.run(TUESDAY, {("a", 24)}).files == []
    assert sorted(path.name for path in days.previous.iterdir()) == [
        f"members-{MONDAY}.parquet",
        f"members-{TUESDAY}.parquet",
    ]


def test_an_earlier_run_is_refused_after_a_later_one(days):
    days.run(TUESDAY, {("a", 24)})
    with pytest.raises(AAMArgumentError, match=rf"2023-11-15.*Nothing was uploaded.*delete members-{TUESDAY}"):
        days.run(MONDAY, {("b", 24)})
    assert days.account == {("a", 24)}


def test_a_source_that_was_cut_short_removes_nobody(days):
    everybody = {(f"u{number}", 24) for number in range(10)}
    days.run(MONDAY, everybody)
    with pytest.raises(AAMSourceError, match=r"9 of 10 memberships that AAM has are not in the source any more"):
        days.run(TUESDAY, {("u1", 24)}, ratio=0.5)
    assert days.account == everybody
    assert days.run(TUESDAY, {("u1", 24)}, ratio=0.9).removed == 9


def test_a_trial_keeps_no_set(days):
    days.run(MONDAY, {("a", 24)}, dry_run=True)
    assert not days.previous.exists()


def test_rejected_users_are_tried_again_tomorrow(days):
    long = {("a", sid) for sid in range(100_000, 108_000)}
    days.run(MONDAY, {("a", 5), ("b", 5)})
    receipt = days.run(TUESDAY, {*long, ("b", 6)}, max_rejected=10_000)
    assert (receipt.rows, receipt.rejected, receipt.removed) == (8_001, 8_001, 2)
    assert days.account == {("a", 5), ("b", 6)}
    days.run(WEDNESDAY, {("a", 7)})
    assert days.account == {("a", 7)}


MEMBERS = st.sets(st.tuples(st.sampled_from(["a", "b", "crm 3", "ü"]), st.integers(1, 5)), min_size=1, max_size=12)


@settings(max_examples=15, deadline=None)
@given(sets=st.lists(st.tuples(MEMBERS, st.sampled_from([None, None, 0, 1, 2])), min_size=1, max_size=6))
def test_the_account_ends_with_the_last_set_whatever_was_interrupted(tmp_path_factory, sets):
    """Each run may stop after some of its files; it is not repeated, and the next one makes good for it."""
    from airflow_provider_aam.members.target import Sizes

    days = Days(tmp_path_factory.mktemp("days"))
    for number, (today, fail_at) in enumerate([*sets, (sets[0][0], None)]):
        try:
            receipt = days.run(MONDAY + number, today, fail_at=fail_at, sizes=Sizes(raw=20))
        except _Stopped:
            continue
        assert days.account == today
        assert receipt.rows + receipt.removed == receipt.items + receipt.unchanged + receipt.duplicates
