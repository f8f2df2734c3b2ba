"""The Customer Data API through the client: what became of each operation, and which errors are errors."""

from __future__ import annotations

import json
import pickle
from typing import Any

import msgspec
import pytest

from airflow_provider_aam.api.client import AAMClient
from airflow_provider_aam.api.errors import (
    AAMArgumentError,
    AAMBadAnswer,
    AAMConfigError,
    AAMForbidden,
    AAMInvalid,
    AAMNotFound,
    AAMServerError,
)
from airflow_provider_aam.api.stream import Fault, build_body
from airflow_provider_aam.emulator import Emulator
from tests.api.support import MakeClient, RawServer, http_answer


@pytest.fixture
def account(emulator: Emulator) -> tuple[int, int]:
    source = emulator.add("data_sources", {"name": "CRM", "integrationCode": "crm"})["dataSourceId"]
    trait = {"name": "gold", "dataSourceId": source, "traitType": "ON_BOARDED_TRAIT"}
    return source, emulator.add("traits", trait)["sid"]


def operation(source: int, user: str, sid: int) -> bytes:
    identity = {"dataSourceId": source, "value": user}
    return msgspec.json.encode({"identities": [identity], "traitInput": {"traitIds": [sid]}})


def test_operations_arrive_and_the_profile_shows_them(
    emulator: Emulator, client: AAMClient, account: tuple[int, int]
) -> None:
    source, gold = account
    emulator.trouble("POST /stream/{streamId}", "reset_after")
    good, bad = operation(source, "u/1 ü", gold), operation(source, "a:b", gold)
    reply = client.stream.send("s-1", [good, bad], tracing_id="run ü")
    assert (dict(reply.faults), reply.refused) == ({1: [Fault(300, "Invalid customer ID")]}, False)
    assert reply.transaction_id == "t-2"  # the first request's response was lost
    assert client.profiles.get(source, "u/1 ü", region_ids=[7, 9])["traits"] == [{"traitId": gold}]
    sent = [each for each in emulator.requests if each["path"].startswith(("/stream", "/profile"))]
    assert {each["headers"]["x-gw-ims-org-id"] for each in sent} == {emulator.credentials.org_id}
    assert sent[-1]["query"] == {"filter[regionId]": ["7,9"]}
    with pytest.raises(AAMNotFound):
        client.profiles.get(source, "nobody")


@pytest.mark.parametrize("status", ["BAD_REQUEST", None])
def test_400_that_names_operations_is_an_answer(
    status: str | None, emulator: Emulator, client: AAMClient, account: tuple[int, int]
) -> None:
    source, gold = account
    emulator.trouble("POST /stream/*", "failed_operations", code=0, every=2, **({"status": status} if status else {}))
    reply = client.stream.send("s", [operation(source, user, gold) for user in "ab"], tracing_id="")
    assert (reply.faults.keys(), reply.refused) == ({1}, status is not None)


def test_operation_that_is_named_has_a_fault_whatever_is_said_of_it(
    make_client: MakeClient, raw_server: RawServer
) -> None:
    one, other = ({"errorCode": code, "message": "m"} for code in (300, 10))
    said = [{"operationIndex": 1}, {"operationIndex": 2, "details": [one]}, {"operationIndex": 2, "details": [other]}]
    raw_server.answers = [http_answer(json.dumps({"status": "PARTIAL_SUCCESS", "errors": said}).encode())]
    reply = make_client(stream_url=raw_server.url).stream.send("s", [b"{}"] * 3, tracing_id="")
    codes = {index: [fault.code for fault in faults] for index, faults in reply.faults.items()}
    assert codes == {0: ["NO_REASON"], 1: [300, 10]}


def test_body_is_what_the_document_shows() -> None:
    assert json.loads(build_body("run-42", [b'{"a":1}', b"{}"])) == {"tracing_id": "run-42", "ops": [{"a": 1}, {}]}
    assert len(build_body("x", [])) + 2 == len(build_body("x", [b"{}"]))


ANSWERS: list[tuple[dict[str, Any], int, type[Exception], str]] = [
    ({"status": "INTERNAL_ERROR", "transactionId": "t"}, 200, AAMServerError, "internal error. Transaction t."),
    ({"status": "UNAUTHORIZED"}, 200, AAMForbidden, "not authorized"),
    ({"status": "BAD_DATA", "errors": []}, 200, AAMInvalid, "BAD_DATA without naming an operation"),
    ({"status": "BAD_REQUEST", "errors": []}, 400, AAMInvalid, "400"),
    ({"status": "PARTIAL_SUCCESS"}, 200, AAMBadAnswer, "without naming an operation"),
    ({"error_code": "x"}, 200, AAMBadAnswer, "without naming an operation"),
    ({"status": "SUCCESS", "errors": 7}, 200, AAMBadAnswer, "another shape"),
    ({"errors": [{"operationIndex": 1, "details": [{"errorCode": "x"}]}]}, 200, AAMBadAnswer, "another shape"),
    ({"errors": [{"operationIndex": 2, "details": [{"errorCode": 0}]}]}, 200, AAMBadAnswer, "operation 2 of 1"),
    ({"errors": [{"operationIndex": 0, "details": [{"errorCode": 0}]}]}, 200, AAMBadAnswer, "operation 0 of 1"),
]


@pytest.mark.parametrize(("body", "status", "kind", "said"), ANSWERS)
def test_answers_that_are_none(
    body: dict[str, Any],
    status: int,
    kind: type[Exception],
    said: str,
    make_client: MakeClient,
    raw_server: RawServer,
) -> None:
    raw_server.answers = [http_answer(json.dumps(body).encode(), status)]
    with pytest.raises(kind, match=said) as caught:
        make_client(stream_url=raw_server.url, max_attempts=1).stream.send("s", [b"{}"], tracing_id="")
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        ({"operationIndex": 2, "details": None}, Fault("NO_REASON", "the response names the operation, and no error")),
        ({"operationIndex": 2, "details": [{"message": "bad"}]}, Fault("NO_REASON", "bad")),
        ({"operationIndex": "2", "details": [{"errorCode": "300", "message": None}]}, Fault(300, "no text")),
    ],
)
def test_nulls_missing_codes_and_numbers_as_text(
    error: dict[str, Any], fault: Fault, make_client: MakeClient, raw_server: RawServer
) -> None:
    body = {"transactionId": "t", "status": "PARTIAL_SUCCESS", "errors": [error]}
    raw_server.answers = [http_answer(json.dumps(body).encode())]
    reply = make_client(stream_url=raw_server.url, max_attempts=1).stream.send("s", [b"{}", b"{}"], tracing_id="")
    assert reply.faults == {1: [fault]}


def test_internal_error_is_tried_again(make_client: MakeClient, raw_server: RawServer) -> None:
    bodies = [{"status": "INTERNAL_ERROR"}, {"status": "SUCCESS"}]
    raw_server.answers = [http_answer(json.dumps(each).encode()) for each in bodies]
    assert make_client(stream_url=raw_server.url).stream.send("s", [b"{}"], tracing_id="").faults == {}


@pytest.mark.parametrize("stream_id", ["", "a b", "a/b", "..", "ü"])
def test_stream_ids_that_no_address_has(stream_id: str, client: AAMClient, emulator: Emulator) -> None:
    with pytest.raises(AAMArgumentError, match="stream_id is"):
        client.stream.send(stream_id, [b"{}"], tracing_id="")
    assert emulator.count() == 0


@pytest.mark.parametrize(("source", "user"), [("x", "u"), (1, ""), (1, "..")])
def test_profiles_that_no_address_has(source: Any, user: str, client: AAMClient, emulator: Emulator) -> None:
    with pytest.raises(AAMArgumentError, match=r"profiles\.get"):
        client.profiles.get(source, user)
    assert emulator.count() == 0


@pytest.mark.parametrize(
    ("auth", "extra", "said"),
    [("legacy_oauth", {}, "legacy_oauth"), ("oauth_server_to_server", {"org_id": ""}, "org_id")],
)
def test_credentials_that_the_api_does_not_know(
    auth: str, extra: dict[str, Any], said: str, make_client: MakeClient, emulator: Emulator
) -> None:
    client = make_client(auth, **extra)
    for ask in (lambda: client.stream.send("s", [b"{}"], tracing_id=""), lambda: client.profiles.get(1, "u")):
        with pytest.raises(AAMConfigError, match=said):
            ask()
    assert emulator.count() == 0


def test_profile_of_another_shape(make_client: MakeClient, raw_server: RawServer) -> None:
    raw_server.answers = [http_answer(b"[]")]
    with pytest.raises(AAMBadAnswer, match="expected a profile, found a list"):
        make_client(stream_url=raw_server.url, max_attempts=1).profiles.get(1, "u")
