"""Each kind of scripted trouble: what is on the wire, and what is stored."""

from __future__ import annotations

import errno
import time

import pytest
import requests

CREATE = "POST /v1/traits"
LIST = "GET /v1/traits"


def create(http, draft):
    return http.post("/v1/traits", draft)


def test_status_answers_instead_of_handling(emulator, http, draft):
    emulator.trouble(CREATE, "status", status=429, retry_after=7)
    answer = create(http, draft)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")
    assert answer.json()["error_code"] == "429050"
    assert emulator.objects("traits") == []
    assert create(http, draft).status_code == 201


def test_status_takes_a_body_as_text_or_json(emulator, http):
    emulator.trouble(LIST, "status", body="down")
    emulator.trouble(LIST, "status", status=400, body={"code": "X"})
    assert (answer := http.get("/v1/traits")).text == "down"
    assert "Retry-After" not in answer.headers
    assert http.get("/v1/traits").json() == {"code": "X"}


def test_delay_waits_then_handles(emulator, http, draft):
    emulator.trouble(CREATE, "delay", seconds=0.2)
    assert create(http, draft).elapsed.total_seconds() >= 0.2


def test_delay_after_writes_before_the_client_gives_up(emulator, http, draft):
    emulator.trouble(CREATE, "delay_after", seconds=1)
    with pytest.raises(requests.ReadTimeout):
        http.session.post(emulator.url + "/v1/traits", json=draft, timeout=0.6)
    assert len(emulator.objects("traits")) == 1


@pytest.mark.parametrize(("kind", "stored"), [("reset_before", 0), ("reset_after", 1)])
def test_reset_is_a_tcp_reset(emulator, http, draft, kind, stored):
    emulator.trouble(CREATE, kind)
    with pytest.raises(requests.ConnectionError) as caught:
        create(http, draft)
    assert isinstance(caught.value.args[0].args[1], ConnectionResetError)
    assert caught.value.args[0].args[1].errno == errno.ECONNRESET
    assert len(emulator.objects("traits")) == stored
    assert emulator.requests[-1]["status"] is None
    assert create(http, draft).status_code == 201


def test_half_body_stops_in_the_middle(emulator, http, draft):
    emulator.trouble(CREATE, "half_body")
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError), match="IncompleteRead"):
        create(http, draft)
    assert len(emulator.objects("traits")) == 1


def test_html_is_a_gateway_page(emulator, http, draft):
    emulator.trouble(CREATE, "html")
    answer = create(http, draft)
    assert (answer.status_code, answer.headers["Content-Type"]) == (502, "text/html; charset=utf-8")
    assert emulator.objects("traits") == []


def test_non_json_is_a_200_page_after_the_write(emulator, http, draft):
    emulator.trouble(CREATE, "non_json")
    answer = create(http, draft)
    assert (answer.status_code, answer.text[:6]) == (200, "<html>")
    assert len(emulator.objects("traits")) == 1


def test_server_error_after_is_a_500_after_the_write(emulator, http, draft):
    emulator.trouble(CREATE, "server_error_after")
    answer = create(http, draft)
    assert (answer.status_code, answer.json()["code"]) == (500, "INTERNAL_ERROR")
    assert len(emulator.objects("traits")) == 1


def test_expired_token_in_each_hosts_words(emulator, http):
    emulator.trouble("* /v1/*", "expired_token", times=2)
    assert http.get("/v1/traits").json()["error_code"] == "401013"
    direct = http.get("/demdex/v1/traits")
    assert (direct.status_code, direct.json()["error"]) == (401, "invalid_token")
    assert "Access token expired" in direct.headers["WWW-Authenticate"]
    assert http.get("/v1/traits").status_code == 200


def test_expired_tokens_for_real(emulator, http):
    emulator.expire_tokens()
    assert http.get("/v1/traits").json()["error_code"] == "401013"


def test_lists_that_do_not_add_up(emulator, http):
    emulator.seed(traits=5)
    page = "/v1/traits?page=0&pageSize=3"
    whole = http.get(page).json()
    emulator.trouble(LIST, "total_changes", by=-2)
    assert http.get(page).json() == whole | {"total": 3}
    emulator.trouble(LIST, "short_page", by=2)
    assert http.get(page).json() == whole | {"list": whole["list"][:1]}
    emulator.trouble(LIST, "duplicate_row", times=2)
    first, second, _ = whole["list"]
    assert http.get(page).json() == whole | {"list": [first, second, first]}
    rows = http.get("/v1/traits").json()
    assert rows[0] == rows[-1]
    assert http.get(page).json() == whole


def test_times_skip_patterns_and_clearing(emulator, http, draft):
    sid = create(http, draft).json()["sid"]
    emulator.trouble("GET /v1/traits/{sid}", "status", times=None, skip=1)
    one = f"/v1/traits/{sid}"
    assert [http.get(one).status_code for _ in range(3)] == [200, 503, 503]
    emulator.clear_trouble()
    emulator.trouble(f"GET {one}", "status", times=2)
    assert [http.get(one).status_code for _ in range(3)] == [503, 503, 200]
    emulator.trouble("* /v1/seg*", "status")
    assert (http.get("/v1/traits").status_code, http.get("/v1/segments").status_code) == (200, 503)


def test_trouble_reaches_ims(emulator, anonymous):
    emulator.trouble("POST /ims/token/v3", "status", status=503)
    assert anonymous("POST", "/ims/token/v3").status_code == 503


@pytest.mark.parametrize(
    ("kind", "details"),
    [("nonsense", {}), ("status", {"seconds": 1}), ("delay", {})],
    ids=["kind", "detail", "missing"],
)
def test_trouble_that_cannot_be_is_refused(emulator, kind, details):
    with pytest.raises(ValueError, match=kind):
        emulator.trouble(LIST, kind, **details)


def test_latency_is_added_to_every_request(emulator, http, anonymous):
    emulator.configure(latency_s=0.05)
    for answer in (http.get("/v1/traits"), anonymous("POST", "/oauth/token")):
        assert answer.elapsed.total_seconds() >= 0.05


def test_requests_at_once_are_counted(emulator, open_http, http):
    from concurrent.futures import ThreadPoolExecutor

    emulator.configure(latency_s=0.5)
    sessions = [open_http() for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda each: each.get("/v1/traits"), sessions))
    assert emulator.max_in_flight == 4
    emulator.clear_stats()
    assert (emulator.max_in_flight, emulator.count()) == (0, 0)
    started = time.monotonic()
    http.get("/v1/traits")
    assert time.monotonic() - started >= 0.5
