"""Rows through the client to the emulator: nothing lost, nothing reordered per user, whatever goes wrong."""

from __future__ import annotations

import json
import random
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from airflow_provider_aam.api.errors import (
    AAMArgumentError,
    AAMConfigError,
    AAMError,
    AAMForbidden,
    AAMLookupFailed,
    AAMPushFailed,
    AAMServerError,
    AAMSourceError,
)
from airflow_provider_aam.stream.job import stream_operations
from airflow_provider_aam.stream.order import Order

ROUTE = "POST /stream/{streamId}"


def order(source, **more):
    return Order(**{"stream_id": "s", "source": source, "data_source": "crm", **more})


def expected(rows):
    """What everybody has in the end."""
    has = defaultdict(set)
    for row in rows:
        match row.get("operation", "append"):
            case "append":
                has[row["user"]] |= set(row["trait"])
            case "delete":
                has[row["user"]] -= set(row["trait"])
            case "overwrite":
                has[row["user"]] = set(row["trait"])
    return {user: sids for user, sids in has.items() if sids}


def in_aam(emulator):
    """The same from what the emulator took in, in the order of taking in."""
    return [
        {
            "user": each["identities"][0]["value"],
            "trait": each.get("traitInput", {}).get("traitIds", []),
            "operation": each["operationType"].lower(),
        }
        for each in emulator.streamed
        if each["done"]
    ]


def in_order(rows, taken):
    """Whether the last times that each row was taken in are in the order of the rows, for every user."""
    tags, last = defaultdict(list), defaultdict(dict)
    for row in rows:
        tags[row["user"]].append(tag_of(row))
    for position, row in enumerate(taken):
        last[row["user"]][tag_of(row)] = position
    return all(sorted(last[user], key=last[user].__getitem__) == tags[user] for user in tags)


def tag_of(row):
    return (row.get("operation", "append"), tuple(row["trait"]))


def many(account, count, users, seed=1):
    """Rows that differ from all others of the same user, so that their order can be seen."""
    _, sids = account
    chance = random.Random(seed)
    return [
        {
            "user": f"u{chance.randrange(users)}",
            "operation": chance.choice(["append", "append", "delete", "overwrite"]),
            "trait": [*chance.sample(sids, 2), 10_000_000 + number],  # the last is no trait: AAM leaves it out
        }
        for number in range(count)
    ]


TROUBLES = {
    "429": [("status", {"status": 429, "retry_after": 0}, 3)],
    "503": [("status", {"status": 503}, 3)],
    "reset before": [("reset_before", {}, 3)],
    "reset after": [("reset_after", {}, 3)],
    "half a body": [("half_body", {}, 2)],
    "error after": [("server_error_after", {}, 2)],
    "partial": [("failed_operations", {"code": 0, "every": 3}, 6)],
    "refused": [("failed_operations", {"code": 200, "every": 50, "status": "BAD_REQUEST"}, 3)],
    "expired": [("expired_token", {}, 1)],
}
TROUBLES["all"] = [each for troubles in TROUBLES.values() for each in troubles]


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("users", [1, 300])
def test_nothing_is_lost_or_reordered(trouble, users, emulator, account, connect, write):
    source, sids = account
    rows = many(account, 2_500, users)
    for number, (kind, details, times) in enumerate(TROUBLES[trouble]):
        emulator.trouble(ROUTE, kind, times=times, skip=number % 3, **details)
    client = connect(max_concurrency=4, max_attempts=20)
    receipt = stream_operations(client, order([write(rows)], target_data_source="crm"))
    assert (receipt.rows, receipt.sent, receipt.skipped, receipt.rejected) == (2_500, 2_500, 0, 0)
    taken = in_aam(emulator)
    assert in_order(rows, taken)
    in_the_end = expected(rows)
    assert expected(taken) == in_the_end
    for user in random.Random(2).sample(sorted({row["user"] for row in rows}), min(users, 20)):
        has = in_the_end.get(user, set()) & {*sids}
        profile = client.profiles.get(source, user)["traits"] if has else []
        assert {each["traitId"] for each in profile} == has


def test_requests_are_full_and_as_many_at_once_as_allowed(emulator, account, connect, write):
    rows = many(account, 20_000, 5_000)
    emulator.configure(latency_s=0.2)
    receipt = stream_operations(connect(max_concurrency=4), order([write(rows)], target_data_source="crm"))
    sizes = receipt.bytes + receipt.sent  # and a comma each
    assert receipt.requests <= -(-sizes // 95_000) * 1.02 + 1
    assert emulator.max_in_flight == 4
    assert emulator.count(ROUTE) == receipt.requests


def test_where_aam_accepted_none_nothing_was_changed(account, connect, write):
    with pytest.raises(AAMPushFailed) as caught:
        stream_operations(connect(), order([write([{"user": "u1", "trait": []}])]))
    said, example = caught.value.message.split("\n")
    assert said.startswith("1 of 1 row rejected (max_rejected=0). Nothing was changed in AAM. Set rejects_path")
    assert "EMPTY" in example


def test_every_row_is_accounted_for(emulator, account, connect, write, tmp_path):
    source, (gold, *_) = account
    emulator.configure(opted_out=["gone"])
    rows = [
        {"user": "u1", "trait": gold},
        {"user": "gone", "trait": gold},
        {"user": "a@b.example", "trait": gold},
        {"user": "a:b", "trait": gold},
        {"user": "u1", "trait": "gold"},
        {"user": "u1", "trait": []},
        {"user": "", "trait": gold},
        {"user": "u1", "operation": "add", "trait": gold},
        {"user": "u1", "operation": "overwrite", "trait": gold},
        {"user": "u1", "signals": {"c_page": ["a", {"b": 1}]}},
        {"user": "u1", "signals": "c_page=a"},
        {"user": "u1", "trait": [*range(1, 30_000)]},
        "not json",
        {"user": 7, "trait": f"{gold}, {gold + 1}", "signals": {"c_page": ["a", 1], "c_x": "y"}},
    ]
    rejects = tmp_path / "rejects.jsonl"
    with pytest.raises(AAMPushFailed) as caught:
        stream_operations(connect(), order([write(rows)], rejects=rejects, max_rejected=10))
    said = "11 of 14 rows rejected (max_rejected=10). AAM keeps the 2 that it accepted. Skipped: 1."
    assert caught.value.message.startswith(f"{said} Every rejected row is in {rejects.as_uri()}.\n")
    assert not caught.value.retryable
    found = {int(each["place"].rpartition(":")[2]): each for each in map(json.loads, rejects.read_text().splitlines())}
    codes = ["PII", "300", "BAD_TRAIT", "EMPTY", "BAD_ID", "BAD_OPERATION", "BAD_OPERATION", "BAD_SIGNAL", "BAD_SIGNAL"]
    assert [found[line]["code"] for line in sorted(found)] == [*codes, "TOO_LONG", "UNREADABLE"]
    assert found[4] == {
        "place": f"{tmp_path}/rows.jsonl:4",
        "code": "300",
        "reason": "Invalid customer ID",
        "transaction_id": "t-1",
        "row": {"user": "a:b", "trait": gold},
    }
    receipt = stream_operations(connect(), order([write(rows)], max_rejected=11))
    assert (receipt.rows, receipt.sent, receipt.skipped, receipt.rejected) == (14, 2, 1, 11)
    assert receipt.codes["171"] == 1
    assert json.loads(json.dumps(receipt.as_xcom()))["codes"] == receipt.codes
    last = emulator.streamed[-1]
    assert last["identities"] == [{"dataSourceId": source, "value": "7"}]
    assert last["traitInput"] == {"traitIds": [gold, gold + 1]}
    pairs = [("c_page", "a"), ("c_page", "1"), ("c_x", "y")]
    assert last["traitEvaluation"]["data"] == [{"key": key, "value": value} for key, value in pairs]


def test_operation_that_fails_every_time_fails_the_task_for_another_try(emulator, account, connect):
    _, (gold, *_) = account
    rows = [{"user": user, "trait": gold} for user in "aba"]
    emulator.trouble(ROUTE, "failed_operations", times=None, code=205)
    with pytest.raises(AAMPushFailed, match="3 of 3 rows rejected") as caught:
        stream_operations(connect(max_attempts=3), order(rows))
    assert caught.value.retryable
    assert emulator.count(ROUTE) == 3


def test_id_on_the_denylist_is_sent_once(emulator, account, connect):
    _, (gold, *_) = account
    rows = [
        {"user": "bad" if number % 2 else f"u{number}", "trait": [gold, 10_000 + number]} for number in range(6_000)
    ]
    emulator.trouble(ROUTE, "failed_operations", code=303, every=2)
    receipt = stream_operations(connect(max_concurrency=1), order(rows, max_rejected=6_000))
    sent = Counter(each["request"] for each in emulator.streamed if each["identities"][0]["value"] == "bad")
    assert [*sent] == [1]
    assert receipt.rows == receipt.sent + receipt.rejected == 6_000
    assert receipt.codes["DENYLISTED"] == 3_000 - sent[1]


@pytest.mark.parametrize("source", [99_999, "99999"])
def test_data_source_of_others_stops_it(source, emulator, account, connect):
    rows = [{"user": f"u{number}", "trait": 1} for number in range(20_000)]
    with pytest.raises(AAMForbidden, match=r"code 302: Unauthorized customer ID, first at .*row 1 \(transaction t-1\)"):
        stream_operations(connect(max_concurrency=1), order(rows, data_source=source))
    assert emulator.count(ROUTE) == 1


def test_failure_says_what_has_been_done(emulator, account, connect, write, tmp_path):
    _, (gold, *_) = account
    rows = [{"user": f"u{number}", "trait": gold} for number in range(3_000)]
    emulator.trouble(ROUTE, "status", times=None, skip=2, status=500)
    with pytest.raises(AAMServerError, match=r"AAM had accepted at least [\d,]+ operations by then") as caught:
        stream_operations(
            connect(max_concurrency=1, max_attempts=2), order([write(["x", *rows])], rejects=tmp_path / "rejects.jsonl")
        )
    assert caught.value.retryable
    assert len((tmp_path / "rejects.jsonl").read_text().splitlines()) == 1


def test_e_mail_address_between_blanks_is_not_sent(emulator, account, connect):
    _, (gold, *_) = account
    users = (" ann@example.com", "ann@example.com\n", "\u00a0ann@example.com")
    rows = [{"user": user, "trait": gold} for user in users]
    assert stream_operations(connect(), order(rows, max_rejected=3)).codes == {"PII": 3}
    assert emulator.count(ROUTE) == 0


def test_rejected_row_that_is_no_json_is_written_as_text(emulator, account, connect, tmp_path):
    _, (gold, *_) = account
    rows = [{"user": "u", "trait": "x", "note": note} for note in ("\ud800", object(), {1, "a"})]
    rows += [{"user": "u", "trait": gold, "signals": {5: "a"}}, {"user": "u", "trait": gold}]
    rejects = tmp_path / "rejects.jsonl"
    assert stream_operations(connect(), order(rows, rejects=rejects, max_rejected=4)).sent == 1
    text, unknown, *others = [json.loads(line) for line in rejects.read_text().splitlines()]
    assert text["row"] == "{'user': 'u', 'trait': 'x', 'note': '\\ud800'}"
    assert "<object object at" in unknown["row"]
    assert [each["code"] for each in others] == ["BAD_TRAIT", "BAD_SIGNAL"]


SOME, MAYBE, NOTHING = (
    "AAM had accepted at least 2 operations by then.",
    "AAM may have accepted some by then.",
    "Nothing was changed in AAM.",
)


@pytest.mark.parametrize(
    ("troubles", "said"),
    [
        ([("failed_operations", {"code": 205, "every": 2}), ("status", {"status": 500, "times": None})], SOME),
        ([("failed_operations", {"code": 302, "every": 2})], SOME),
        ([("failed_operations", {"code": 302})], NOTHING),
        ([("reset_after", {"times": None})], MAYBE),
        ([("status", {"status": 403})], NOTHING),
    ],
)
def test_failure_of_the_only_request_says_what_aam_may_have_accepted(troubles, said, emulator, account, connect):
    _, (gold, *_) = account
    for kind, details in troubles:
        emulator.trouble(ROUTE, kind, **details)
    rows = [{"user": f"u{number}", "trait": gold} for number in range(4)]
    with pytest.raises(AAMError) as caught:
        stream_operations(connect(max_attempts=2), order(rows))
    assert said in caught.value.message
    assert (said is NOTHING) == (not any(each["done"] for each in emulator.streamed))


def test_failure_that_may_pass_stays_one(emulator, account, connect):
    """With what it says of AAM."""

    class Gone(type(Path())):
        def open(self, *_, **__):
            raise ConnectionResetError

    said = r"^rows.jsonl cannot be read: ConnectionResetError\. Nothing was changed in AAM\.$"
    with pytest.raises(AAMSourceError, match=said) as caught:
        stream_operations(connect(), order([Gone("rows.jsonl")]))
    assert caught.value.retryable


@pytest.mark.parametrize(
    ("change", "kind", "said"),
    [
        ({"data_source": "nowhere"}, AAMLookupFailed, "nowhere"),
        ({"stream_id": "a b"}, AAMArgumentError, "stream_id"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_sent(change, kind, said, emulator, account, connect):
    with pytest.raises(kind, match=said):
        stream_operations(connect(), order([{"user": "u", "trait": 1}], **change))
    assert emulator.count(ROUTE) == 0


def test_credential_without_organization_is_refused(emulator, account, connect):
    with pytest.raises(AAMConfigError, match="org_id"):
        stream_operations(connect(org_id=""), order([{"user": "u", "trait": 1}]))
    assert emulator.count() == 0


def test_namespace_instead_of_a_data_source(emulator, account, connect):
    _, (gold, *_) = account
    stream_operations(connect(), order([{"user": "u", "trait": gold}], data_source=None, namespace="crm"))
    assert emulator.streamed[0]["identities"] == [{"namespaceCode": "crm", "value": "u"}]
    assert emulator.streamed[0]["done"]


def test_an_overwrite_takes_all_traits_only_where_the_row_says_so(connect, emulator, account):
    source, sids = account
    rows = [
        {"user": "u1", "traits": sids[:1], "operation": "overwrite"},
        {"user": "u2", "trait": [], "operation": "overwrite"},
    ]
    receipt = stream_operations(connect(), order(rows, target_data_source=source, max_rejected=1))
    assert receipt.codes == {"EMPTY": 1}
    assert [(each["user"], each["trait"]) for each in in_aam(emulator)] == [("u2", [])]
