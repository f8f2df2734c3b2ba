"""Every answer that a token endpoint is known to give, and what it is turned into. No server: `send` is a function."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_provider_aam.api.credentials import (
    Credential,
    JwtCredential,
    LegacyCredential,
    ServerToServerCredential,
)
from airflow_provider_aam.api.errors import (
    AAMBadAnswer,
    AAMClaimsRejected,
    AAMClientRejected,
    AAMConfigError,
    AAMCredentialConverted,
    AAMCredentialError,
    AAMError,
    AAMKeyRejected,
    AAMNoAnswer,
    AAMScopeRejected,
    AAMTokenUnavailable,
    AAMUntrusted,
    Fate,
)
from airflow_provider_aam.api.ims import Token, request_token
from airflow_provider_aam.api.redaction import Redactor
from airflow_provider_aam.api.transport import Answer, Request

NOW = datetime(2026, 1, 2, tzinfo=UTC)
SERVER_TO_SERVER = ServerToServerCredential(client_id="cid", client_secret="sec-ret+&", scopes=("a", "b"))
LEGACY = LegacyCredential(client_id="cid", client_secret="sec-ret+&", username="ada", user_password="pass word")


@pytest.fixture(scope="module")
def jwt_credential(rsa_pem: str) -> JwtCredential:
    return JwtCredential(
        client_id="cid",
        client_secret="sec-ret+&",
        org_id="O@AdobeOrg",
        technical_account_id="T@techacct.adobe.com",
        private_key=rsa_pem,
        metascopes=("ent_audiencemanagerplatform_sdk",),
        audience="https://ims-na1.adobelogin.com",
    )


class Endpoint:
    """Answers in turn, remembers what was sent."""

    def __init__(self, *answers: Answer | AAMError) -> None:
        self.answers = list(answers)
        self.sent: list[Request] = []
        self.told: list[str] = []

    def __call__(self, request: Request) -> Answer:
        self.sent.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, AAMError):
            raise answer
        return answer

    def form(self, number: int = 0) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs((self.sent[number].body or b"").decode()).items()}

    def token(self, credential: Credential, previous: Token | None = None) -> Token:
        return request_token(
            credential,
            token_url="https://ims.example",
            send=self,
            now=lambda: NOW,
            redactor=Redactor(credential.secrets(), observer=self.told.append),
            previous=previous,
        )


def answer(status: int, body: Any, **headers: str) -> Answer:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(status=status, headers={"Content-Type": "application/json", **headers}, body=raw)


def granted(**changes: Any) -> Answer:
    return answer(200, {"access_token": "tok-1", "token_type": "bearer", "expires_in": 86399} | changes)


def refused(status: int, error: str, description: str = "") -> Answer:
    return answer(status, {"error": error, "error_description": description})


# --- what is sent, and the unit of what comes back --------------------------------------------------------------------


def test_server_to_server_sends_the_documented_form_and_reads_seconds() -> None:
    endpoint = Endpoint(granted())
    token = endpoint.token(SERVER_TO_SERVER)
    assert (endpoint.sent[0].method, endpoint.sent[0].url) == ("POST", "https://ims.example/ims/token/v3")
    assert endpoint.form() == {
        "grant_type": "client_credentials",
        "client_id": "cid",
        "client_secret": "sec-ret+&",
        "scope": "a,b",
    }
    assert (token.value, token.lifetime) == ("tok-1", timedelta(seconds=86399))
    assert token.expires_at == NOW + timedelta(seconds=86399)
    assert "tok-1" not in repr(token)


def test_jwt_exchange_sends_the_signed_jwt_and_reads_milliseconds(jwt_credential: JwtCredential) -> None:
    endpoint = Endpoint(granted(expires_in=86399993))
    token = endpoint.token(jwt_credential)
    assert endpoint.sent[0].url == "https://ims.example/ims/exchange/jwt"
    assert {*endpoint.form()} == {"client_id", "client_secret", "jwt_token"}
    assert token.lifetime == timedelta(milliseconds=86399993)


def test_small_lifetime_is_never_guessed_to_be_in_the_other_unit(jwt_credential: JwtCredential) -> None:
    assert Endpoint(granted(expires_in=3600)).token(jwt_credential).lifetime == timedelta(seconds=3.6)
    assert Endpoint(granted(expires_in=86399993)).token(SERVER_TO_SERVER).lifetime.days == 999


def test_legacy_sends_basic_authorization_and_keeps_the_refresh_token() -> None:
    endpoint = Endpoint(granted(expires_in=21922, refresh_token="ref-1"))
    token = endpoint.token(LEGACY)
    assert endpoint.sent[0].url == "https://ims.example/oauth/token"
    assert endpoint.sent[0].headers["Authorization"] == "Basic Y2lkOnNlYy1yZXQrJg=="
    assert endpoint.form() == {"grant_type": "password", "username": "ada", "password": "pass word"}
    assert (token.lifetime, token.refresh_token) == (timedelta(seconds=21922), "ref-1")


def test_legacy_renews_with_the_refresh_token_it_got_last() -> None:
    first = Endpoint(granted(refresh_token="ref-1")).token(LEGACY)
    endpoint = Endpoint(granted(access_token="tok-2", refresh_token="ref-2"))
    assert endpoint.token(LEGACY, previous=first).refresh_token == "ref-2"
    assert endpoint.form() == {"grant_type": "refresh_token", "refresh_token": "ref-1"}


def test_legacy_signs_in_again_when_the_refresh_token_has_ended() -> None:
    first = Endpoint(granted(refresh_token="ref-1")).token(LEGACY)
    endpoint = Endpoint(refused(400, "invalid_grant", "Invalid refresh token: ref-1"), granted(access_token="tok-2"))
    assert endpoint.token(LEGACY, previous=first).value == "tok-2"
    assert endpoint.form(1)["grant_type"] == "password"


def test_legacy_without_a_refresh_token_signs_in_again() -> None:
    endpoint = Endpoint(granted())
    endpoint.token(LEGACY, previous=Endpoint(granted()).token(LEGACY))
    assert endpoint.form()["grant_type"] == "password"


def test_every_secret_that_comes_into_being_is_told_to_the_observer(jwt_credential: JwtCredential) -> None:
    endpoint = Endpoint(granted())
    endpoint.token(jwt_credential)
    assert {"tok-1", endpoint.form()["jwt_token"], jwt_credential.private_key, "sec-ret+&"} == {*endpoint.told}
    endpoint = Endpoint(granted(refresh_token="ref-1"))
    endpoint.token(LEGACY)
    assert {"tok-1", "ref-1", "Y2lkOnNlYy1yZXQrJg==", "pass word", "sec-ret+&"} == {*endpoint.told}


# --- refusals ---------------------------------------------------------------------------------------------------------

SECRET_ADVICE = "password is not this client's secret"
MIGRATION = "set extra['auth'] to 'oauth_server_to_server'"
JWT_ROWS = [
    (400, "invalid_client", "invalid client_id parameter", AAMClientRejected, MIGRATION),
    (401, "invalid_client", "invalid client_secret parameter", AAMClientRejected, SECRET_ADVICE),
    (400, "invalid_client", "invalid client_secret parameter", AAMClientRejected, SECRET_ADVICE),
    (401, "invalid_client", "no exchange_jwt scope", AAMClientRejected, MIGRATION),
    (400, "invalid_token", "JWT token is incorrectly formatted, and can not be decoded.", AAMClaimsRejected, "org_id"),
    (400, "invalid_token", "Could not match JWT signature to any of the bindings", AAMKeyRejected, "certificate"),
    (400, "invalid_token", "The JWT token has expired.", AAMClaimsRejected, "clock right (NTP)"),
    (400, "invalid_signature", "", AAMKeyRejected, "certificate"),
    (
        400,
        "invalid_scope",
        "The metascopes in the JWT are not a subset of the metascopes in the binding.",
        AAMScopeRejected,
        "extra['metascopes']",
    ),
    (400, "bad_request", "", AAMClaimsRejected, "extra['technical_account_id']"),
    (500, "internal_error", "Please try again later", AAMCredentialConverted, MIGRATION),
    (400, "something_new", "", AAMClaimsRejected, "extra['org_id']"),
]
SERVER_ROWS = [
    (400, "invalid_client", "invalid client_secret parameter", AAMClientRejected, SECRET_ADVICE),
    (401, "invalid_client", "invalid client_secret parameter", AAMClientRejected, SECRET_ADVICE),
    (400, "invalid_client", "invalid client_id parameter", AAMClientRejected, "login (client id)"),
    (400, "invalid_scope", "", AAMScopeRejected, "extra['scopes']"),
    (400, "unauthorized_client", "", AAMClientRejected, "set extra['auth'] to 'jwt'"),
    (400, "unsupported_grant_type", "", AAMCredentialError, "step 8"),
    (400, "invalid_request", "", AAMCredentialError, "step 8"),
]
LEGACY_ROWS = [
    (400, "invalid_grant", "Bad credentials", AAMClientRejected, "extra['username']"),
    (401, "invalid_client", "Bad client credentials", AAMClientRejected, "login (client id)"),
    (401, "unauthorized", "Bad credentials", AAMClientRejected, "login (client id)"),
]


def assert_refused(credential: Credential, row: tuple[int, str, str, type[AAMError], str]) -> None:
    status, error, description, kind, advice = row
    endpoint = Endpoint(refused(status, error, description))
    with pytest.raises(AAMCredentialError) as caught:
        endpoint.token(credential)
    assert type(caught.value) is kind
    assert (caught.value.status, caught.value.error, caught.value.retryable) == (status, error, False)
    message = caught.value.message
    assert message.startswith(f"{endpoint.sent[0]}: {status} {error}: {description or 'no text'}"[:60])
    assert advice in message
    assert ".." not in message
    assert "sec-ret" not in message


@pytest.mark.parametrize("row", JWT_ROWS, ids=str)
def test_each_jwt_refusal_has_its_own_outcome(jwt_credential: JwtCredential, row: Any) -> None:
    assert_refused(jwt_credential, row)


@pytest.mark.parametrize("row", SERVER_ROWS, ids=str)
def test_each_server_to_server_refusal_has_its_own_outcome(row: Any) -> None:
    assert_refused(SERVER_TO_SERVER, row)


@pytest.mark.parametrize("row", LEGACY_ROWS, ids=str)
def test_each_legacy_refusal_has_its_own_outcome(row: Any) -> None:
    assert_refused(LEGACY, row)


def test_refusal_in_plain_text_is_a_refusal_too() -> None:
    endpoint = Endpoint(answer(400, b"Bad credentials", **{"Content-Type": "text/plain"}))
    with pytest.raises(AAMClientRejected, match=r"400: Bad credentials\. Check"):
        endpoint.token(LEGACY)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"error": "invalid_client", "error_description": "invalid client_secret parameter"}, AAMClientRejected),
        ({"error": "server_error"}, AAMTokenUnavailable),
    ],
    ids=str,
)
def test_refusal_that_calls_itself_200_is_a_refusal_too(body: Any, kind: type[AAMError]) -> None:
    with pytest.raises(kind, match=f"200 {body['error']}"):
        Endpoint(answer(200, body)).token(SERVER_TO_SERVER)


def test_secret_that_the_server_repeats_as_it_was_sent_is_hidden() -> None:
    endpoint = Endpoint(answer(400, b"bad client_secret=sec-ret%2B%26", **{"Content-Type": "text/plain"}))
    with pytest.raises(AAMCredentialError, match=r"400: bad client_secret=\*\*\*\."):
        endpoint.token(SERVER_TO_SERVER)


def test_secret_that_the_server_repeats_is_hidden() -> None:
    with pytest.raises(AAMCredentialError) as caught:
        Endpoint(refused(400, "invalid_request", "bad value sec-ret+& for client_secret")).token(SERVER_TO_SERVER)
    assert "bad value *** for client_secret" in caught.value.message


# --- no usable answer -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "status_and_headers", [(429, {"Retry-After": "7"}), (500, {}), (502, {}), (503, {"Retry-After": "7"}), (504, {})]
)
@pytest.mark.parametrize("body", [{"error": "throttled"}, {}, b"<html><title>Busy</title></html>"], ids=str)
def test_passing_trouble_of_ims_is_retryable(status_and_headers: Any, body: Any) -> None:
    status, headers = status_and_headers
    with pytest.raises(AAMTokenUnavailable) as caught:
        Endpoint(answer(status, body, **headers)).token(SERVER_TO_SERVER)
    assert caught.value.retry_after_s == (7 if headers else None)
    assert "Adobe IMS is down" in caught.value.message


def test_500_with_another_word_is_no_converted_credential(jwt_credential: JwtCredential) -> None:
    with pytest.raises(AAMTokenUnavailable):
        Endpoint(answer(500, {"error": "server_error"})).token(jwt_credential)


@pytest.mark.parametrize(
    "failure",
    [
        AAMNoAnswer("POST /x: no answer", fate=Fate.RUNNING),
        AAMBadAnswer("POST /x: the answer broke off", fate=Fate.UNKNOWN),
    ],
    ids=["timeout", "half a body"],
)
def test_lost_exchange_leaves_no_doubt_about_aam(failure: AAMError) -> None:
    with pytest.raises(AAMTokenUnavailable, match="No token: POST /x") as caught:
        Endpoint(failure).token(SERVER_TO_SERVER)
    assert caught.value.__cause__ is failure


def test_untrusted_certificate_stays_what_it_is() -> None:
    with pytest.raises(AAMUntrusted):
        Endpoint(AAMUntrusted("x")).token(SERVER_TO_SERVER)


@pytest.mark.parametrize("status", [301, 302, 403, 404, 405])
def test_address_that_is_not_ims_is_a_problem_of_the_connection(status: int) -> None:
    with pytest.raises(AAMConfigError, match=r"extra\['ims_url'\] is not the address of Adobe IMS") as caught:
        Endpoint(answer(status, b"<html><title>Not here</title></html>")).token(SERVER_TO_SERVER)
    assert not caught.value.retryable


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"null",
        b"[]",
        b"{}",
        b'{"access_token": null, "expires_in": 5}',
        b'{"access_token": "secret-tok"}',
        b'{"access_token": "", "expires_in": 5}',
        b'{"access_token": "secret-tok\\nX: y", "expires_in": 5}',
        b'{"access_token": "secret-tok", "expires_in": 0}',
        b'{"access_token": "secret-tok", "expires_in": -5}',
        b'{"access_token": "secret-tok", "expires_in": "soon"}',
        b'{"access_token": "secret-tok", "expires_in": 1e300}',
        b"\xff\xfe",
    ],
)
def test_answer_that_is_no_token_names_its_shape_and_not_its_values(body: bytes) -> None:
    with pytest.raises(AAMTokenUnavailable) as caught:
        Endpoint(answer(200, body)).token(SERVER_TO_SERVER)
    assert "extra['ims_url']" in caught.value.message
    assert "secret-tok" not in caught.value.message


@given(
    status=st.integers(200, 599),
    body=st.binary(max_size=80)
    | st.builds(
        lambda v: json.dumps(v).encode(),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=8),
            lambda inner: (
                st.dictionaries(
                    st.sampled_from(
                        [
                            "error",
                            "error_description",
                            "access_token",
                            "expires_in",
                            "code",
                            "message",
                            "childMessages",
                            "data",
                        ]
                    ),
                    inner,
                )
                | st.lists(inner)
            ),
        ),
    ),
)
def test_any_answer_is_a_token_or_an_error_of_the_tree(status: int, body: bytes) -> None:
    try:
        said = repr(Endpoint(answer(status, body)).token(SERVER_TO_SERVER))
    except AAMError as error:
        said = error.message
    assert said.startswith(("Token(", "POST /ims/token/v3", "the AAM Connection"))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ([], "it is a JSON list."),
        ("tok-1", "it is a JSON str."),
        ({"b": 1, "a": 2}, "its keys are ['a', 'b']."),
        (b"{", "it is not JSON."),
    ],
)
def test_what_is_not_a_token_is_described_without_its_values(body: Any, said: str) -> None:
    with pytest.raises(AAMTokenUnavailable) as caught:
        Endpoint(answer(200, body)).token(SERVER_TO_SERVER)
    assert f"is not a token: {said} Is extra['ims_url'] the URL of Adobe IMS?" in caught.value.message
    assert "tok-1" not in caught.value.message
