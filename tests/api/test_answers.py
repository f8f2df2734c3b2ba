"""Both error shapes, HTML, request ids, secrets that the server repeats, and any bytes at all."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_provider_aam.api.answers import decode, read_answer
from airflow_provider_aam.api.errors import (
    AAMApiKeyRejected,
    AAMBadAnswer,
    AAMConflict,
    AAMError,
    AAMForbidden,
    AAMInvalid,
    AAMLimitReached,
    AAMNoProductProfile,
    AAMNotFound,
    AAMRefused,
    AAMServerError,
    AAMThrottled,
    AAMUnauthorized,
    Fate,
)
from airflow_provider_aam.api.redaction import Redactor
from airflow_provider_aam.api.transport import Answer, Request

NOW = datetime(2026, 1, 2, tzinfo=UTC)
REQUEST = Request(method="POST", url="http://x/v1/traits/", path="/v1/traits/")


def read(status: int, body: Any = b"", *secrets: str, **headers: str) -> bytes | None:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return read_answer(REQUEST, Answer(status=status, headers=names, body=raw), now=NOW, redactor=Redactor(secrets))


def refusal(status: int, body: Any = b"", *secrets: str, **headers: str) -> Any:
    with pytest.raises(AAMError) as caught:
        read(status, body, *secrets, **headers)
    return caught.value


def test_good_answers_are_handed_on() -> None:
    assert read(200, {"sid": 1}) == b'{"sid": 1}'
    assert read(201, b" [1]") == b" [1]"
    for bare in (b"true", b"7\n", b"-1.5", b"12e3"):
        assert read(200, bare) == bare
    assert read(204) is None
    assert read(200, b" \n") is None
    assert decode(REQUEST, b'{"sid": 1}') == {"sid": 1}
    assert decode(REQUEST, None) is None


def test_page_of_html_with_status_200_is_a_bad_answer() -> None:
    error = refusal(200, b"<html><title>Maintenance &amp; more</title>", x_request_id="r-1")
    assert isinstance(error, AAMBadAnswer)
    assert error.message == (
        "POST /v1/traits/: returned 200 with an HTML page titled “Maintenance & more” instead of JSON. "
        "Is the Connection's host the API's address? [x-request-id: r-1]"
    )


def test_announcement_is_no_answer_and_says_nothing_about_what_was_done() -> None:
    error = refusal(103)
    assert (type(error), error.fate, error.retryable) == (AAMBadAnswer, Fate.UNKNOWN, True)
    assert error.message.startswith("POST /v1/traits/: 103 announces a response, but none followed")


def test_broken_json_is_a_bad_answer() -> None:
    for body in (b'{"sid": ', b'{"a": "\xff"}', b"[" * 100_000):
        with pytest.raises(AAMBadAnswer, match="is not JSON"):
            decode(REQUEST, body)


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (400, {"code": "BAD_REQUEST", "message": "no"}, AAMInvalid, "Correct the values"),
        (401, {"error_code": "401013", "message": "Oauth token is not valid"}, AAMUnauthorized, "step 10"),
        (403, {"code": "ACCESS_DENIED", "message": "no"}, AAMForbidden, "to a group that has it"),
        (403, {"error_code": "403000", "message": "Api Key is required"}, AAMApiKeyRejected, "login"),
        (403, {"error_code": "403003", "message": "Api Key is invalid"}, AAMApiKeyRejected, "step 4"),
        (403, {"error_code": "403010", "message": "Oauth token is missing."}, AAMForbidden, "proxy"),
        (403, {"error_code": 403025, "message": "Profile is not valid"}, AAMNoProductProfile, "step 6"),
        (403, {"code": "RESOURCE_LIMIT_EXCEEDED", "message": "full"}, AAMLimitReached, "account is full"),
        (403, b"<html><title>403 Forbidden</title><center>openresty", AAMForbidden, "gateway, or a proxy in between"),
        (403, b"no right", AAMForbidden, "to a group that has it"),
        (409, {"code": "resource_limit_exceeded", "message": "full"}, AAMLimitReached, "account is full"),
        (404, {"code": "NOT_FOUND", "message": "Trait 1 not found"}, AAMNotFound, "has no access to it"),
        (404, b"", AAMNotFound, "has no access to it"),
        (404, b"<html><title>404</title>", AAMRefused, "is not AAM's"),
        (409, {"code": "CONFLICT", "message": "duplicate"}, AAMConflict, "same key"),
        (409, {"code": "CANNOT_DELETE_ENTITY_MAPPED", "message": "mapped"}, AAMConflict, "remove the mapping"),
        (400, {"code": "cannot_delete_entity_with_mappings", "message": "x"}, AAMConflict, "remove them first"),
        (415, {"code": "UNSUPPORTED_MEDIA_TYPE", "message": "form"}, AAMInvalid, "JSON only"),
        (418, b"", AAMRefused, "does not document"),
        (302, b"", AAMRefused, "redirects"),
        (304, b"", AAMRefused, "does not document"),
        (404, b"404 page not found", AAMRefused, "is not AAM's"),
        (408, b"", AAMServerError, "Adobe's side"),
        (429, {"error_code": "429050", "message": "Too many requests"}, AAMThrottled, "max_concurrency"),
        (500, {"code": 500, "message": "Oops. Something went wrong."}, AAMServerError, "Adobe's side"),
        (502, b"<html><title>502 Bad Gateway</title>", AAMServerError, "titled “502 Bad Gateway”"),
        (501, b"", AAMServerError, "Adobe's side"),
    ],
)
def test_each_refusal_is_one_outcome_with_advice(status: int, body: Any, kind: type[AAMError], words: str) -> None:
    error = refusal(status, body)
    assert type(error) is kind
    assert error.status == status
    assert error.message.startswith(f"POST /v1/traits/: {status}")
    assert words in error.message


def test_child_messages_are_joined_and_not_repeated() -> None:
    body = {"code": "BAD_REQUEST", "message": "Validation failed", "childMessages": ["name: empty", "name: empty", "x"]}
    error = refusal(400, body)
    assert error.reason == "Validation failed; name: empty; x"
    assert error.code == "BAD_REQUEST"


def test_fields_of_another_type_do_not_hide_the_others() -> None:
    body = {"code": "BAD", "message": "the reason", "childMessages": [None, {"x": 1}, 3, "child"]}
    assert refusal(400, body).reason == "the reason; child"
    assert refusal(400, {"code": {"x": 1}, "message": ["x"], "childMessages": "one text"}).reason == "one text"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"name may not\n be empty", "name may not be empty"),
        (["name: empty"], '["name: empty"]'),
        ([4001, 4002], "[4001, 4002]"),
        (b"x" * 900, "x" * 200),
        (b"<p>Sorry", "8 bytes of no content type"),
        (b"\x1b[31mred", "8 bytes of no content type"),
        (b"\xff", "1 bytes of no content type"),
    ],
    ids=str,
)
def test_refusal_of_another_shape_is_quoted_if_it_is_text(body: Any, reason: str) -> None:
    assert refusal(400, body).reason == reason


def test_code_and_message_inside_data_are_read() -> None:
    error = refusal(403, {"data": {"code": "resource_limit_exceeded", "message": "20,000 segments"}})
    assert isinstance(error, AAMLimitReached)
    assert error.reason == "20,000 segments"


def test_token_that_the_server_repeats_is_hidden_in_body_header_and_code() -> None:
    token = "28fed402-secret-token"
    body = {"error": "invalid_token", "error_description": f"Access token expired: {token}"}
    challenge = f'Bearer realm="oauth", error="invalid_token", error_description="Access token expired: {token}"'
    for error in (
        refusal(401, body, token),
        refusal(401, b"", token, WWW_Authenticate=challenge),
        refusal(400, {"code": token, "message": token}, token),
        refusal(500, f"<title>{token}</title>".encode(), token),
        refusal(500, b"", token, x_request_id=token),
        refusal(200, f"<title>{token}</title>".encode(), token),
        refusal(200, b"<title>Maintenance</title>", token, x_request_id=token),
    ):
        assert token not in f"{error} {error!r} {error.details}"
        assert "***" in error.message


def test_reason_of_a_401_without_body_comes_from_its_header() -> None:
    error = refusal(401, b"", WWW_Authenticate='Bearer realm="oauth", error_description="Access token expired: x"')
    assert error.reason == "Access token expired: x"


@pytest.mark.parametrize(
    "page",
    [
        b"<title>" * 1_000_000,
        b"<title" * 1_000_000,
        b"<html>" + b" " * 7_000_000 + b"<title>late</title>",
        b"x" * 7_000_000,
    ],
    ids=["titles", "open titles", "late", "text"],
)
def test_page_without_end_is_read_at_its_beginning_only(page: bytes) -> None:
    started = time.thread_time()
    assert refusal(502, page, "a-secret").reason == f"{len(page)} bytes of no content type"
    assert time.thread_time() - started < 1


@pytest.mark.parametrize("field", ["message", "code"])
def test_reason_without_end_is_cut_before_it_is_searched(field: str) -> None:
    started = time.thread_time()
    error = refusal(
        400, {field: "an-almost-secret " * 500_000, "message": "x"} | {field: "almost " * 1_000_000}, "s" * 2000
    )
    assert len(error.message) < 1000
    assert time.thread_time() - started < 2


def test_long_reasons_are_cut() -> None:
    assert len(refusal(400, {"message": "x" * 10_000, "code": "y" * 10_000}).message) < 1_000
    assert len(refusal(200, f"<title>{'x' * 10_000}</title>".encode()).message) < 1_000


@pytest.mark.parametrize("name", ["x-request-id", "x-adobe-request-id", "x-gw-request-id", "x-debug-id"])
def test_request_id_ends_the_message(name: str) -> None:
    assert refusal(500, {"message": "x"}, **{name: "abc-1"}).message.endswith(f" [{name}: abc-1]")


def test_retry_after_is_kept() -> None:
    assert refusal(429, b"", Retry_After="17").retry_after_s == 17
    assert refusal(429, b"").retry_after_s is None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["code", "error_code", "error", "error_description", "message", "childMessages", "data"]),
            inner,
        )
    ),
    max_leaves=8,
)
bodies = st.binary(max_size=60) | st.builds(lambda value: json.dumps(value).encode(), json_values)


@given(
    status=st.integers(100, 599),
    body=bodies,
    headers=st.dictionaries(
        st.sampled_from(["Content-Type", "Retry-After", "WWW-Authenticate", "x-request-id"]), st.text(max_size=20)
    ),
)
def test_any_answer_is_a_body_or_an_error_of_the_tree(status: int, body: bytes, headers: dict[str, str]) -> None:
    answer = Answer(status=status, headers=headers, body=body)
    said = ""
    try:
        decode(REQUEST, read_answer(REQUEST, answer, now=NOW, redactor=Redactor()))
    except AAMError as error:
        said = str(error)
    assert said.startswith("POST /v1/traits/") or (not said and 200 <= status < 300)
