"""Rows to the DCS: one user per request, never two at once, nothing lost or reordered, every row accounted for."""

from __future__ import annotations

import json
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

from airflow_provider_aam.api.errors import (
    AAMArgumentError,
    AAMForbidden,
    AAMLookupFailed,
    AAMPushFailed,
    AAMServerError,
)
from airflow_provider_aam.stream.job import stream_operations
from airflow_provider_aam.stream.order import Order

ROUTE = "POST /event"
UUID = "22920112968019678612904394744954398990"


def order(source, **more):
    return Order(**{"domain_alias": "acme", "source": source, "data_source": "crm", **more})


def numbered(count, users, seed=1):
    """Rows whose traits are their numbers, which AAM does not know and leaves out."""
    chance = random.Random(seed)
    return [{"user": f"u{chance.randrange(users)}", "trait": 10_000_000 + number} for number in range(count)]


def sids_by_user(requests):
    """Of each user the traits in the order of taking in, of those that were sent again the last time."""
    found: dict[str, dict[str, None]] = {}
    for each in requests:
        mine = found.setdefault(each["d_cid"][0].partition("\x01")[2], {})
        for sid in each["d_sid"]:
            mine.pop(sid, None)
            mine[sid] = None
    return {user: [*sids] for user, sids in found.items()}


def expected(rows):
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row["user"], []).append(str(row["trait"]))
    return found


class Watcher(ThreadingHTTPServer):
    """Answers after a while, and notices users about whom two requests are under way at once."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.lock = threading.Lock()
        self.under_way: Counter[str] = Counter()
        self.most = self.overlaps = 0
        self.taken: list[dict[str, list[str]]] = []
        self.headers: list[dict[str, str]] = []


class _Handler(BaseHTTPRequestHandler):
    server: Watcher
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        watcher = self.server
        keys = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        user = keys["d_cid"][0]
        with watcher.lock:
            watcher.overlaps += watcher.under_way[user]
            watcher.under_way[user] += 1
            watcher.most = max(watcher.most, watcher.under_way.total())
            watcher.headers.append(dict(self.headers))
        time.sleep(random.uniform(0, 0.004))
        with watcher.lock:
            watcher.under_way[user] -= 1
            watcher.taken.append(keys)
        body = json.dumps({"uuid": UUID}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def watcher() -> Iterator[Watcher]:
    with Watcher() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_calls_of_a_user_follow_one_another_while_those_of_others_go_on(watcher, account, connect):
    rows = numbered(1_500, 40)
    receipt = stream_operations(connect(dcs_url=watcher.url, max_concurrency=8), order(rows))
    assert (receipt.rows, receipt.sent, receipt.requests) == (1_500, 1_500, len(watcher.taken))
    assert watcher.overlaps == 0
    assert 1 < watcher.most <= 8
    assert sids_by_user(watcher.taken) == expected(rows)
    assert {each["Host"] for each in watcher.headers} == {"acme.demdex.net"}
    assert not any("Authorization" in each or "x-api-key" in each for each in watcher.headers)


def test_rows_of_a_user_that_are_next_to_each_other_are_one_call(emulator, account, connect):
    rows = [{"user": f"u{number // 4}", "trait": number + 1, "signals": {"c_n": number}} for number in range(40)]
    receipt = stream_operations(connect(), order(rows))
    assert (receipt.sent, receipt.requests, len(emulator.streamed)) == (40, 10, 10)
    assert [each["d_sid"] for each in emulator.streamed if each["d_cid"][0].endswith("u3")] == [
        ["13", "14", "15", "16"]
    ]


def test_one_user_with_more_rows_than_are_read_ahead(emulator, account, connect):
    rows = [{"user": "u", "trait": number + 1, "signals": {"c_long": "x" * 9_000}} for number in range(60)]
    receipt = stream_operations(connect(), order(rows))
    assert (receipt.sent, receipt.requests) == (60, 20)
    assert sids_by_user(emulator.streamed) == expected(rows)


TROUBLES = {
    "429": [("status", {"status": 429, "retry_after": 0}, 5)],
    "503": [("status", {"status": 503}, 5)],
    "resets": [("reset_before", {}, 5), ("reset_after", {}, 5)],
    "errors after": [("server_error_after", {}, 5), ("half_body", {}, 5)],
    "codes": [("failed_operations", {"code": 0}, 5), ("failed_operations", {"code": 202}, 5)],
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_nothing_is_lost_or_reordered(trouble, emulator, account, connect):
    rows = numbered(400, 25)
    for number, (kind, details, times) in enumerate(TROUBLES[trouble]):
        emulator.trouble(ROUTE, kind, times=times, skip=10 * number, **details)
    receipt = stream_operations(connect(max_concurrency=4, max_attempts=20), order(rows))
    assert (receipt.rows, receipt.sent, receipt.rejected) == (400, 400, 0)
    assert sids_by_user(each for each in emulator.streamed if each["done"]) == expected(rows)


def test_every_row_is_accounted_for(emulator, account, connect, tmp_path):
    source, (gold, *_) = account
    emulator.configure(opted_out=["gone"])
    rows = [
        {"user": "u/1 ü", "trait": [gold, gold + 1]},
        {"user": "gone", "trait": gold},
        {"user": "a@b.example", "trait": gold},
        {"user": "a:b", "trait": gold},
        {"user": "u1", "trait": gold, "operation": "delete"},
        {"user": "u1", "trait": gold, "signals": {"d_cid": "9%01x"}},
        {"user": "u1\x01u2", "trait": gold},
        {"user": "u1\ud800", "trait": gold},
        {"user": "u1"},
        {"user": "ü" * 300, "trait": gold},
        {"user": "u1", "signals": {"c_long": "x" * 31_000}},
        {"user": 7, "operation": " Append", "signals": {"c_page": ["a&b", 1], "p_x": "é"}},
    ]
    rejects = tmp_path / "rejects.jsonl"
    with pytest.raises(
        AAMPushFailed, match=r"9 of 12 rows rejected .* AAM keeps the 2 that it accepted\. Skipped: 1\."
    ):
        stream_operations(connect(), order(rows, rejects=rejects))
    found = {int(each["place"].split()[-1]): each for each in map(json.loads, rejects.read_text().splitlines())}
    codes = ["PII", "300", "BAD_OPERATION", "BAD_SIGNAL", "BAD_ID", "UNREADABLE", "EMPTY", "TOO_LONG", "TOO_LONG"]
    assert [found[row]["code"] for row in range(3, 12)] == codes
    assert found[5]["reason"] == "delete: the DCS only appends (transport='stream' can delete)"
    assert found[4]["transaction_id"].startswith("t-")
    taken = {each["d_cid"][0]: each for each in emulator.streamed if each["done"]}
    assert taken.keys() == {f"{source}\x01u/1 ü", f"{source}\x017"}  # in any order
    first, last = taken[f"{source}\x01u/1 ü"], taken[f"{source}\x017"]
    assert first["d_sid"] == [str(gold), str(gold + 1)]
    assert (last["c_page"], last["p_x"]) == (["a&b", "1"], ["é"])
    profile = connect().profiles.get(source, "u/1 ü")
    assert profile["traits"] == [{"traitId": gold}, {"traitId": gold + 1}]


@pytest.mark.parametrize(
    ("change", "keys"),
    [
        ({"data_source": 0}, {"d_uuid": [UUID]}),
        ({"data_source": None, "namespace": "ECID"}, {"d_mid": [UUID]}),
        ({"data_source": None, "namespace": "crm"}, {"d_cid_ic": [f"crm\x01{UUID}"]}),
        ({"target_data_source": "crm"}, {"d_cid": [f"{{crm}}\x01{UUID}"], "d_tdpid": ["{crm}"]}),
    ],
)
def test_ids_of_every_kind(change, keys, emulator, account, connect):
    source, (gold, *_) = account
    stream_operations(connect(), order([{"user": UUID, "trait": gold}], **change))
    (taken,) = emulator.streamed
    wanted = {name: [value.format(crm=source) for value in values] for name, values in keys.items()}
    assert {name: value for name, value in taken.items() if name in wanted} == wanted
    assert taken["done"]


def test_id_on_the_denylist_is_not_sent_again(emulator, account, connect):
    long = {"c_long": "x" * 3_000}  # ten of them fill a request
    rows = [{"user": "bad" if number % 2 else f"u{number}", "trait": 1, "signals": long} for number in range(200)]
    emulator.trouble(ROUTE, "failed_operations", code=303, skip=1)
    receipt = stream_operations(connect(max_concurrency=1), order(rows, max_rejected=200))
    sent = [each for each in emulator.streamed if each["d_cid"][0].endswith("bad")]
    assert [each["codes"] for each in sent] == [[303]]
    assert (receipt.sent, receipt.rejected) == (100, 100)
    assert receipt.codes.keys() == {"303", "DENYLISTED"}
    assert receipt.codes["303"] == len(sent[0]["d_sid"]) <= 10


def test_response_that_names_nobody(emulator, account, connect):
    rows = [{"user": "u1", "trait": 1}, {"user": "u2", "trait": 1}]
    emulator.trouble(ROUTE, "status", times=None, status=200, body={})
    with pytest.raises(AAMPushFailed, match="NO_UUID: the response names no user") as caught:
        stream_operations(connect(), order(rows))
    assert not caught.value.retryable
    assert stream_operations(connect(), order(rows, expect_uuid=False)).sent == 2


def test_key_that_is_no_text_is_rejected(emulator, account, connect):
    rows = [{"user": "u", "signals": {5: "a"}}, {"user": "u", "signals": {"c_5": "a"}}]
    assert stream_operations(connect(), order(rows, max_rejected=1)).codes == {"BAD_SIGNAL": 1}


def test_code_that_stays_fails_the_task_for_another_try(emulator, account, connect):
    emulator.trouble(ROUTE, "failed_operations", times=None, code=205)
    with pytest.raises(AAMPushFailed, match="205") as caught:
        stream_operations(connect(max_attempts=3), order([{"user": "u", "trait": 1}]))
    assert caught.value.retryable
    assert emulator.count(ROUTE) == 3


@pytest.mark.parametrize("code", [1, 2, 302])
def test_wrong_account_stops_it(code, emulator, account, connect):
    emulator.trouble(ROUTE, "failed_operations", times=None, code=code)
    rows = [{"user": f"u{number}", "trait": 1} for number in range(500)]
    with pytest.raises(AAMForbidden, match=rf"code {code}: .*, first at .*row 1 \(transaction t-1\).*domain_alias"):
        stream_operations(connect(max_concurrency=1), order(rows))
    assert emulator.count(ROUTE) == 1


def test_text_of_others_is_one_line(emulator, account, connect):
    forged = "x\n::error::y"
    body = {"errors": [{"code": 1, "msg": forged}], "tid": forged}
    emulator.trouble(ROUTE, "status", status=200, body=body)
    with pytest.raises(AAMForbidden, match="error::y") as caught:
        stream_operations(connect(), order([{"user": "u", "trait": 1}]))
    assert "\n" not in caught.value.message


def test_failure_says_what_has_been_done(emulator, account, connect):
    """What was under way beside the request that failed counts as well."""
    source, _ = account  # by its id: nothing else is asked
    emulator.configure(latency_s=0.8)
    emulator.trouble(ROUTE, "status", times=1, status=500)
    rows = [{"user": f"u{number}", "trait": 1} for number in range(5)]
    with pytest.raises(AAMServerError, match="AAM had accepted at least 4 operations by then"):
        stream_operations(connect(max_concurrency=5, max_attempts=1), order(rows, data_source=source))


@pytest.mark.parametrize(
    ("change", "kind", "said"),
    [
        ({"data_source": "nowhere"}, AAMLookupFailed, "nowhere"),
        ({"domain_alias": "acme.demdex.net", "region": 5}, AAMArgumentError, "2 problems"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_sent(change, kind, said, emulator, account, connect):
    with pytest.raises(kind, match=said):
        stream_operations(connect(), order([{"user": "u", "trait": 1}], **change))
    assert emulator.count(ROUTE) == 0


def test_log_tells_every_ten_seconds_how_far_it_is(emulator, account, connect, caplog):
    caplog.set_level("INFO", logger="airflow_provider_aam.stream.job")
    seconds = iter(range(0, 1_000, 4))
    rows = [{"user": f"u{number}", "trait": 1} for number in range(9)]
    stream_operations(connect(max_concurrency=1), order(rows), monotonic=lambda: float(next(seconds)))
    told = [re.sub(r" of \d rows", "", each.message) for each in caplog.records if "so far" in each.message]
    assert told == [f"AAM has accepted {number} read so far" for number in (3, 6, 9)]
