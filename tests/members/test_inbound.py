"""AAM's verdict on the files of a push, as the emulator's clock goes on."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from airflow_provider_aam.api.errors import AAMArgumentError, AAMCheckFailed
from airflow_provider_aam.api.inbound import CATEGORIES, InboundFile
from airflow_provider_aam.members.judging.categories import EXPLANATIONS
from airflow_provider_aam.members.judging.inbound import ask, judge
from airflow_provider_aam.members.judging.question import Question
from airflow_provider_aam.members.judging.verdict import State, Verdict

STAMP = 1_366_545_717
PARTS = [f"ftp_dpm_{{}}_{STAMP}.sync.{part}.gz" for part in (1, 2)]


class Place:
    """A folder that the emulator watches, with the files of a push in it. Time passes by :meth:`wait`."""

    def __init__(self, folder: Path, emulator: Any, fake_time: Any, connect: Callable[..., Any]) -> None:
        self.folder, self.emulator, self.time, self.client = folder, emulator, fake_time, connect()
        self.source = emulator.add("data_sources", {"name": "CRM"})["dataSourceId"]
        traits = {"traitType": "ON_BOARDED_TRAIT", "dataSourceId": self.source}
        self.gold = emulator.add("traits", traits)["sid"]
        emulator.configure(token_lifetime_s=10**7)
        emulator.watch(f"file://{folder}")
        self.names = [name.format(self.source) for name in PARTS]
        self.sent_at = fake_time.now()

    def put(self, name: str, users: int = 10, line: str = "u{}\td_sid={gold}\n") -> None:
        text = "".join(line.format(number, gold=self.gold) for number in range(users))
        (self.folder / name).write_bytes(gzip.compress(text.encode()))

    def send(self) -> Place:
        for name in self.names:
            self.put(name)
        return self

    def receipt(self) -> dict[str, Any]:
        files = [
            {"uri": f"file://{self.folder}/{name}", "bytes": 1, "raw_bytes": 1, "lines": 10, "sha256": "0" * 64}
            for name in self.names
        ]
        counts = dict.fromkeys(("users", "rows", "items", "duplicates", "rejected"), 0)
        times = dict.fromkeys(("started_at", "finished_at"), self.sent_at.isoformat())
        return {"batch": STAMP, "files": files, **counts, "rejects_uri": None, "mode": "sync", **times} | {
            "data_source": self.source,
            "target_data_source": None,
        }

    def wait(self, hours: float) -> None:
        self.emulator.advance(hours * 3600)
        self.time.elapsed_s += hours * 3600

    def look(self, uri: str) -> set[str]:
        assert uri == f"file://{self.folder}"
        return {path.name for path in self.folder.iterdir()}

    def ask(self, **options: Any) -> Verdict:
        return ask(self.client, Question.of(self.receipt(), **options), self.look, now=self.time.now)

    def states(self, **options: Any) -> list[str]:
        return [str(file.state) for file in self.ask(**options).files]

    def process(self) -> None:
        for _ in range(2):
            self.wait(12.1)


@pytest.fixture
def place(tmp_path, emulator, fake_time, connect):
    return Place(tmp_path, emulator, fake_time, connect)


def failure_of(verdict: Verdict) -> str:
    with pytest.raises(AAMCheckFailed) as failed:
        verdict.require_passed()
    return str(failed.value)


def test_files_are_waiting_until_all_are_in_the_history(place):
    place.emulator.configure(inbound_late_s={"*.sync.2.gz": 3600}, inbound_report_after_s=36_000)
    place.send()
    assert place.states() == ["waiting", "waiting"]
    place.wait(12.1)
    assert [file.note for file in place.ask().files] == ["picked up; not in AAM's history yet", "not picked up yet"]
    place.wait(10)
    verdict = place.ask()
    assert ([file.state for file in verdict.files], verdict.is_final) == (["processed", "waiting"], False)
    assert "1 waiting, 1 processed; this fails at " in verdict.summary
    place.wait(1)
    verdict = place.ask()
    assert (verdict.is_final, verdict.counts, verdict.is_late) == (True, "2 processed", False)
    assert verdict.as_asset_extra() == {"batch": STAMP, "files": 2, "received": 20, "stored": 20}
    verdict.require_passed()


@pytest.mark.parametrize(
    ("signal", "states"),
    [
        ("history", ["waiting", "waiting"]),
        ("marker", ["processed", "waiting"]),
        ("both", ["waiting", "waiting"]),
        ("either", ["processed", "waiting"]),
    ],
)
def test_which_sign_is_enough(place, signal, states):
    place.emulator.configure(inbound_lost_markers=["*.sync.2.gz"])
    place.send().wait(12.1)
    assert place.states(signal=signal) == states
    place.wait(12.1)
    after = {"history": "processed", "marker": "late", "both": "late", "either": "processed"}
    assert place.states(signal=signal) == ["processed", after[signal]]


def test_markers_alone_ask_nothing_of_aam(place):
    place.send().process()
    place.emulator.clear_stats()
    assert place.states(signal="marker") == ["processed", "processed"]
    assert place.emulator.requests == []


def test_a_late_file_is_late_and_then_missing(place):
    place.emulator.configure(inbound_ignored=["*.sync.2.gz"])
    place.send().process()
    assert place.states() == ["processed", "late"]
    assert place.ask().is_late
    place.wait(23.9)
    verdict = place.ask()
    assert verdict.counts == "1 processed, 1 missing"
    text = failure_of(verdict)
    assert text.startswith(
        f"AAM did not take 1 of 2 inbound files of batch {STAMP} as it should: 1 processed, 1 missing."
    )
    assert "In AAM and staying there: 1 processed." in text
    assert f"{place.names[1]}: missing: not picked up yet, at " in text
    assert "Missing: Check in the AAM UI" in text


def test_deadlines_are_moments_or_durations(place):
    place.send()
    place.wait(3)
    late = timedelta(hours=2)
    assert place.states(soft_deadline=late) == ["late", "late"]
    assert place.states(soft_deadline=late, hard_deadline=(place.sent_at + late).isoformat()) == ["missing", "missing"]
    assert place.states(soft_deadline=place.time.now()) == ["late", "late"]


def test_deadlines_are_told_in_utc(place):
    east = timezone(timedelta(hours=9))
    at = datetime(2026, 1, 2, 12, tzinfo=east)
    receipt = place.receipt() | {"finished_at": at.isoformat()}
    question = Question.of(receipt, soft_deadline=timedelta(0), hard_deadline=at)
    assert {str(each.tzinfo) for each in (question.soft_deadline, question.hard_deadline)} == {"UTC"}
    assert (question.soft_deadline, question.hard_deadline) == (at, at)


def test_a_file_that_aam_removes_is_rejected(place):
    place.emulator.configure(inbound_rejected=["*.sync.1.gz"])
    place.send().wait(12.1)
    first, _ = place.ask().files
    assert (first.state, first.note) == ("waiting", "no longer in its folder, without a .processed mark")
    place.wait(12.1)
    verdict = place.ask()
    assert verdict.counts == "1 processed, 1 rejected"
    text = failure_of(verdict)
    assert "Rejected: AAM removes files whose name or content it cannot use: check that the upload is complete" in text


def test_aam_may_say_that_it_did_not_process_a_file(place):
    place.send()
    row = {"dataSourceId": place.source, "dataFileName": place.names[0], "success": False}
    place.emulator.add("inbound_history", row | {"startTime": int(place.sent_at.timestamp() * 1000)})
    verdict = place.ask()
    assert [file.state for file in verdict.files] == ["rejected", "waiting"]
    assert verdict.is_final
    assert "AAM's history says that it was not processed" in failure_of(verdict)


@pytest.mark.parametrize(
    ("limits", "problems"),
    [
        ({}, ()),
        ({"min_percent_success": 70}, ()),
        ({"min_percent_success": 70.5}, ("Percent Success is 70.00 (min_percent_success=70.5)",)),
        ({"max_errors": {"no_matching_aam_id": 2, "format_errors": 0.1}}, ()),
        ({"max_errors": {"no_matching_aam_id": 1}}, ("no_matching_aam_id: 2 of 10 records (max_errors=1)",)),
        ({"max_errors": {"format_errors": 0.09}}, ("format_errors: 1 of 10 records (max_errors=0.09)",)),
        ({"max_errors": {"format_errors": 0}}, ("format_errors: 1 of 10 records (max_errors=0)",)),
        (
            {"max_errors": {"format_errors": 0.0, "no_matching_aam_id": 0}, "min_percent_success": 99},
            (
                "Percent Success is 70.00 (min_percent_success=99)",
                "format_errors: 1 of 10 records (max_errors=0.0)",
                "no_matching_aam_id: 2 of 10 records (max_errors=0)",
            ),
        ),
    ],
)
def test_records_that_aam_did_not_store(place, limits, problems):
    place.emulator.configure(inbound_failing={"noMatchingAamId": 0.2, "formatErrors": 0.1})
    place.send().process()
    verdict = place.ask(**limits)
    for file in verdict.files:
        assert (file.state, file.problems) == ("partial" if problems else "processed", problems)
        assert (file.received, file.stored, file.percent_success) == (10, 7, 70.0)
    if problems:
        text = failure_of(verdict)
        assert "In AAM and staying there: the stored records of 2 partial files." in text
        assert "No Matching AAM ID (4 records): AAM knows no device of this user" in text


def test_nothing_stored_is_never_good_enough(place):
    place.emulator.configure(inbound_failing={"formatErrors": 1.0})
    place.send().process()
    assert {file.problems for file in place.ask().files} == {("nothing of it was stored",)}


def test_a_file_that_was_processed_twice(place):
    place.send().wait(12.1)
    place.put(place.names[0], users=30)
    for _ in range(2):
        place.wait(12.1)
    verdict = place.ask()
    assert [file.state for file in verdict.files] == ["duplicate", "processed"]
    assert (verdict.files[0].received, verdict.files[0].problems) == (30, ("processed 2 times",))
    assert any(line.startswith("Duplicate: Check what uploads the file") for line in verdict.advice())
    verdict.require_passed()


def test_what_was_processed_before_the_push_does_not_count(place):
    place.send().process()
    place.sent_at = place.time.now() + timedelta(hours=1)
    assert place.states() == ["waiting", "waiting"]


def test_a_share_that_cannot_be_known_is_not_good_enough(place):
    question = Question.of(
        place.receipt(), min_percent_success=1, max_errors={"format_errors": 3, "invalid_aam_id": 0.5}
    )
    told = [InboundFile(name=name, errors={"invalid_aam_id": 1}, raw={}) for name in place.names]
    assert {file.problems for file in judge(question, told, place.look, now=place.sent_at).files} == {
        (
            "AAM names no Percent Success (min_percent_success=1)",
            "AAM names no format_errors (max_errors=3)",
            "AAM names no invalid_aam_id (max_errors=0.5)",
        )
    }


def test_parts_into_which_aam_split_a_file_are_one(place):
    name = f"ftp_dpm_{place.source}_{STAMP}.sync.gz"
    place.names = [name]
    question = Question.of(place.receipt())

    def told(of: str, **counts: Any) -> InboundFile:
        return InboundFile(name=of, **{"errors": {}, "raw": {}} | counts)

    first = told(name.replace(".gz", ".1.gz"), received=10, stored=9, errors={"format_errors": 1, "invalid_aam_id": 0})
    second = told(name.replace(".gz", ".2.gz").upper(), received=30, stored=21, errors={"format_errors": 9})
    (file,) = judge(question, [first, second], place.look, now=place.sent_at).files
    assert (file.state, file.received, file.stored, file.percent_success) == ("processed", 40, 30, 75.0)
    assert file.errors == {"format_errors": 10}
    half = told(name.replace(".gz", ".2.gz"))
    (file,) = judge(question, [first, half], place.look, now=place.sent_at).files
    assert (file.state, file.received, file.percent_success) == ("processed", None, None)
    other = told(f"ftp_dpm_{place.source}_{STAMP}.overwrite.gz")
    assert judge(question, [other], place.look, now=place.sent_at).files[0].state == "waiting"


@pytest.mark.parametrize(
    ("told", "states"),
    [
        (".sync.1", ["processed", "waiting"]),  # as it is when unpacked
        (".sync.1.gz.2", ["processed", "waiting"]),  # a number at the tail
        (".sync.1.2.gz", ["processed", "waiting"]),
        (".sync.12.gz", ["waiting", "waiting"]),
        (".sync.gz", ["waiting", "waiting"]),
        (".sync.1.gz.2.3", ["waiting", "waiting"]),
        (".sync.1.gz.processed", ["waiting", "waiting"]),
    ],
)
def test_names_that_the_history_may_have_for_a_file(place, told, states):
    record = InboundFile(name=f"ftp_dpm_{place.source}_{STAMP}{told}", errors={}, raw={})
    verdict = judge(Question.of(place.receipt()), [record], lambda _: None, now=place.sent_at)
    assert [file.state for file in verdict.files] == states


def test_a_folder_that_cannot_be_seen_takes_nothing_away(place):
    place.send().process()
    place.wait(24)
    question = Question.of(place.receipt(), signal="marker")
    assert {file.state for file in judge(question, [], lambda _: None, now=place.time.now()).files} == {State.MISSING}


def test_a_receipt_without_files_has_nothing_to_wait_for(place):
    place.names = []
    verdict = place.ask()
    assert (verdict.is_final, verdict.summary) == (
        True,
        f"Batch {STAMP} has no file: there is nothing to wait for.",
    )
    verdict.require_passed()


def test_table_has_a_line_per_file(place):
    place.emulator.configure(inbound_failing={"formatErrors": 0.1}, inbound_ignored=["*.sync.2.gz"])
    place.send().process()
    head, first, second = place.ask().table()
    assert head.split("  ")[0] == "file"
    assert first.split() == [place.names[0], *["processed", "10", "9", "90.0", "%", "Format", "Errors", "1"]]
    assert second.split() == [place.names[1], *["late", "–", "–", "–", "not", "picked", "up", "yet"]]


def test_many_bad_files_are_counted_not_listed(place):
    place.names = [f"ftp_dpm_{place.source}_{STAMP}.sync.{part}.gz" for part in range(1, 8)]
    text = failure_of(place.ask(hard_deadline=timedelta(0), soft_deadline=timedelta(0)))
    assert text.count(": rejected") == 5
    assert "… and 2 more: see the table above" in text
    assert "Nothing of it is known to be in AAM." in text


def test_question_and_verdict_travel_as_json(place):
    question = Question.of(place.receipt(), signal="both", max_errors={"format_errors": 0, "invalid_aam_id": 1.0})
    again = Question.from_json(json.loads(json.dumps(question.as_json())))
    assert again == question
    assert [type(limit) for limit in again.max_errors.values()] == [int, float]
    place.emulator.configure(inbound_failing={"formatErrors": 0.1})
    place.send().process()
    verdict = place.ask()
    assert json.loads(json.dumps(verdict.as_json())) == verdict.as_json()
    assert Verdict.from_json(verdict.as_json()) == verdict


def test_history_of_the_owner_of_the_traits_is_asked(place):
    receipt = place.receipt() | {"data_source": 20914, "target_data_source": 7}
    assert Question.of(receipt).data_source == 7
    assert Question.of(json.dumps(receipt), data_source="9").data_source == 9


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"signal": "mail"}, "signal is 'mail'; expected 'history', 'marker', 'both' or 'either'"),
        ({"signal": "marker", "min_percent_success": 1}, "need AAM's history: signal is 'marker'"),
        ({"signal": "either", "max_errors": {"format_errors": 1}}, "need AAM's history: signal is 'either'"),
        ({"min_percent_success": 101}, "min_percent_success is 101; expected a number from 0 to 100"),
        ({"min_percent_success": True}, "min_percent_success is True"),
        ({"min_percent_success": 0.9}, "is 0.9, less than one percent; expected a percentage, like 90"),
        ({"max_errors": {"format_error": 1}}, "unknown categories format_error. Did you mean format_errors?"),
        ({"max_errors": {"format_errors": 1.5}}, "max_errors['format_errors'] is 1.5; expected an integer of records"),
        ({"max_errors": {"format_errors": -1}}, "max_errors['format_errors'] is -1"),
        ({"max_errors": {"format_errors": float("nan")}}, "max_errors['format_errors'] is nan"),
        ({"soft_deadline": "soon"}, "soft_deadline 'soon' is not an ISO 8601 timestamp"),
        ({"soft_deadline": timedelta(hours=49)}, "is after hard_deadline"),
        ({"data_source": "crm"}, "data_source is 'crm'; expected the id of a data source"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)
def test_options_that_cannot_be(place, options, problem):
    with pytest.raises(AAMArgumentError) as refused:
        Question.of(place.receipt(), **options)
    assert problem in str(refused.value)


def test_all_problems_come_together(place):
    with pytest.raises(AAMArgumentError, match="The wait for AAM's verdict has 3 problems"):
        Question.of(place.receipt(), signal="x", min_percent_success=-1, hard_deadline=None)


def test_every_category_is_explained():
    assert tuple(EXPLANATIONS) == CATEGORIES


def test_names_of_others_stay_in_one_line(place):
    place.names = ["ftp\n::error::forged.gz"]
    verdict = place.ask(hard_deadline=timedelta(0), soft_deadline=timedelta(0))
    text = "\n".join([failure_of(verdict), *verdict.table()])
    assert not [line for line in text.split("\n") if line.startswith("::")]
