"""Whether a private key and its certificate can work, found out before Adobe is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import pendulum

from airflow_provider_aam.api.errors import AAMKeyRejected
from airflow_provider_aam.cli.credentials.found import Found

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.x509 import Certificate

DEAD = (
    "JWT certificates cannot be renewed since 2025-06-30: download the JSON of the OAuth server-to-server credential "
    "that it has become (same client id)"
)


def check_keys(values: Mapping[str, str], found: Sequence[Found], now: datetime) -> tuple[list[str], list[str]]:
    """Problems (it cannot work) and notes (it might not) of the key, the certificate and the known fingerprints."""
    problems: list[str] = []
    key = certificate = None
    try:
        key = _load_key(values)
    except AAMKeyRejected as rejected:
        problems.append(f"{_source(found, 'private_key')} {_shorten(rejected.message)}")
    try:
        certificate = _load_certificate(values)
    except ValueError as broken:
        problems.append(f"{_source(found, 'certificate')} is not a certificate ({broken}); unpack config.zip again")
    notes: list[str] = []
    if certificate is not None:
        problems += _check_certificate(certificate, key, found, now)
        notes += _check_fingerprint(certificate, found)
    problems += _check_days(found, now)
    return problems, notes


def _load_key(values: Mapping[str, str]) -> RSAPrivateKey | None:
    from airflow_provider_aam.api.assertion import load_private_key
    from airflow_provider_aam.api.credentials import JwtCredential

    if "private_key" not in values:
        return None
    return load_private_key(
        JwtCredential(
            client_id="",
            client_secret="",
            technical_account_id="",
            private_key=values["private_key"],
            private_key_passphrase=values.get("private_key_passphrase"),
            metascopes=(),
            audience="",
        )
    )


def _load_certificate(values: Mapping[str, str]) -> Certificate | None:
    from cryptography.x509 import load_pem_x509_certificate

    return load_pem_x509_certificate(values["certificate"].encode()) if "certificate" in values else None


def _check_certificate(
    certificate: Certificate, key: RSAPrivateKey | None, found: Sequence[Found], now: datetime
) -> Iterator[str]:
    source = _source(found, "certificate")
    if key is not None and certificate.public_key() != key.public_key():
        key_source = _source(found, "private_key")
        yield f"{key_source} is not the key of {source}: give the private.key of the same config.zip"
    end = certificate.not_valid_after_utc
    if end <= now:
        yield f"{source} expired on {end:%Y-%m-%d}. {DEAD}"


def _check_fingerprint(certificate: Certificate, found: Sequence[Found]) -> Iterator[str]:
    from cryptography.hazmat.primitives.hashes import SHA1

    known = {text.replace(":", "").lower() for each in found for text in each.fingerprints}
    mine = certificate.fingerprint(SHA1()).hex()  # noqa: S303  what the Developer Console calls it by
    if known and mine not in known:
        yield (
            f"{_source(found, 'certificate')} has the fingerprint {mine}, which is none of those that the credential's "
            "JSON lists: is it of another credential?"
        )


def _check_days(found: Sequence[Found], now: datetime) -> Iterator[str]:
    for each in found:
        days = [day for text in each.fingerprints.values() if (day := _read_day(text)) is not None]
        if days and len(days) == len(each.fingerprints) and max(days) < now:
            yield f"{each.source}: its last certificate expired on {max(days):%Y-%m-%d}. {DEAD}"


def _read_day(text: str) -> datetime | None:
    try:
        return pendulum.from_format(text.strip(), "MM/DD/YYYY").set(hour=23, minute=59)
    except ValueError:  # the form is observed, not documented
        return None


def _source(found: Sequence[Found], name: str) -> str:
    return next((each.source for each in found if name in each.values), name)


def _shorten(message: str) -> str:
    """The client's sentence without its subject; an encrypted key with the way to give its passphrase."""
    text = message.partition("(or 'private_key_path') ")[2] or message
    if text.startswith("is encrypted"):
        return (
            'is encrypted: give one more file, a JSON file with {"private_key_passphrase": "…"}, or decrypt the key '
            "(openssl pkey -in private.key -out plain.key)"
        )
    return text.rstrip(".")
