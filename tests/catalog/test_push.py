"""A push as a whole: idempotence, receipts, files, concurrency, and what AAM may do to values."""

from __future__ import annotations

import errno
import hashlib
import json
import logging
import os
import pickle
import signal
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
from fakes import full_after
from fsspec.implementations.local import LocalFileSystem
from fsspec.implementations.memory import MemoryFileSystem
from upath import UPath

from airflow_provider_aam.api.errors import AAMDestinationError, AAMPlanRefused, AAMPushFailed, AAMSourceError
from airflow_provider_aam.catalog.applying.apply import apply_plan
from airflow_provider_aam.catalog.applying.outcomes import Outcome, OutcomeLog
from airflow_provider_aam.catalog.applying.push import push as push_rows
from airflow_provider_aam.catalog.kinds import TRAITS
from airflow_provider_aam.catalog.plan.plan import Plan
from airflow_provider_aam.catalog.plan.saved import write_plan
from airflow_provider_aam.catalog.planning.options import PlanOptions
from catalog.support import (
    LIST,
    LIST_FOLDERS,
    POST,
    PUT,
    OtherAAM,
    TinyAAM,
    codes,
    outcomes_of,
    rows_of,
    trait,
    traits,
    writes,
)

LOG = "airflow_provider_aam.catalog.applying.push"
ENDS = "airflow_provider_aam.catalog.applying.receipt"


def test_second_push_writes_nothing_and_reads_little(emulator, push):
    items = [trait(n, folder=f"/F/{n % 3}", description=f"about & <{n}>", ttl=n) for n in range(1, 31)]
    assert push(items).outcomes["created"] == 30 + 4
    emulator.clear_stats()
    receipt = push(items)
    assert {status: count for status, count in receipt.outcomes.items() if count} == {"unchanged": 30}
    assert writes(emulator) == 0
    assert (emulator.count(LIST), emulator.count(LIST_FOLDERS), emulator.count()) == (1, 1, 4)


def test_receipt_is_small_and_json_safe(push, tmp_path):
    made = push(traits(2), plan_path=tmp_path / "a" / "plan.json", outcome_path=tmp_path / "b" / "o.jsonl")
    receipt = made.as_xcom()
    assert json.loads(json.dumps(receipt)) == receipt
    sha256 = hashlib.sha256((tmp_path / "a" / "plan.json").read_bytes()).hexdigest()
    saved = {"uri": receipt["plan_uri"], "sha256": sha256}
    assert made.as_asset_extra() == {"source": "traits.yaml", "changed": True, **saved, **receipt["outcomes"]}
    assert receipt["plan_sha256"] == sha256
    assert [*receipt] == [
        *("source", "dry_run", "plan", "outcomes", "plan_uri", "plan_sha256", "outcome_uri"),
        *("started_at", "finished_at", "written"),
    ]
    assert receipt["plan"] == {"create": 2, "update": 0, "delete": 0, "unchanged": 0, "create_folders": 0}
    assert receipt["plan_uri"] == f"file://{tmp_path}/a/plan.json"
    assert Plan.from_json((tmp_path / "a" / "plan.json").read_bytes()).counts() == receipt["plan"]
    assert [row["status"] for row in outcomes_of(tmp_path / "b" / "o.jsonl")] == ["created", "created"]


def test_dry_run_logs_and_writes_the_plan_and_changes_nothing(emulator, push, tmp_path, caplog):
    caplog.set_level(logging.INFO, LOG)
    receipt = push(
        [trait(1, folder="/New"), trait(2)],
        dry_run=True,
        plan_path=tmp_path / "plan.json",
        outcome_path=tmp_path / "outcomes.jsonl",
    )
    assert writes(emulator) == 0
    assert (receipt.dry_run, receipt.outcome_uri, set(receipt.outcomes.values())) == (True, None, {0})
    assert not (tmp_path / "outcomes.jsonl").exists()
    logged = [record.getMessage() for record in caplog.records if record.name == LOG]
    host = emulator.url.partition("://")[2]
    to_do = "3 to create (1 of them a folder), 0 to update, 0 to delete, 0 unchanged."
    assert [*logged[:2], *logged[-2:]] == [
        f"Plan for AAM account 1099 ({host}), from traits.yaml: {to_do}",
        "+ trait folder /New",
        f"Plan file: file://{tmp_path}/plan.json",
        "Dry run: nothing was changed in AAM.",
    ]
    assert (tmp_path / "plan.json").is_file()


def test_outcome_file_holds_every_row_with_id_and_place(emulator, push, tmp_path):
    push(traits(1))
    emulator.trouble(POST, "status", status=400)
    with pytest.raises(AAMPushFailed):
        push([trait(1), trait(2)], outcome_path=tmp_path / "o.jsonl")
    unchanged, rejected = outcomes_of(tmp_path / "o.jsonl")
    (sid,) = [row["sid"] for row in emulator.objects("traits")]
    assert (unchanged["status"], unchanged["id"]) == ("unchanged", sid)
    assert {n: v for n, v in rejected.items() if n != "message"} == {
        "status": "rejected",
        "kind": "trait",
        "label": "web/t2 “Trait 2”",
        "id": None,
        "http_status": 400,
        "place": "source list, row 2",
        "passing": False,
    }


def test_failure_says_which_rows_and_pickles(emulator, push, tmp_path, caplog):
    emulator.trouble(POST, "status", status=400, times=12)
    with pytest.raises(AAMPushFailed) as failed:
        push(traits(13), outcome_path=tmp_path / "o.jsonl")
    text = str(failed.value)
    assert text.startswith(
        "12 of 13 rows in traits.yaml failed (max_failed=0): 1 created, 12 rejected. Outcome of every row: "
        f"file://{tmp_path}/o.jsonl. Fix the rows below and run again; finished rows are not repeated.\n"
        "  source list, row "
    )
    assert text.endswith("… and 2 more")
    copy = pickle.loads(pickle.dumps(failed.value))
    assert (str(copy), copy.counts, copy.retryable) == (text, failed.value.counts, False)


def test_as_many_rows_as_max_failed_may_fail(emulator, push, caplog):
    emulator.trouble(POST, "status", status=400, times=2)
    receipt = push(traits(3), max_failed=2)
    assert (receipt.outcomes["created"], receipt.outcomes["rejected"]) == (1, 2)
    assert len([record for record in caplog.records if record.levelno == logging.WARNING and record.name == ENDS]) == 2
    emulator.trouble(POST, "status", status=400, times=2)
    with pytest.raises(AAMPushFailed):
        push(traits(6), max_failed=1)


def test_lost_answers_make_the_failure_retryable(emulator, push):
    emulator.trouble(POST, "status", status=400)
    emulator.trouble(POST, "status", status=504)
    with pytest.raises(AAMPushFailed) as failed:
        push(traits(2), max_concurrency=1)
    assert failed.value.retryable, "a retry finishes what is unfinished, whatever else is wrong"


@pytest.mark.parametrize("asked", [None, 2, 5])
def test_concurrency_is_the_connection_s_or_what_the_caller_asks_for(emulator, push, connect, asked):
    client = connect(max_concurrency=3)
    emulator.configure(latency_s=0.05)
    push(traits(12), with_client=client, max_concurrency=asked)
    assert emulator.max_in_flight == (asked or 3)
    assert len(codes(emulator)) == 12


def test_many_threads_lose_and_double_nothing(emulator, push, connect, tmp_path):
    for skip in range(0, 200, 7):
        emulator.trouble(POST, ("reset_after", "half_body", "server_error_after")[skip % 3], skip=5)
    receipt = push(traits(200), with_client=connect(max_concurrency=16), outcome_path=tmp_path / "o.jsonl")
    assert receipt.outcomes["created"] == 200
    rows = outcomes_of(tmp_path / "o.jsonl")
    assert {(row["id"], row["label"].split()[0]) for row in rows} == {
        (row["sid"], f"web/{row['integrationCode']}") for row in emulator.objects("traits")
    }
    assert len(rows) == len(codes(emulator)) == 200


@pytest.fixture
def _sigint_interrupts():
    """Who starts the tests in the background of a shell script has SIGINT ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_sigint_interrupts")
def test_interrupted_push_starts_no_further_write(emulator, client, web, monkeypatch):
    """Airflow ends a task by an exception in its main thread, while others write."""
    from datetime import UTC, datetime

    from airflow_provider_aam.catalog.planning.planner import build_plan

    plan = build_plan(client, {TRAITS: rows_of(traits(100))}, PlanOptions(), source="t", now=datetime.now(UTC))
    emulator.configure(latency_s=0.02)
    main = threading.get_ident()
    outcomes = OutcomeLog()
    noted = outcomes.add
    not_yet = threading.Semaphore(1)

    def add(outcome, change=None):
        noted(outcome, change)
        # Several threads come here at once: the eighth row may be counted by one and seen by another.
        if outcomes.counts["created"] >= 8 and not_yet.acquire(blocking=False):
            interrupt(main)

    monkeypatch.setattr(outcomes, "add", add)
    with pytest.raises(KeyboardInterrupt):
        apply_plan(client.at_most(4), plan, outcomes, max_failed=0, done={})
    assert outcomes.counts["created"] == len(codes(emulator)) < 30


def interrupt(thread_id):
    signal.pthread_kill(thread_id, signal.SIGINT)


# --- files that cannot be written -------------------------------------------------------------------------------------


@pytest.mark.parametrize("argument", ["plan_path", "outcome_path"])
def test_file_that_cannot_be_opened_stops_the_push_before_any_write(emulator, push, tmp_path, argument):
    (tmp_path / "file").write_text("older")
    for path in (tmp_path / "file" / "below", tmp_path):
        why = "File exists" if path.name == "below" else "(it is a folder .*|Is a directory)"
        with pytest.raises(
            AAMDestinationError, match=rf"{path} cannot be written \({why}\)\. Nothing was changed in AAM"
        ):
            push(traits(2), **{argument: path})
    assert writes(emulator) == 0
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"file": "older"}


class Breaks:
    """A path whose file takes so many writes and then is full; ``at_close`` fails there as well."""

    def __init__(self, path, writes, *, at_close=False):
        self.path, self.left, self.at_close, self.opened = path, writes, at_close, 0

    parent = property(lambda self: self.path.parent)
    __str__ = lambda self: str(self.path)  # noqa: E731

    def open(self, mode):  # noqa: ARG002
        breaks, self.opened = self, self.opened + 1

        class File:
            def __enter__(self):
                return self

            def __exit__(self, *_):
                self.close()

            def write(self, content):
                if breaks.left == 0:
                    raise OSError(28, os.strerror(28))
                breaks.left -= 1
                with breaks.path.open("ab") as file:
                    file.write(content)

            def flush(self):
                pass

            def close(self):
                if breaks.at_close and breaks.opened > 1:
                    raise OSError("upload refused")

        self.path.touch()
        return File()


@pytest.mark.parametrize("kind", [Path, UPath, lambda path: SimpleNamespace(fs=LocalFileSystem(), path=str(path))])
@pytest.mark.parametrize("older", [None, "older"])
def test_plan_file_that_breaks_off_leaves_the_older_one(tmp_path, kind, older):
    final = tmp_path / "plan.json"
    if older:
        final.write_text(older)
    plan = Plan(source="s" * 9000, match_on=None, created_at="", changes=())
    with (
        full_after(4096),
        pytest.raises(AAMDestinationError, match=r"cannot be written \(File too large\). Nothing was changed in AAM"),
    ):
        write_plan(plan, kind(final))
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == ({"plan.json": older} if older else {})


class HalfShare(MemoryFileSystem):
    """A filesystem whose connection breaks in the middle of an upload."""

    store: ClassVar[dict[str, Any]] = {}
    pseudo_dirs: ClassVar[list[str]] = [""]

    def put_file(self, lpath, rpath, **_options):
        content = Path(lpath).read_bytes()
        self.pipe_file(rpath, content[: len(content) // 2])
        raise OSError(errno.ECONNRESET, os.strerror(errno.ECONNRESET))


def test_plan_upload_that_breaks_off_leaves_the_older_plan_and_changes_nothing(emulator, push):
    share = HalfShare(skip_instance_cache=True)
    share.pipe_file("/plan.json", b"older")
    with pytest.raises(AAMDestinationError, match=r"\(Connection reset by peer\). Nothing was changed in AAM"):
        push(traits(2), plan_path=SimpleNamespace(fs=share, path="/plan.json"))
    assert {name: share.cat_file(name) for name in share.find("/")} == {"/plan.json": b"older"}
    assert writes(emulator) == 0


@pytest.mark.parametrize(
    ("left", "at_close", "why"), [(3, False, "No space left"), (9, True, "upload refused"), (3, True, "No space")]
)
def test_outcome_file_that_breaks_off_does_not_stop_the_push_and_is_told(emulator, push, tmp_path, left, at_close, why):
    path = Breaks(tmp_path / "o.jsonl", left, at_close=at_close)
    with pytest.raises(AAMDestinationError, match=rf"broke off \({why}.*was completed: 5 created"):
        push(traits(5), outcome_path=path)
    assert len(codes(emulator)) == 5
    assert len(outcomes_of(tmp_path / "o.jsonl")) == min(left, 5)


def test_failure_of_the_push_is_not_hidden_by_that_of_the_file(emulator, push, tmp_path):
    emulator.trouble(POST, "status", status=401, times=None)
    from airflow_provider_aam.api.errors import AAMUnauthorized

    with pytest.raises(AAMUnauthorized):
        push(traits(2), outcome_path=Breaks(tmp_path / "o.jsonl", 0, at_close=True))


def test_outcome_log_without_a_file_counts():
    with OutcomeLog() as log:
        log.add(Outcome(status="created", kind="trait", label="a", message="odd"))
    assert (log.said(), len(log.remarkable), OutcomeLog().said()) == ("1 created", 1, "no rows")


def test_refused_plan_leaves_no_plan_file(push, tmp_path):
    with pytest.raises(AAMPlanRefused):
        push([], prune_scope={"dataSource": "web"}, plan_path=tmp_path / "plan.json")
    with pytest.raises(AAMSourceError):
        push([{}], plan_path=tmp_path / "plan.json")
    assert [*tmp_path.iterdir()] == []


# --- a server that does to values what the emulator does not ----------------------------------------------------------


def push_to(tiny, *items, **options):
    with OtherAAM(tiny) as aam:
        receipt = push_rows(aam.client, {TRAITS: rows_of(items)}, PlanOptions(**options), source="t")
        return receipt, aam.asked


def test_created_object_with_another_value_is_told(caplog):
    caplog.set_level(logging.INFO, ENDS)
    tiny = TinyAAM()
    tiny.stored = lambda row: {**row, "ttl": 120}
    receipt, _ = push_to(tiny, trait(ttl=30))
    assert receipt.outcomes["created"] == 1
    assert "AAM stored another value for ttl" in caplog.text


def test_update_of_a_field_that_aam_does_not_change_is_rejected():
    tiny = TinyAAM()
    tiny.put = lambda old, new: {**new, "traitType": old["traitType"]}
    push_to(tiny, trait())
    with pytest.raises(AAMPushFailed, match="AAM accepted the update but kept its own traitType") as failed:
        push_to(tiny, trait(traitType="ON_BOARDED_TRAIT"))
    assert not failed.value.retryable


def escaped(row):
    return {n: v.replace("&", "&amp;").replace('"', "&quot;") if isinstance(v, str) else v for n, v in row.items()}


def test_server_that_escapes_html_causes_no_endless_updates():
    tiny = TinyAAM()
    tiny.listed = tiny.shown = escaped
    item = trait(name="A & B", description='say "x"', integrationCode="a&b")
    push_to(tiny, item)
    receipt, asked = push_to(tiny, item)
    assert receipt.outcomes["unchanged"] == 1
    assert not [name for name in asked if not name.startswith("GET")]


def test_put_that_answers_nothing_is_compared_with_what_aam_has():
    tiny = TinyAAM()
    push_to(tiny, trait())

    def silent(method, path, query, body):
        value = tiny(method, path, query, body)
        return (200, []) if method == "PUT" else value

    receipt, _ = push_to(silent, trait(ttl=30))
    assert receipt.outcomes["updated"] == 1

    def deaf(method, path, query, body):
        return (200, []) if method == "PUT" else tiny(method, path, query, body)

    with pytest.raises(AAMPushFailed, match="AAM does not show the update yet") as failed:
        push_to(deaf, trait(ttl=31))
    assert failed.value.retryable


def test_lost_create_that_aam_stored_differently_is_put_right():
    tiny = TinyAAM()
    tiny.stored = lambda row: {**row, "ttl": 120}
    lost = []

    def losing(method, path, query, body):
        value = tiny(method, path, query, body)
        if method == "POST":
            lost.append(path)
            return 500, {"message": "lost"}
        return value

    receipt, asked = push_to(losing, trait(ttl=30))
    assert (receipt.outcomes["updated"], len(lost), asked["PUT /v1/traits/100"]) == (1, 1, 1)


def test_conflict_about_something_else_than_our_key_is_the_row_s_own():
    tiny = TinyAAM()

    def conflicting(method, path, query, body):
        return (409, {"code": "CONFLICT", "message": "odd"}) if method == "POST" else tiny(method, path, query, body)

    with pytest.raises(AAMPushFailed, match="409 CONFLICT: odd"):
        push_to(conflicting, trait())


def test_conflict_after_a_lost_answer_is_looked_up_as_ours():
    tiny = TinyAAM()
    posts = []

    def late(method, path, query, body):
        if method != "POST":
            return tiny(method, path, query, body)
        posts.append(body)
        if len(posts) == 1:
            return 500, {"message": "lost"}
        tiny(method, path, query, body)
        return 409, {"code": "CONFLICT", "message": "exists"}

    receipt, _ = push_to(late, trait())
    assert (receipt.outcomes["created"], len(posts), len(tiny.traits)) == (1, 2, 1)


def test_prune_deletes_in_the_end(emulator, push):
    push(traits(3))
    receipt = push(traits(2), prune_scope={"dataSource": "web"})
    assert (receipt.outcomes["deleted"], receipt.outcomes["unchanged"]) == (1, 2)
    assert codes(emulator) == ["t1", "t2"]


def test_nothing_is_deleted_when_rows_before_failed(emulator, push):
    """A trait that gets another code is a create and a delete: without the one the other would lose it."""
    push(traits(2))
    renamed = [trait(1), trait(2, integrationCode="new")]
    emulator.trouble(POST, "status", status=400)
    with pytest.raises(AAMPushFailed, match="not tried, because 1 row before it failed"):
        push(renamed, prune_scope={"dataSource": "web"})
    assert codes(emulator) == ["t1", "t2"]
    emulator.trouble(POST, "status", status=400)
    receipt = push(renamed, prune_scope={"dataSource": "web"}, max_failed=1)
    assert (receipt.outcomes["deleted"], receipt.outcomes["rejected"]) == (1, 1)
    push(renamed, prune_scope={"dataSource": "web"})
    assert codes(emulator) == ["new", "t1"]


def test_update_reads_merges_and_writes(emulator, push):
    push([trait(comments="keep", categoryId=5)])
    emulator.clear_stats()
    push([trait(ttl=3)])
    (row,) = emulator.objects("traits")
    assert (row["comments"], row["categoryId"], row["ttl"]) == ("keep", 5, 3)
    assert emulator.count(PUT) == 1
