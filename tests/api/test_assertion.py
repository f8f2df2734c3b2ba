"""The signed JWT: claims, algorithm, and every way in which a private key can be wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st

from airflow_provider_aam.api.assertion import build_claims, load_private_key, normalise_pem, sign
from airflow_provider_aam.api.credentials import JwtCredential
from airflow_provider_aam.api.errors import AAMKeyRejected
from api.support import pem_of

NOW = datetime(2026, 1, 2, 3, 4, 5, 600_000, tzinfo=UTC)


def credential(private_key: str = "", **changes: Any) -> JwtCredential:
    values: dict[str, Any] = {
        "client_id": "cid",
        "client_secret": "client-secret",
        "org_id": "O1@AdobeOrg",
        "technical_account_id": "T1@techacct.adobe.com",
        "private_key": private_key,
        "metascopes": ("ent_audiencemanagerplatform_sdk",),
        "audience": "https://ims-na1.adobelogin.com",
    }
    return JwtCredential(**values | changes)


def test_claims_are_those_that_adobe_documents() -> None:
    assert build_claims(credential(), NOW) == {
        "exp": int(datetime(2026, 1, 2, 3, 9, 5, tzinfo=UTC).timestamp()),
        "iss": "O1@AdobeOrg",
        "sub": "T1@techacct.adobe.com",
        "aud": "https://ims-na1.adobelogin.com/c/cid",
        "https://ims-na1.adobelogin.com/s/ent_audiencemanagerplatform_sdk": True,
    }


def test_metascope_given_as_a_whole_address_is_not_doubled() -> None:
    claims = build_claims(credential(metascopes=("https://ims-na1.adobelogin.com/s/ent_a", "ent_b")), NOW)
    assert [name for name in claims if "/s/" in name] == [
        "https://ims-na1.adobelogin.com/s/ent_a",
        "https://ims-na1.adobelogin.com/s/ent_b",
    ]


def test_naive_clock_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        build_claims(credential(), NOW.replace(tzinfo=None))


def test_signature_is_rs256_and_verifies(rsa_key: rsa.RSAPrivateKey, rsa_pem: str) -> None:
    now = datetime.now(UTC)
    token = sign(credential(rsa_pem), now)
    assert jwt.get_unverified_header(token)["alg"] == "RS256"
    claims = jwt.decode(
        token, rsa_key.public_key(), algorithms=["RS256"], audience="https://ims-na1.adobelogin.com/c/cid"
    )
    assert claims["exp"] == int((now + timedelta(minutes=5)).timestamp())


def _one_line(pem: str) -> str:
    return " ".join(pem.split("\n"))


@pytest.mark.parametrize(
    "damage",
    [
        lambda pem: pem,
        lambda pem: pem.strip(),
        lambda pem: pem.replace("\n", "\\n"),
        lambda pem: pem.replace("\n", "\\r\\n"),
        lambda pem: pem.replace("\n", "\r\n"),
        lambda pem: pem.replace("\n", "\n\n"),
        lambda pem: "\n".join(f"    {line}" for line in pem.splitlines()),
        _one_line,
        lambda pem: f"Bag Attributes\n  friendlyName: x\n{pem}trailing words",
    ],
    ids=["as is", "stripped", "escaped", "escaped crlf", "crlf", "blank lines", "indented", "one line", "text around"],
)
@pytest.mark.parametrize("traditional", [False, True], ids=["pkcs8", "traditional"])
def test_key_text_is_read_however_its_line_breaks_were_mangled(
    rsa_key: rsa.RSAPrivateKey, damage: Any, traditional: bool
) -> None:
    pem = pem_of(rsa_key, traditional=traditional)
    loaded = load_private_key(credential(damage(pem)))
    assert loaded.private_numbers() == rsa_key.private_numbers()


@pytest.mark.parametrize("traditional", [False, True], ids=["pkcs8", "traditional"])
@pytest.mark.parametrize("escaped", [False, True], ids=["real breaks", "escaped breaks"])
def test_encrypted_key_is_read_with_its_passphrase(
    rsa_key: rsa.RSAPrivateKey, traditional: bool, escaped: bool
) -> None:
    pem = pem_of(rsa_key, passphrase=b"open sesame", traditional=traditional)
    text = pem.replace("\n", "\\n") if escaped else pem
    loaded = load_private_key(credential(text, private_key_passphrase="open sesame"))
    assert loaded.private_numbers() == rsa_key.private_numbers()


def refusal(private_key: str, **changes: Any) -> str:
    with pytest.raises(AAMKeyRejected) as caught:
        sign(credential(private_key, **changes), NOW)
    assert not caught.value.retryable
    return caught.value.message


def test_encrypted_key_without_passphrase_says_so(rsa_key: rsa.RSAPrivateKey) -> None:
    text = refusal(pem_of(rsa_key, passphrase=b"open sesame"))
    assert "is encrypted: put its passphrase into extra['private_key_passphrase']" in text


def test_wrong_passphrase_says_so_and_repeats_neither(rsa_key: rsa.RSAPrivateKey) -> None:
    text = refusal(pem_of(rsa_key, passphrase=b"open sesame"), private_key_passphrase="close sesame")
    assert "extra['private_key_passphrase'] is wrong" in text
    assert "sesame" not in text


def test_passphrase_for_a_plain_key_says_so(rsa_pem: str) -> None:
    assert "is not encrypted" in refusal(rsa_pem, private_key_passphrase="open sesame")


def test_elliptic_key_is_refused(ec_pem: str) -> None:
    assert "is not an RSA key" in refusal(ec_pem)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "holds no PEM block"),
        ("ssh-rsa AAAA", "holds no PEM block"),
        ("-----BEGIN PRIVATE KEY-----\nAAAA", "holds no PEM block"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "holds a certificate; the private key is"),
        ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "holds a public key"),
        ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "cannot be read: the text is cut or changed"),
        ("-----BEGIN PRIVATE KEY-----\nÄÖÜ\n-----END PRIVATE KEY-----", "cannot be read: the text is cut or changed"),
    ],
)
def test_text_that_is_no_private_key_is_explained(text: str, words: str) -> None:
    assert words in refusal(text)


def test_cut_key_is_explained_and_not_repeated(rsa_pem: str) -> None:
    lines = rsa_pem.splitlines()
    text = refusal("\n".join(lines[:10] + lines[-1:]))
    assert "cut or changed" in text
    assert lines[3] not in text


@given(
    body=st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=", min_size=1, max_size=400),
    breaks=st.lists(st.tuples(st.integers(0, 400), st.sampled_from(["\n", "\\n", " ", "\r\n", "\t"])), max_size=12),
)
def test_normalising_keeps_the_characters_and_is_idempotent(body: str, breaks: list[tuple[int, str]]) -> None:
    mangled = body
    for at, blank in breaks:
        if not mangled[:at].endswith("\\") and not mangled[at:].startswith("n"):  # inside an escape
            mangled = mangled[:at] + blank + mangled[at:]
    pem = normalise_pem(f"-----BEGIN PRIVATE KEY-----{mangled}-----END PRIVATE KEY-----")
    lines = pem.splitlines()
    assert "".join(lines[1:-1]) == body
    assert max(map(len, lines)) <= 64
    assert normalise_pem(pem) == pem


def test_lines_of_a_key_are_as_long_as_rfc_7468_has_them():
    lines = normalise_pem(f"-----BEGIN PRIVATE KEY-----{'x' * 150}-----END PRIVATE KEY-----").splitlines()
    assert [*map(len, lines[1:-1])] == [64, 64, 22]


@given(st.text(max_size=200))
def test_any_text_is_a_key_or_a_clear_refusal(text: str) -> None:
    try:
        said = normalise_pem(text)
    except AAMKeyRejected as error:
        said = error.message
    assert said.startswith(("extra['private_key']", "-----BEGIN"))
