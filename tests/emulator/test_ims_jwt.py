"""POST /ims/exchange/jwt, row by row of Adobe's table of errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from airflow_provider_aam.emulator import Emulator

AUDIENCE = "https://ims-na1.adobelogin.com"
METASCOPE = f"{AUDIENCE}/s/ent_audiencemanagerplatform_sdk"
Exchange = Callable[..., requests.Response]


@pytest.fixture
def exchange(emulator: Emulator, anonymous: Any, sign: Any) -> Exchange:
    def send(token: str | None = None, *, path: str = "/ims/exchange/jwt", how: str = "data", **given: str) -> Any:
        c = emulator.credentials
        form = {"client_id": c.client_id, "client_secret": c.client_secret, "jwt_token": token or sign()} | given
        if how == "multipart":
            return anonymous("POST", path, files={name: (None, value) for name, value in form.items()})
        return anonymous("POST", path, **{how: form})

    return send


def refusal(answer: requests.Response) -> tuple[int, str]:
    assert set(answer.json()) == {"error", "error_description"}
    return answer.status_code, answer.json()["error"]


@pytest.mark.parametrize("how", ["data", "params", "multipart"])
@pytest.mark.parametrize("path", ["/ims/exchange/jwt", "/ims/exchange/jwt/"])
def test_valid_jwt_gives_a_dotted_token_with_its_lifetime_in_milliseconds(exchange, how, path):
    answer = exchange(how=how, path=path)
    assert answer.status_code == 200
    body = answer.json()
    assert (body["token_type"], body["expires_in"]) == ("bearer", 86_399_000)
    assert body["access_token"].count(".") == 2


def test_unknown_client_is_invalid_client_400(exchange):
    answer = exchange(client_id="nobody")
    assert refusal(answer) == (400, "invalid_client")
    assert answer.json()["error_description"] == "invalid client_id parameter"


def test_wrong_secret_is_invalid_client_401(exchange):
    answer = exchange(client_secret="wrong")
    assert refusal(answer) == (401, "invalid_client")
    assert answer.json()["error_description"] == "invalid client_secret parameter"


def test_second_secret_works_while_one_is_rotated(emulator, exchange):
    emulator.configure(second_client_secret="new")
    assert exchange(client_secret="new").status_code == 200


def test_client_without_exchange_scope_is_invalid_client_401(emulator, exchange):
    emulator.configure(jwt_enabled=False)
    assert refusal(exchange()) == (401, "invalid_client")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"exp": 1}, (400, "invalid_token")),
        ({"exp": "soon"}, (400, "invalid_token")),
        ({"jti": "text"}, (400, "invalid_token")),
        ({"exp": None}, (400, "bad_request")),
        ({"iss": "someone"}, (400, "bad_request")),
        ({"sub": None}, (400, "bad_request")),
        ({"aud": f"{AUDIENCE}/c/other"}, (400, "invalid_client")),
        ({"aud": "http://127.0.0.1/c/x"}, (400, "invalid_client")),
        ({METASCOPE: None}, (400, "invalid_scope")),
        ({METASCOPE: "true"}, (400, "invalid_scope")),
        ({f"{AUDIENCE}/s/ent_analytics_bulk_ingest_sdk": True}, (400, "invalid_scope")),
    ],
    ids=lambda value: str(value)[:60],
)
def test_wrong_claim_is_refused(exchange, sign, changes, expected):
    assert refusal(exchange(sign(**changes))) == expected


def test_undecodable_jwt_is_invalid_token(exchange):
    answer = exchange("not.a.jwt")
    assert refusal(answer) == (400, "invalid_token")
    assert answer.json()["error_description"] == "JWT token is incorrectly formatted, and can not be decoded."


def test_foreign_signature_is_invalid_token(exchange, sign):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    answer = exchange(sign(key=pem))
    assert refusal(answer) == (400, "invalid_token")
    assert answer.json()["error_description"] == "Could not match JWT signature to any of the bindings"


def test_other_algorithm_is_invalid_signature(exchange, sign):
    assert refusal(exchange(sign(key="x" * 32, algorithm="HS256"))) == (400, "invalid_signature")


def test_expired_certificate_matches_no_signature(emulator, exchange):
    emulator.configure(certificate_expired=True)
    assert refusal(exchange()) == (400, "invalid_token")


def test_jti_can_be_used_once(exchange, sign):
    token = sign()
    assert exchange(token).status_code == exchange(token).status_code == 200
    token = sign(jti=7)
    assert exchange(token).status_code == 200
    assert refusal(exchange(token)) == (400, "invalid_token")


def test_jwt_expires_by_the_emulators_clock(emulator, exchange, sign):
    token = sign()
    emulator.advance(301)
    assert refusal(exchange(token)) == (400, "invalid_token")


@pytest.mark.parametrize(
    ("mode", "expected"), [("migrated", (500, "internal_error")), ("eol", (400, "invalid_client"))]
)
def test_retired_credential_gets_no_token(emulator, exchange, mode, expected):
    emulator.configure(credential_mode=mode)
    assert refusal(exchange()) == expected
