"""A set that several tasks make is the set that one task makes, or none."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from airflow_provider_aam.api.errors import AAMArgumentError, AAMConfigError, AAMSourceError
from airflow_provider_aam.members.job import Order, Words, send_members
from airflow_provider_aam.members.judging.verify import verify
from airflow_provider_aam.members.reading.shape import Shape
from airflow_provider_aam.members.receipt import SentFile
from airflow_provider_aam.members.sharing.join import Gate, join_shares
from airflow_provider_aam.members.sharing.shares import Share, ShareReceipt, plan_shares, send_share
from airflow_provider_aam.members.target import Sizes, Target
from tests.members.reading import read_back

BATCH = 1_700_000_000
OF = 4
ANY = 10**9
USERS = st.none() | st.text(max_size=6) | st.sampled_from(["u1", "u2", "crm 3", "ü", "a:b", "alice@example.com"])


@pytest.fixture
def place(emulator, connect, tmp_path):
    return Place(emulator, connect(), tmp_path)


class Place:
    """An account with a data source and two traits, a source of rows, and the folders of all tasks."""

    def __init__(self, emulator: Any, client: Any, folder: Path) -> None:
        self.client = client
        self.source_id = emulator.add("data_sources", {"name": "CRM", "integrationCode": "crm"})["dataSourceId"]
        traits = [
            {"name": code, "integrationCode": code, "traitType": "ON_BOARDED_TRAIT", "dataSourceId": self.source_id}
            for code in ("gold", "silver")
        ]
        self.sids = {row["integrationCode"]: row["sid"] for row in emulator.add("traits", traits)}
        self.emulator = emulator
        self.folder = folder
        self.rows_path = folder / "rows.jsonl"
        self.rejects_path = folder / "rejects.jsonl"
        self.out = folder / "out"
        self.changes: dict[str, Any] = {}

    def write(self, rows: list[tuple[str | None, str]]) -> None:
        text = "".join(json.dumps({"user": user, "trait": trait}) + "\n" for user, trait in rows)
        self.rows_path.write_text(text, encoding="utf-8")

    def order(self, folder: str, **target: Any) -> Order:
        order = Order(
            source=[self.rows_path],
            shape=Shape(),
            words=Words(are_sids=False),
            data_source="crm",
            target=Target(folder=self.folder / folder, batch=BATCH, **target),
        )
        return replace(order, **self.changes)

    def plan(self, of: int = OF) -> list[Share]:
        return [Share.from_xcom(each) for each in plan_shares(self.client, self.order("shares"), of).as_xcom()]

    def send(self, share: Share, **target: Any) -> ShareReceipt:
        """As a task on another worker does: from the plan's XCom to the receipt's."""
        return ShareReceipt.from_xcom(
            json.loads(json.dumps(send_share(self.order("shares", **target), share).as_xcom()))
        )

    @staticmethod
    def path(file: SentFile) -> Path:
        return Path(file.uri.removeprefix("file://"))

    def join(self, receipts: list[ShareReceipt], *, max_rejected: int = 0):
        gate = Gate(folder=self.out, rejects=self.rejects_path, max_rejected=max_rejected)
        return join_shares(receipts, gate, open_local)


def open_local(uri: str) -> IO[bytes]:
    return Path(uri.removeprefix("file://")).open("rb")


def many(users: int) -> list[tuple[str | None, str]]:
    return [(f"user-{number % users}", "gold" if number % 3 else "silver") for number in range(users * 4)]


@pytest.mark.parametrize("sizes", [Sizes(), Sizes(raw=500)], ids=["one file each", "several files each"])
def test_shares_together_are_what_one_task_makes(place, sizes):
    place.write(many(200))
    whole = send_members(place.client, place.order("whole"))
    receipts = [place.send(share, sizes=sizes) for share in place.plan()]
    joined = place.join(receipts)
    assert sorted(read_back(place.out)) == sorted(read_back(place.folder / "whole"))
    for name in ("batch", "users", "rows", "items", "duplicates", "rejected", "data_source", "mode"):
        assert getattr(joined, name) == getattr(whole, name), name
    parts = range(1, len(joined.files) + 1)
    assert [file.name for file in joined.files] == [f"ftp_dpm_{place.source_id}_{BATCH}.sync.{n}.gz" for n in parts]
    assert len(joined.files) == OF if sizes == Sizes() else len(joined.files) > OF
    assert {path.name for path in place.out.iterdir()} == {file.name for file in joined.files}


FORMS = {
    "signals": ({"shape": Shape(trait=None, key="key", value="value")}, {"key": "size", "value": "XL"}),
    "texts of several": ({"shape": Shape(trait_separator="|")}, {"trait": "gold|silver"}),
    "removals": ({"shape": Shape(action="action")}, {"trait": "gold", "action": "remove"}),
    "words of a mapping": ({"words": Words(map={"g": 402001}, checked=False)}, {"trait": "g"}),
    "users without a trait": ({"mode": "overwrite", "clear_users": True}, {"trait": None}),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_rows_can_be_shared(place, form):
    place.changes, row = FORMS[form]
    rows = [row | {"user": f"user-{number % 40}"} for number in range(60)]
    place.rows_path.write_text("".join(json.dumps(each) + "\n" for each in rows))
    whole = send_members(place.client, place.order("whole"))
    joined = place.join([place.send(share) for share in place.plan()])
    assert sorted(read_back(place.out)) == sorted(read_back(place.folder / "whole"))
    assert (joined.rows, joined.duplicates, joined.mode) == (whole.rows, whole.duplicates, whole.mode)
    assert joined.users == 40


def test_a_set_of_one_file_has_no_part_number(place):
    place.write([("u1", "gold")])
    joined = place.join([place.send(share) for share in place.plan()])
    assert [file.name for file in joined.files] == [f"ftp_dpm_{place.source_id}_{BATCH}.sync.gz"]


def test_a_set_that_was_cut_off_is_completed_by_a_retry(place):
    place.write(many(50))
    receipts = [place.send(share) for share in place.plan()]
    gate = Gate(folder=place.out)
    opened = []

    def dies(uri: str):
        opened.append(uri)
        if len(opened) == OF + 3:  # each file is read once before the first is uploaded
            raise OSError("the worker is gone")
        return open_local(uri)

    with pytest.raises(OSError, match="gone"):
        join_shares(receipts, gate, dies)
    assert len([*place.out.iterdir()]) == 2
    joined = place.join(receipts)
    assert len(read_back(place.out)) == joined.items
    assert [problem for checked in verify(joined, open_local) for problem in checked.problems] == []


def test_what_an_earlier_try_left_is_removed(place):
    place.write(many(200))
    place.join([place.send(share, sizes=Sizes(raw=500)) for share in place.plan()])
    before = {path.name for path in place.out.iterdir()}
    place.write(many(20))
    joined = place.join([place.send(share) for share in place.plan(2)])
    assert {path.name for path in place.out.iterdir()} == {file.name for file in joined.files} < before
    assert len({user for user, _ in read_back(place.out)}) == 20


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(USERS, st.sampled_from(["gold", "silver"])), max_size=30),
    of=st.integers(1, 6),
)
def test_any_rows_in_any_number_of_shares(place, rows, of):
    place.write(rows)
    whole = send_members(place.client, place.order("whole", max_rejected=ANY))
    receipts = [place.send(share) for share in place.plan(of)]
    joined = place.join(receipts, max_rejected=ANY)
    assert sorted(read_back(place.out)) == sorted(read_back(place.folder / "whole"))
    for name in ("users", "rows", "items", "duplicates", "rejected"):
        assert getattr(joined, name) == getattr(whole, name), name
    assert joined.rows == len(rows)
    for folder in (place.out, place.folder / "whole"):
        for path in folder.glob("*"):
            path.unlink()


def test_aam_takes_every_file_of_a_set(place):
    place.write(many(200))
    place.emulator.configure(token_lifetime_s=10**7)
    place.emulator.watch(f"file://{place.out}")
    joined = place.join([place.send(share) for share in place.plan()])
    place.emulator.advance(86_400)
    start, end = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
    reported = {
        file.name: file for file in place.client.data_sources.inbound_history(place.source_id, start=start, end=end)
    }
    assert len(reported) == OF
    for file in joined.files:
        assert (reported[file.name].received, reported[file.name].percent_success) == (file.lines, 100), file.name


def test_a_retry_makes_the_same_bytes(place):
    place.write(many(50))
    first = [place.send(share) for share in place.plan()]
    again = [place.send(share) for share in place.plan()]
    assert [receipt.files for receipt in again] == [receipt.files for receipt in first]
    assert place.join(first).files == place.join(again).files


def test_the_account_is_asked_by_the_plan_alone(place):
    place.write(many(20))
    shares = place.plan()
    place.emulator.clear_stats()
    place.join([place.send(share) for share in shares])
    assert place.emulator.requests == []


def test_the_plan_counts_every_row_once(place):
    place.write([*many(100), ("crm:1", "gold"), (None, "gold"), (None, "silver")])
    shares = place.plan()
    assert [share.which for share in shares] == [*range(OF)]
    assert sum(share.rows for share in shares) == 403
    receipts = [place.send(share) for share in shares]
    assert [receipt.rows for receipt in receipts] == [share.rows for share in shares]
    assert sum(receipt.rejected for receipt in receipts) == 3


def test_rejects_of_all_shares_count_together_before_anything_is_uploaded(place):
    place.write([*many(100), *((f"crm:{number}", "gold") for number in range(10))])
    receipts = [place.send(share) for share in place.plan()]
    assert max(receipt.rejected for receipt in receipts) < 10
    with pytest.raises(AAMSourceError, match=r"10 of 410 rows of 4 shares were rejected \(max_rejected=9\)") as refused:
        place.join(receipts, max_rejected=9)
    assert "Nothing was uploaded" in refused.value.message
    assert not place.out.exists()
    rejects = [json.loads(line) for line in place.rejects_path.read_text().splitlines()]
    assert {row["user"] for row in rejects} == {f"crm:{number}" for number in range(10)}
    assert place.join(receipts, max_rejected=10).rejected == 10


def test_an_incomplete_set_is_not_uploaded(place):
    place.write(many(50))
    receipts = [place.send(share) for share in place.plan()]
    for some, told in (
        ([], "found none"),
        (receipts[:2], "numbered 2, 3 from 0 are missing"),
        ([*receipts, receipts[1]], "share 1 of 4 is there 2 times"),
        ([*receipts[1:], replace(receipts[0], rows=7)], "share 0-of-4 has 7 rows, the plan counted"),
    ):
        with pytest.raises(AAMSourceError, match=told):
            place.join(some)
    place.write(many(51))
    other = place.send(place.plan()[0])
    with pytest.raises(AAMSourceError, match="made by different plans"):
        place.join([other, *receipts[1:]])
    assert not place.out.exists()


def test_files_are_read_before_they_are_uploaded(place):
    place.write(many(50))
    receipts = [place.send(share) for share in place.plan()]
    first, second = (place.path(receipt.files[0]) for receipt in receipts[:2])
    first.write_bytes(first.read_bytes()[:-1] + b"?")
    with pytest.raises(AAMSourceError, match="sha256"):
        place.join(receipts)
    second.unlink()
    with pytest.raises(AAMSourceError, match="is missing"):
        place.join(receipts)
    assert not place.out.exists()


def test_a_user_in_two_shares_is_noticed(place):
    """What a worker with another hash would write, with a receipt that fits."""
    place.write(many(50))
    receipts = [place.send(share) for share in place.plan()]
    first, second = receipts[0].files[0], receipts[1].files[0]
    place.path(second).write_bytes(place.path(first).read_bytes())
    twin = replace(first, uri=second.uri)
    with pytest.raises(AAMSourceError, match="users: expected 50"):
        place.join([receipts[0], replace(receipts[1], files=[twin]), *receipts[2:]])


def test_a_share_of_a_changed_source_is_refused(place):
    place.write(many(50))
    shares = place.plan()
    place.write(many(51))
    with pytest.raises(AAMSourceError, match="The source has changed since the plan was made"):
        place.send(shares[0])


def test_a_share_with_other_rows_than_the_plan_counted_is_refused(place):
    """As when another process replaces the source while it is read."""
    place.write(many(50))
    share = place.plan()[0]
    with pytest.raises(AAMSourceError, match=f"has {share.rows} rows, but the plan counted {share.rows + 1}"):
        place.send(replace(share, rows=share.rows + 1))


def test_a_share_of_another_plan_is_refused(place):
    place.write(many(50))
    shares = place.plan()
    place.write(many(51))
    place.plan()
    with pytest.raises(AAMArgumentError, match="not the one that this share is of"):
        place.send(shares[0])
    (place.folder / "shares/plan.json").unlink()
    with pytest.raises(AAMArgumentError, match="cannot be read"):
        place.send(shares[0])


def test_a_worker_with_another_duckdb_is_refused(place):
    """Its hash may be another one. The plan is rewritten as an older worker would have made it."""
    place.write(many(50))
    shares = place.plan()
    path = place.folder / "shares/plan.json"
    document = json.loads(path.read_text()) | {"duckdb": "0.1"}
    path.write_text(json.dumps(document))
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    with pytest.raises(AAMConfigError, match="Install the same version"):
        place.send(replace(shares[0], plan=sha256))


def test_a_plan_of_another_version_is_refused(place):
    place.write(many(50))
    shares = place.plan()
    path = place.folder / "shares/plan.json"
    path.write_text('{"batch": 1}')
    with pytest.raises(AAMConfigError, match="made by another version of this package"):
        place.send(replace(shares[0], plan=hashlib.sha256(path.read_bytes()).hexdigest()))


def test_what_is_not_a_share_is_refused():
    with pytest.raises(AAMArgumentError, match=r"expand\(share=plan.output\)"):
        Share.from_xcom({"which": -1})
