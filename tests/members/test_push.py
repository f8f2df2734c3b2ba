"""Rows become inbound files: what goes in comes out, once, or is rejected with a reason."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from airflow_provider_aam.api.errors import AAMArgumentError, AAMConfigError, AAMSourceError
from airflow_provider_aam.files.engine import Limits
from airflow_provider_aam.members.grammar.ids import CUSTOMER_ID, GLOBAL_SOURCES
from airflow_provider_aam.members.making.partition import Rules
from airflow_provider_aam.members.push import push_members
from airflow_provider_aam.members.reading.engine import open_engine
from airflow_provider_aam.members.reading.preflight import Sources
from airflow_provider_aam.members.reading.shape import Shape
from airflow_provider_aam.members.reading.source import find_files
from airflow_provider_aam.members.reading.traits import Traits
from airflow_provider_aam.members.target import Sizes, Target
from tests.members.reading import pair_of, read_back

BATCH = 1_700_000_000
ANY = 10**9


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path)


class Place:
    """A folder with a source, the files that come out, and the rejects."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.out = folder / "out"
        self.rejects_path = folder / "rejects.jsonl"

    def jsonl(self, rows: list[dict]) -> Path:
        path = self.folder / "rows.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return path

    def push(
        self,
        source,
        *,
        shape=None,
        traits=None,
        id_format=CUSTOMER_ID,
        max_rejected=0,
        sizes=None,
        limits=None,
        **rules,
    ):
        target = Target(
            folder=self.out,
            batch=BATCH,
            sizes=sizes or Sizes(),
            rejects=self.rejects_path,
            max_rejected=max_rejected,
        )
        with open_engine(limits) as engine:
            return push_members(
                engine,
                find_files(source),
                Rules(shape=shape or Shape(), traits=traits or Traits(), **rules),
                Sources(source_id=478, target_id=None, id_format=id_format),
                target,
            )

    @property
    def rejects(self) -> list[dict]:
        return [json.loads(line) for line in self.rejects_path.read_text(encoding="utf-8").split("\n")[:-1]]


def rows_of(*pairs: tuple[str, object], **more: object) -> list[dict]:
    return [{"user": user, "trait": trait, **more} for user, trait in pairs]


def test_a_user_has_one_line_with_each_trait_once(place):
    source = place.jsonl(rows_of(("b", 7), ("a", 24), ("a", 9), ("a", 24), ("b", "7")))
    receipt = place.push(source)
    assert read_back(place.out) == [("a", "d_sid=9"), ("a", "d_sid=24"), ("b", "d_sid=7")]
    assert (receipt.rows, receipt.items, receipt.duplicates, receipt.rejected, receipt.users) == (5, 3, 2, 0, 2)
    (file,) = receipt.files
    path = Path(file.uri.removeprefix("file://"))
    assert path.name == "ftp_dpm_478_1700000000.sync.gz"
    assert hashlib.sha256(path.read_bytes()).hexdigest() == file.sha256
    assert (file.bytes, file.lines) == (path.stat().st_size, 2)


@pytest.mark.parametrize("form", ["long.parquet", "long.csv", "long.jsonl", "wide.parquet", "wide.jsonl", "texts.csv"])
def test_every_form_and_format_gives_the_same_bytes(place, form):
    pairs = [("0012", 24), ("crm 2", 26), ("0012", 9), ("ü", 24)]
    wide = {"0012": [24, 9], "crm 2": [26], "ü": [24]}
    source = place.folder / form
    if form == "long.parquet":
        users, traits = zip(*pairs, strict=True)
        pq.write_table(pa.table({"user": users, "trait": pa.array(traits, pa.int32())}), source)
    elif form == "wide.parquet":
        pq.write_table(pa.table({"user": list(wide), "trait": list(wide.values())}), source)
    elif form.endswith(".csv"):
        with source.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["user", "trait"])
            texts = [(user, "|".join(map(str, traits))) for user, traits in wide.items()]
            writer.writerows(pairs if form == "long.csv" else texts)
    elif form == "long.jsonl":
        place.jsonl(rows_of(*pairs)).rename(source)
    else:
        place.jsonl(rows_of(*wide.items())).rename(source)
    separator = "|" if form == "texts.csv" else None
    receipt = place.push(source, shape=Shape(trait_separator=separator))
    assert sorted(read_back(place.out)) == [
        ("0012", "d_sid=24"),
        ("0012", "d_sid=9"),
        ("crm 2", "d_sid=26"),
        ("ü", "d_sid=24"),
    ]
    assert receipt.files[0].sha256 == place.push(source, shape=Shape(trait_separator=separator)).files[0].sha256


def test_removals_are_sent_as_d_unsid(place):
    rows = [*rows_of(("a", 24), action="add"), *rows_of(("a", 26), ("b", 24), action="remove")]
    place.push(place.jsonl(rows), shape=Shape(action="action"))
    assert sorted(read_back(place.out)) == [("a", "d_sid=24"), ("a", "d_unsid=26"), ("b", "d_unsid=24")]


def test_a_trait_that_is_added_and_removed_is_rejected_both_ways(place):
    rows = [*rows_of(("a", 24), ("a", 9), action="add"), *rows_of(("a", 24), action="remove")]
    receipt = place.push(place.jsonl(rows), shape=Shape(action="action"), max_rejected=2)
    assert read_back(place.out) == [("a", "d_sid=9")]
    assert [(row["item"], row["code"]) for row in place.rejects] == [
        ("d_sid=24", "BAD_ACTION"),
        ("d_unsid=24", "BAD_ACTION"),
    ]
    assert (receipt.rows, receipt.items, receipt.rejected) == (3, 1, 2)


def test_words_become_the_sids_of_a_mapping(place):
    traits = Traits(known={"pricing-visit": 24, "returns": 26}, are_sids=False)
    source = place.jsonl(rows_of(("a", "pricing-visit"), ("a", "returns"), ("a", "refunds")))
    place.push(source, traits=traits, max_rejected=1)
    assert read_back(place.out) == [("a", "d_sid=24"), ("a", "d_sid=26")]
    assert [(row["item"], row["code"]) for row in place.rejects] == [("refunds", "UNKNOWN_TRAIT")]


def test_numbers_in_parquet_are_looked_up_in_a_mapping(place):
    source = place.folder / "rows.parquet"
    pq.write_table(pa.table({"user": ["a", "a"], "trait": pa.array([1, 2], pa.int64())}), source)
    place.push(source, traits=Traits(known={"1": 24, "x": 7}), max_rejected=1)
    assert read_back(place.out) == [("a", "d_sid=24")]
    assert [(row["item"], row["code"]) for row in place.rejects] == [("2", "UNKNOWN_TRAIT")]


REJECTED = [
    ("crm:1", 24, "BAD_ID"),
    ("crm%3A1", 24, "BAD_ID"),
    ("", 24, "BAD_ID"),
    (None, 24, "BAD_ID"),
    ("a\tb", 24, "BAD_ID"),
    ("a\nb", 24, "BAD_ID"),
    ("alice@example.com", 24, "PII"),
    ("a", "abc", "BAD_TRAIT"),
    ("a", "-24", "BAD_TRAIT"),
    ("a", "24.0", "BAD_TRAIT"),
    ("a", "", "BAD_TRAIT"),
    ("a", None, "TAB_COUNT"),
]


@pytest.mark.parametrize(("user", "trait", "code"), REJECTED)
def test_a_rejected_row_says_why(place, user, trait, code):
    source = place.jsonl(rows_of(("good", 24), (user, trait)))
    receipt = place.push(source, max_rejected=1)
    assert read_back(place.out) == [("good", "d_sid=24")]
    (reject,) = place.rejects
    assert (reject["user"], reject["code"]) == (user, code)
    assert reject["reason"]
    assert (receipt.rows, receipt.rejected) == (2, 1)


def test_too_many_rejects_fail_before_anything_is_uploaded(place):
    source = place.jsonl(rows_of(("good", 24), ("crm:1", 24), ("a", "abc")))
    with pytest.raises(AAMSourceError, match=r"2 of 3 rows were rejected \(max_rejected=1\).*BAD_") as refused:
        place.push(source, max_rejected=1)
    assert "Nothing was uploaded" in refused.value.message
    assert not place.out.exists()
    assert len(place.rejects) == 2


def test_a_line_that_aam_would_drop_is_rejected(place):
    source = place.jsonl([{"user": "a", "trait": list(range(100_000, 108_000))}, {"user": "b", "trait": [5]}])
    receipt = place.push(source, max_rejected=ANY)
    assert read_back(place.out) == [("b", "d_sid=5")]
    assert receipt.rejected == 8_000
    assert {row["code"] for row in place.rejects} == {"LINE_TOO_LONG"}


def test_overwrite_takes_no_removals_and_clears_users_only_when_asked(place):
    rows = [*rows_of(("a", 24), ("b", None), action="add"), *rows_of(("a", 9), action="remove")]
    place.push(place.jsonl(rows), shape=Shape(action="action"), mode="overwrite", max_rejected=2)
    assert read_back(place.out) == [("a", "d_sid=24")]
    assert sorted(row["code"] for row in place.rejects) == ["TAB_COUNT", "UNSID_IN_OVERWRITE"]
    place.push(place.jsonl(rows_of(("b", None), ("a", 24))), mode="overwrite", clear_users=True)
    assert sorted(read_back(place.out)) == [("a", "d_sid=24"), ("b", "")]


def test_advertising_ids_are_checked_by_their_data_source(place):
    good = "97987bca-ae59-4c7d-94ba-ee4f19ab8c21"
    source = place.jsonl(rows_of((good, 24), (good.upper(), 24), ("00000000-0000-0000-0000-000000000000", 24)))
    place.push(source, id_format=GLOBAL_SOURCES[20914], max_rejected=2)
    assert read_back(place.out) == [(good, "d_sid=24")]


def test_files_end_between_users(place):
    rows = rows_of(*((f"user-{number:05}", number % 7 + 1) for number in range(5_000)))
    whole = place.push(place.jsonl(rows))
    assert len(whole.files) == 1
    for path in place.out.iterdir():
        path.unlink()
    cut = place.push(place.jsonl(rows), sizes=Sizes(raw=20_000))
    names = [Path(file.uri).name for file in cut.files]
    assert names[:2] == ["ftp_dpm_478_1700000000.sync.1.gz", "ftp_dpm_478_1700000000.sync.2.gz"]
    assert len(read_back(place.out)) == 5_000
    assert max(file.raw_bytes for file in cut.files) <= 20_000


def test_shares_of_the_users_are_disjoint_and_complete(place):
    rows = rows_of(*((f"user-{number % 97}", number % 11 + 1) for number in range(2_000)))
    seen = []
    for which in range(3):
        share = Place(place.folder / f"share-{which}")
        share.folder.mkdir()
        share.push(place.jsonl(rows), share=(which, 3))
        seen.append({user for user, _ in read_back(share.out)})
    assert sum(map(len, seen)) == len(set.union(*seen)) == 97


def test_what_does_not_go_together_is_said_at_once():
    with pytest.raises(AAMArgumentError) as refused:
        Shape(trait=None, key="k", action="a")
    assert len(refused.value.problems) == 2


def test_missing_columns_are_named(place):
    source = place.folder / "rows.csv"
    source.write_text("usr,trait\na,24\n")
    with pytest.raises(AAMArgumentError, match=r"“user” is missing.*usr"):
        place.push(source)


UNREADABLE = [
    ("rows.parquet", b"hello", "too small to be a Parquet file"),
    ("rows.parquet", b"PAR1" + b"x" * 99, "No magic bytes found"),
    ("rows.csv", b"user,trait\na,1\nb\n", "Line: 3"),
    ("rows.csv", b'user,trait\na,1\n"b,2\n', "Line: 3"),
    ("rows.csv", b"user,trait\n\xff\xfe,1\n", "not utf-8 encoded"),
    ("rows.jsonl", b'{"user": "a", "trait": 1}\n{"user": \n', "Malformed JSON"),
]


@pytest.mark.parametrize(("name", "content", "said"), UNREADABLE)
def test_what_cannot_be_read_is_said_in_one_line(place, name, content, said):
    source = place.folder / name
    source.write_bytes(content)
    with pytest.raises(AAMSourceError, match=said) as refused:
        place.push(source)
    assert refused.value.message.startswith(f"{source if name.endswith('.csv') else 'The source'} cannot be read: ")
    assert "Nothing was uploaded." in refused.value.message
    assert "\n" not in refused.value.message
    assert not place.out.exists()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("rows.csv.gz", b"user,trait\na,1\n", "is not gzip"),
        ("rows.csv", b"", "is empty"),
        ("rows.csv", b"user,trait,user\na,1,b\n", "the column “user” twice"),
    ],
)
def test_csv_without_a_usable_header_is_refused(place, name, content, said):
    (place.folder / name).write_bytes(content)
    with pytest.raises(AAMSourceError, match=said):
        place.push(place.folder / name)


def test_csv_is_read_without_guessing(place):
    (place.folder / "rows-1.csv").write_bytes('\ufeffuser,trait\r\n"a;b",24\r\n"c""d",24\r\n'.encode())
    (place.folder / "rows-2.csv").write_text('x,trait,user\n"1,2","0024",0012\n')
    place.push(place.folder / "rows-*.csv")
    assert sorted(read_back(place.out)) == [("0012", "d_sid=24"), ("a;b", "d_sid=24"), ('c"d', "d_sid=24")]


def test_too_little_memory_is_said(place):
    rows = rows_of(*((f"user-{number:09}", number % 400 + 1) for number in range(60_000)))
    with pytest.raises(AAMConfigError, match=r"more than memory_mb=8: Out of Memory.*Raise memory_mb"):
        place.push(place.jsonl(rows), limits=Limits(memory_mb=8))


def test_a_pattern_finds_many_files(place):
    for number in range(3):
        place.jsonl(rows_of((f"u{number}", 24))).rename(place.folder / f"rows-{number}.jsonl")
    place.push(place.folder / "rows-*.jsonl")
    assert len(read_back(place.out)) == 3
    with pytest.raises(AAMArgumentError, match="no file matches"):
        find_files(place.folder / "none-*.jsonl")


WORDS = st.text(max_size=12) | st.sampled_from(
    [
        "a b",
        '"',
        "a,b",
        "a\tb",
        "é",
        "d_sid",
        "ic",
        "-x",
        "=",
        "x=y",
        "%3a",
        "\ufeff",
        "\u2028",
        "“",
        "alice@example.com",
        " ",
    ]
)
USERS = st.sampled_from(["u1", "u2", "crm 3", "ü", "日本"]) | WORDS


@settings(max_examples=20, deadline=None)
@example(rows=[("u1", 1, "add"), ("u1", "0", "add"), ("u1", "007", "remove")])
@given(
    rows=st.lists(st.tuples(USERS, st.integers(1, 5) | WORDS, st.sampled_from(["add", "remove", "Add"])), max_size=12)
)
def test_traits_go_out_as_they_came_in(tmp_path_factory, rows):
    place = Place(tmp_path_factory.mktemp("members"))
    given_rows = [{"user": user, "trait": trait, "action": action} for user, trait, action in rows]
    receipt = place.push(place.jsonl(given_rows), shape=Shape(action="action"), max_rejected=ANY)
    assert receipt.rows == len(rows) == receipt.items + receipt.duplicates + receipt.rejected
    assert sorted(read_back(place.out)) == sorted(_expected(rows))
    assert receipt.items == len(_expected(rows))


def _expected(rows: list[tuple[str, object, str]]) -> set[tuple[str, str]]:
    """By hand: what AAM's rules leave of the rows."""
    good = {
        (user, int(str(trait)), action)
        for user, trait, action in rows
        if action in ("add", "remove") and re.fullmatch("0*[1-9][0-9]*", str(trait)) and _is_customer_id(user)
    }
    times = Counter((user, sid) for user, sid, _ in good)
    verb = {"add": "d_sid", "remove": "d_unsid"}
    return {(user, f"{verb[action]}={sid}") for user, sid, action in good if times[user, sid] == 1}


def _is_customer_id(user: str) -> bool:
    bad = any(ord(mark) < 0x20 or mark in ":\x7f\ufeff" for mark in user)
    mail = re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", user)
    return bool(user) and not bad and not mail and "%3a" not in user.lower() and user == user.strip(" ")


@settings(max_examples=20, deadline=None)
@given(rows=st.lists(st.tuples(st.sampled_from(["u1", "u2"]), WORDS, WORDS), max_size=10))
def test_signals_go_out_as_they_came_in(tmp_path_factory, rows):
    place = Place(tmp_path_factory.mktemp("members"))
    given_rows = [{"user": user, "key": key, "value": value} for user, key, value in rows]
    shape = Shape(trait=None, key="key", value="value")
    receipt = place.push(place.jsonl(given_rows), shape=shape, max_rejected=ANY)
    found = {(user, *pair_of(item)) for user, item in read_back(place.out)}
    assert found == {row for row in rows if _may_be_sent(*row[1:])}
    assert receipt.rows == len(rows) == receipt.items + receipt.duplicates + receipt.rejected
    assert {row["code"] for row in place.rejects} <= {"BAD_ITEM"}


def _may_be_sent(key: str, value: str) -> bool:
    fine = all(word and not any(ord(mark) < 0x20 or mark in '",“”' for mark in word) for word in (key, value))
    return fine and not key.startswith("-") and key.lower() not in ("d_sid", "d_unsid", "ic")


@pytest.mark.parametrize(("mark", "called"), [(";", "semicolons"), ("\t", "tabs")])
def test_a_csv_without_commas_is_told(place, mark, called):
    source = place.folder / "rows.csv"
    source.write_text(f"user{mark}trait\na{mark}24\n")
    with pytest.raises(AAMArgumentError, match=f"The first line has {called} and no commas"):
        place.push(source)


def test_a_folder_in_place_of_its_files_is_told(place):
    (place.folder / "rows").mkdir()
    with pytest.raises(AAMArgumentError, match=r"It is a folder: give a pattern of files, such as .*/rows/\*\.parquet"):
        place.push(place.folder / "rows")
