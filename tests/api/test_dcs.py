"""The DCS through the client: what is sent to which host, and what its responses mean."""

from __future__ import annotations

import json
import pickle
from typing import Any
from urllib.parse import parse_qsl

import pytest

from airflow_provider_aam.api.client import AAMClient
from airflow_provider_aam.api.dcs import SEPARATOR, Event, encode
from airflow_provider_aam.api.errors import AAMArgumentError, AAMBadAnswer, AAMRefused, AAMServerError, AAMThrottled
from airflow_provider_aam.api.stream import Fault
from airflow_provider_aam.api.transport import Answer, Request
from airflow_provider_aam.emulator import Emulator
from api.support import MakeClient, RawServer, config_of, http_answer

UUID = "22920112968019678612904394744954398990"
KEYS = b"d_cid=813%01u1&d_sid=1"
GOOD = {"stuff": [], "uuid": UUID, "dcs_region": 7, "tid": "31ZpxW5bQGc="}


class Recorder:
    """A transport that sends nothing."""

    def __init__(self, answer: Any = GOOD) -> None:
        self.requests: list[Request] = []
        self._answer = Answer(status=200, headers={}, body=json.dumps(answer).encode())

    def send(self, request: Request) -> Answer:
        self.requests.append(request)
        return self._answer

    def close(self) -> None: ...


def request_of(emulator: Emulator, auth: str = "oauth_server_to_server", region: Any = None, **extra: Any) -> Request:
    recorder = Recorder()
    config = config_of(emulator.connection(auth, **{"dcs_url": "", **extra}))
    with AAMClient.from_config(config, transport=recorder) as client:
        client.dcs.send("acme", KEYS, region=region)
    (request,) = recorder.requests
    return request


def test_request_is_what_the_documents_show(emulator: Emulator) -> None:
    request = request_of(emulator, region=7)
    assert (request.method, request.url) == ("POST", "https://use.demdex.net/event")
    assert request.headers["Host"] == "acme.demdex.net"
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert {name.lower() for name in request.headers} == {"accept", "content-type", "host", "user-agent"}
    organization = emulator.credentials.org_id.replace("@", "%40").encode()
    assert request.body == b"d_rtbd=json&d_jsonv=1&d_orgid=" + organization + b"&" + KEYS


@pytest.mark.parametrize(
    ("region", "extra", "url"),
    [
        (None, {}, "https://acme.demdex.net/event"),
        ("11", {}, "https://tyo3.demdex.net/event"),
        (7, {"dcs_url": "https://proxy.example/dcs/"}, "https://proxy.example/dcs/event"),
        (7, {"environment": "beta"}, "https://dcs-beta.demdex.net/event"),
    ],
)
def test_address(region: Any, extra: dict[str, Any], url: str, emulator: Emulator) -> None:
    request = request_of(emulator, region=region, **extra)
    assert (request.url, request.headers["Host"]) == (url, "acme.demdex.net")


def test_credential_without_organization_works(emulator: Emulator) -> None:
    assert request_of(emulator, "legacy_oauth").body == b"d_rtbd=json&d_jsonv=1&" + KEYS


def test_keys_survive_the_wire(emulator: Emulator, client: AAMClient) -> None:
    source = emulator.add("data_sources", {"name": "CRM"})["dataSourceId"]
    pairs = [("d_cid", f"{source}{SEPARATOR}u/1 ü%01&,"), ("c_page", "a&b=c,d+e %"), ("c_kéy", "✓")]
    assert b"%01u%2F1%20%C3%BC%2501%26%2C&" in encode(pairs)
    event = client.dcs.send("acme", encode(pairs))
    assert (event.faults, event.region, event.transaction_id) == ([], 7, "t-1")
    (taken,) = emulator.streamed
    assert all(taken[key] == [value] for key, value in pairs)
    (request,) = [each for each in emulator.requests if each["path"] == "/event"]
    assert "x-api-key" not in request["headers"]
    assert emulator.count("POST /ims/token/v3") == 0


ANSWERS: list[tuple[Any, str, list[Fault]]] = [
    (GOOD, "", []),
    ({"u": UUID}, "", []),
    ({"uuid": UUID, "dcs_region": "?"}, "", []),
    (
        {"uuid": UUID, "errors": [{"code": 300, "msg": "Invalid customer ID"}]},
        "300",
        [Fault(300, "Invalid customer ID")],
    ),
    ({"errors": [{"code": "171"}]}, "", [Fault(171, "no text")]),
    ({"errors": [{"code": None, "msg": "failed"}]}, "", [Fault(0, "failed")]),
    ({"uuid": UUID}, "101, 102", [Fault(101, "no text"), Fault(102, "no text")]),
    ({}, "", [Fault("NO_UUID", "the response names no user: opted out, blocked, or not taken in")]),
    (None, "", [Fault("NO_UUID", "the response names no user: opted out, blocked, or not taken in")]),
]


@pytest.mark.parametrize(("body", "header", "faults"), ANSWERS)
def test_200_says_what_was_not_taken_in(
    body: Any, header: str, faults: list[Fault], make_client: MakeClient, raw_server: RawServer
) -> None:
    text = b"" if body is None else json.dumps(body).encode()
    raw_server.answers = [http_answer(text, headers=f"X-Error: {header}" if header else "X-Y: z")]
    event = make_client(dcs_url=raw_server.url, max_attempts=1).dcs.send("acme", KEYS)
    assert event.faults == faults
    head, _, sent = raw_server.requests[0].partition(b"\r\n\r\n")
    assert b"Host: acme.demdex.net\r\n" in head
    assert b"Authorization" not in head
    assert dict(parse_qsl(sent.decode()))["d_cid"] == f"813{SEPARATOR}u1"


def test_uuid_need_not_be_expected(make_client: MakeClient, raw_server: RawServer) -> None:
    raw_server.answers = [http_answer(b"{}")]
    event = make_client(dcs_url=raw_server.url).dcs.send("acme", KEYS, expect_uuid=False)
    assert event == Event(faults=[], uuid=None, region=None, transaction_id=None)


@pytest.mark.parametrize("body", [b"[]", b'{"errors": 7}', b'{"errors": [{"code": "x"}]}', b"GIF89a", b'{"uuid"'])
def test_answers_that_are_none_are_asked_for_again(body: bytes, make_client: MakeClient, raw_server: RawServer) -> None:
    raw_server.answers = [http_answer(body), http_answer(json.dumps(GOOD).encode())]
    assert make_client(dcs_url=raw_server.url).dcs.send("acme", KEYS).uuid == UUID
    raw_server.answers = [http_answer(body)]
    with pytest.raises(AAMBadAnswer) as caught:
        make_client(dcs_url=raw_server.url, max_attempts=1).dcs.send("acme", KEYS)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


TROUBLES = [("status", {"status": 429}), ("status", {"status": 503}), ("reset_before", {}), ("reset_after", {})]


@pytest.mark.parametrize(("kind", "details"), TROUBLES)
def test_trouble_is_tried_again(kind: str, details: dict[str, Any], client: AAMClient, emulator: Emulator) -> None:
    emulator.trouble("POST /event", kind, times=2, **details)
    assert client.dcs.send("acme", b"d_uuid=" + UUID.encode()).uuid == UUID
    assert emulator.count("POST /event") == 3


@pytest.mark.parametrize(("status", "kind"), [(429, AAMThrottled), (500, AAMServerError), (413, AAMRefused)])
def test_trouble_that_stays(status: int, kind: type[Exception], make_client: MakeClient, emulator: Emulator) -> None:
    emulator.trouble("POST /event", "status", times=None, status=status)
    with pytest.raises(kind, match="POST /event"):
        make_client(max_attempts=2).dcs.send("acme", KEYS)


@pytest.mark.parametrize(
    ("alias", "region", "said"),
    [
        ("acme.demdex.net", None, "expected the “acme” of acme.demdex.net"),
        ("", 5, "has 2 problems"),
        ("acme/x", None, "domain_alias is “acme/x”"),
        ("acme", 5, "region is “5”; expected one of 3, 4, 6, 7, 8, 9, 11, 12"),
        ("acme", "use", "region is “use”"),
    ],
)
def test_what_no_request_can_be_made_of(
    alias: str, region: Any, said: str, client: AAMClient, emulator: Emulator
) -> None:
    with pytest.raises(AAMArgumentError, match=said):
        client.dcs.send(alias, KEYS, region=region)
    assert emulator.count() == 0
