"""Rows of ids become ID synchronization files: what goes in comes out, once, or is rejected with a reason."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from airflow_provider_aam.api.errors import AAMArgumentError, AAMLookupFailed, AAMSourceError
from airflow_provider_aam.members.idsync_job import IdSyncOrder, IdSyncReceipt, send_ids
from airflow_provider_aam.members.judging.verify import verify
from airflow_provider_aam.members.target import Sizes, Target
from tests.members.reading import read_ids_back

BATCH = 1_700_000_000
ANY = 10**9
GAID = 20914
PHONES = [f"97987bca-ae59-4c7d-94ba-ee4f19ab8c{number:02x}" for number in range(40)]
MAILS = [hashlib.sha256(f"{number}@example.com".encode()).hexdigest() for number in range(12)]


@pytest.fixture
def place(emulator, connect, tmp_path):
    return Place(emulator, connect(), tmp_path)


class Place:
    """An account with two data sources, a source of rows, the files that come out, and the rejects."""

    def __init__(self, emulator, client, folder: Path) -> None:
        self.client = client
        self.emulator = emulator
        rows = [{"name": code, "integrationCode": code} for code in ("crm", "mails")]
        self.crm, self.mails = (row["dataSourceId"] for row in emulator.add("data_sources", rows))
        self.folder = folder
        self.out = folder / "out"
        self.rejects_path = folder / "rejects.jsonl"

    def push(self, rows: list[tuple], ids: dict, *, max_rejected=0, sizes=None, **order) -> IdSyncReceipt:
        source = self.folder / "rows.jsonl"
        text = "".join(json.dumps(dict(zip(ids, row, strict=True))) + "\n" for row in rows)
        source.write_text(text, encoding="utf-8")
        target = Target(
            folder=self.out,
            batch=BATCH,
            sizes=sizes or Sizes(),
            rejects=self.rejects_path,
            max_rejected=max_rejected,
        )
        return send_ids(self.client, IdSyncOrder(source=[source], ids=ids, target=target, **order))

    def history(self):
        start, end = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
        return self.client.data_sources.inbound_history(self.crm, start=start, end=end)

    @property
    def rejects(self) -> list[dict]:
        return [json.loads(line) for line in self.rejects_path.read_text(encoding="utf-8").split("\n")[:-1]]


def test_a_row_of_device_and_customer_ids_is_a_line(place):
    rows = [(PHONES[1], "crm-1"), (PHONES[0], "crm-1"), (PHONES[1], "crm-2"), (PHONES[1], "crm-1")]
    receipt = place.push(rows, {"phone": GAID, "crm_id": "crm"})
    assert read_ids_back(place.out) == [
        [PHONES[0], "crm-1"],
        [PHONES[1], "crm-1"],
        [PHONES[1], "crm-2"],
    ]
    (file,) = receipt.files
    assert file.name == f"adobe_id_{GAID}_{place.crm}_{BATCH}.sync.gz"
    assert (file.lines, receipt.users) == (3, 2)
    assert (receipt.rows, receipt.items, receipt.duplicates, receipt.rejected) == (4, 3, 1, 0)
    assert (receipt.data_sources, receipt.data_source) == ((GAID, place.crm), place.crm)


def test_a_retry_makes_the_same_bytes(place):
    rows = [(phone, f"crm-{number}") for number, phone in enumerate(PHONES)]
    first = place.push(rows, {"phone": GAID, "crm_id": "crm"}).files
    assert place.push(rows[::-1], {"phone": GAID, "crm_id": "crm"}).files == first


def test_numbers_of_parquet_are_ids(place):
    source = place.folder / "rows.parquet"
    pq.write_table(pa.table({"crm_id": pa.array([12, 7], pa.int64()), "phone": PHONES[:2]}), source)
    target = Target(folder=place.out, batch=BATCH)
    send_ids(place.client, IdSyncOrder(source=[source], ids={"phone": GAID, "crm_id": "crm"}, target=target))
    assert read_ids_back(place.out) == [[PHONES[0], "12"], [PHONES[1], "7"]]


def test_any_number_of_columns(place):
    uuid = "59767559181262060060278870901087098252"
    receipt = place.push([(uuid, "c1", "m1")], {"aam": 0, "crm_id": "crm", "mail_id": "mails"})
    assert read_ids_back(place.out) == [[uuid, "c1", "m1"]]
    assert receipt.files[0].name == f"adobe_id_0_{place.crm}_{place.mails}_{BATCH}.sync.gz"


def test_a_customer_has_one_line_with_all_hashed_emails(place):
    rows = [("c2", MAILS[0]), ("c1", MAILS[2]), ("c1", MAILS[1]), ("c1", MAILS[2])]
    receipt = place.push(rows, {"crm_id": "crm", "mail": "mails"}, family="c2c_id")
    assert read_ids_back(place.out) == [["c1", *sorted(MAILS[1:3])], ["c2", MAILS[0]]]
    assert receipt.files[0].name == f"c2c_id_{place.crm}_{place.mails}_{BATCH}.sync.gz"
    assert (receipt.users, receipt.items, receipt.duplicates) == (2, 3, 1)


def test_a_customer_with_more_emails_than_aam_keeps_is_rejected(place):
    rows = [*(("c1", mail) for mail in MAILS[:11]), *(("c2", mail) for mail in MAILS[:10])]
    place.push(rows, {"crm_id": "crm", "mail": "mails"}, family="c2c_id", max_rejected=11)
    assert read_ids_back(place.out) == [["c2", *sorted(MAILS[:10])]]
    assert {(row["user"], row["code"]) for row in place.rejects} == {("c1", "TOO_MANY_IDS")}


def test_an_id_with_more_rows_than_aam_keeps_is_rejected(place):
    rows = [(PHONES[phone], f"c{number}") for phone, most in ((0, 201), (1, 200)) for number in range(most)]
    receipt = place.push(rows, {"phone": GAID, "crm_id": "crm"}, max_rejected=201)
    assert {phone for phone, _ in read_ids_back(place.out)} == {PHONES[1]}
    assert (receipt.users, receipt.items, receipt.rejected) == (1, 200, 201)
    assert {row["code"] for row in place.rejects} == {"TOO_MANY_IDS"}


def test_aam_takes_every_line(place):
    """The emulator reads them with a grammar of its own."""
    place.emulator.configure(token_lifetime_s=10**7)
    place.emulator.watch(f"file://{place.out}")
    mails = [(f"c{number % 5}", mail) for number, mail in enumerate(MAILS)]
    receipts = [
        place.push([(phone, f"c{n}") for n, phone in enumerate(PHONES)], {"phone": GAID, "crm_id": "crm"}),
        place.push(mails, {"crm_id": "crm", "mail": "mails"}, family="c2c_id"),
    ]
    place.emulator.advance(86_400)
    reported = {file.name: file for file in place.history()}
    for file in (file for receipt in receipts for file in receipt.files):
        assert (reported[file.name].received, reported[file.name].percent_success) == (file.lines, 100), file.name


REJECTED = [
    ((PHONES[0].upper(), "c1"), "BAD_ID"),
    (("00000000-0000-0000-0000-000000000000", "c1"), "BAD_ID"),
    ((None, "c1"), "BAD_ID"),
    ((PHONES[0], None), "BAD_ID"),
    ((PHONES[0], ""), "BAD_ID"),
    ((PHONES[0], "a\tb"), "BAD_ID"),
    ((PHONES[0], "crm:1"), "BAD_ID"),
    ((PHONES[0], "crm-1 "), "BAD_ID"),
    ((PHONES[0], "alice@example.com"), "PII"),
    (("alice@example.com", "c1"), "PII"),
    ((PHONES[0], "x" * 102_400), "LINE_TOO_LONG"),
]


@pytest.mark.parametrize(("row", "code"), REJECTED, ids=[f"{code}-{n}" for n, (_, code) in enumerate(REJECTED)])
def test_a_rejected_row_says_why(place, row, code):
    receipt = place.push([(PHONES[1], "good"), row], {"phone": GAID, "crm_id": "crm"}, max_rejected=1)
    assert read_ids_back(place.out) == [[PHONES[1], "good"]]
    (reject,) = place.rejects
    assert reject["code"] == code
    assert reject["reason"]
    assert (receipt.rows, receipt.rejected) == (2, 1)


def test_an_email_has_to_be_hashed_as_adobe_does_it(place):
    rows = [("c1", MAILS[0].upper()), ("c2", MAILS[0][1:]), ("c3", "alice@example.com"), ("c4", MAILS[0])]
    place.push(rows, {"crm_id": "crm", "mail": "mails"}, family="c2c_id", max_rejected=3)
    assert read_ids_back(place.out) == [["c4", MAILS[0]]]
    assert [row["code"] for row in place.rejects] == ["BAD_ID", "BAD_ID", "PII"]


def test_too_many_rejects_fail_before_anything_is_uploaded(place):
    with pytest.raises(AAMSourceError, match=r"1 of 2 rows were rejected.*BAD_ID"):
        place.push([(PHONES[0], "c1"), (PHONES[0], "c:1")], {"phone": GAID, "crm_id": "crm"})
    assert not place.out.exists()


def test_files_end_between_lines_and_match_the_receipt(place):
    rows = [(phone, f"crm-{number}") for phone in PHONES for number in range(20)]
    receipt = place.push(rows, {"phone": GAID, "crm_id": "crm"}, sizes=Sizes(raw=4_000))
    assert [file.name for file in receipt.files[:2]] == [
        f"adobe_id_{GAID}_{place.crm}_{BATCH}.sync.{part}.gz" for part in (1, 2)
    ]
    assert sorted(map(tuple, read_ids_back(place.out))) == sorted(rows)
    assert [problem for checked in verify(receipt, _open) for problem in checked.problems] == []
    assert receipt.users == len(PHONES)


def test_what_aam_has_no_file_for_is_refused(place):
    for ids, family, told in (
        ({"phone": GAID}, "adobe_id", "two"),
        ({"phone": GAID, "other": str(GAID)}, "adobe_id", "different data source"),
        ({"a": "crm", "b": "mails", "c": GAID}, "c2c_id", "names 3 data sources"),
    ):
        with pytest.raises(AAMArgumentError, match=told):
            place.push([tuple(PHONES[: len(ids)])], ids, family=family)
    with pytest.raises(AAMLookupFailed, match="no data source"):
        place.push([("a", "b")], {"phone": GAID, "crm_id": "nowhere"})
    assert not place.out.exists()


def test_the_format_of_a_column_can_be_said(place):
    uuid = "59767559181262060060278870901087098252"
    ids = {"aam": "crm", "crm_id": "mails"}
    place.push([(uuid, "c1"), ("c2", "c1")], ids, id_formats={"aam": "aam"}, max_rejected=1)
    assert read_ids_back(place.out) == [[uuid, "c1"]]


def _open(uri: str):
    return Path(uri.removeprefix("file://")).open("rb")


WORDS = st.text(max_size=8) | st.sampled_from(
    ["a b", '"', "a,b", "a\tb", "é", "%3A", "%3a", "x:y", " a", "a ", "\ufeffa", "\u2028", "a@b.co", "c1", "c2", "0"]
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(WORDS | st.none(), WORDS | st.none(), WORDS), max_size=10))
def test_ids_go_out_as_they_came_in(place, rows):
    for path in place.out.glob("*"):
        path.unlink()
    ids = {"a": "crm", "b": "mails", "c": 963906}
    receipt = place.push(rows, ids, max_rejected=ANY)
    good = {row for row in rows if _is_customer_id(row[0]) and _is_customer_id(row[1]) and _is_samsung(row[2])}
    assert {tuple(line) for line in read_ids_back(place.out)} == good
    assert receipt.items == len(good)
    assert receipt.rows == len(rows) == receipt.items + receipt.duplicates + receipt.rejected
    assert len(place.rejects) == receipt.rejected
    for reject in place.rejects:
        words = (reject["user"] or "", *reject["item"].split("\t"))
        mail = any(re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", word) for word in words)
        assert reject["code"] == ("PII" if mail else "BAD_ID")


def _is_customer_id(user: str | None) -> bool:
    if user is None or any(ord(mark) < 0x20 or mark in ":\x7f\ufeff" for mark in user):
        return False
    mail = re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", user)
    return bool(user) and not mail and "%3a" not in user.lower() and user == user.strip(" ")


def _is_samsung(user: str) -> bool:
    return re.fullmatch(r"[0-9A-Za-z-]+", user, re.ASCII) is not None and user.strip("0-") != ""
