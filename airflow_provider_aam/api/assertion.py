"""The signed JWT that a service account exchanges for an access token.

Claims as in Adobe's JWT documentation (AdobeDocs/adobeio-auth, JWT.md); the Audience Manager metascope is the one that
public clients use, absent from Adobe's own tables.
"""

from __future__ import annotations

import re
import textwrap
from datetime import datetime
from typing import TYPE_CHECKING

import pendulum

from airflow_provider_aam.api.credentials import JwtCredential
from airflow_provider_aam.api.errors import AAMKeyRejected

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

LIFETIME = pendulum.duration(minutes=5)
_BEGIN = "-----BEGIN "
_PEM = re.compile(rf"{_BEGIN}([A-Z ]+)-----(.*?)-----END \1-----", re.DOTALL)
_WHERE = "extra['private_key'] (or 'private_key_path')"


def build_claims(credential: JwtCredential, now: datetime) -> dict[str, object]:
    """Claims that expire :data:`LIFETIME` after ``now``, which must be aware: a naive clock is off by the time zone."""
    if now.tzinfo is None:
        raise ValueError("the clock must give aware datetimes")
    scopes = {f"{credential.audience}/s/{name.rpartition('/s/')[2]}": True for name in credential.metascopes}
    return {
        "exp": int((now + LIFETIME).timestamp()),
        "iss": credential.org_id,
        "sub": credential.technical_account_id,
        "aud": f"{credential.audience}/c/{credential.client_id}",
        **scopes,
    }


def sign(credential: JwtCredential, now: datetime) -> str:
    """The JWT, signed with RS256. Raises :class:`AAMKeyRejected` when the private key cannot be used."""
    import jwt

    return jwt.encode(build_claims(credential, now), load_private_key(credential), algorithm="RS256")


def load_private_key(credential: JwtCredential) -> RSAPrivateKey:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    encrypted = bool(credential.private_key_passphrase)
    try:
        key = load_pem_private_key(
            normalise_pem(credential.private_key).encode(), (credential.private_key_passphrase or "").encode() or None
        )
    except TypeError as wrong_passphrase_use:
        if encrypted:
            text = "is not encrypted, but extra['private_key_passphrase'] is set: remove it"
        else:
            text = "is encrypted: put its passphrase into extra['private_key_passphrase']"
        raise AAMKeyRejected(f"{_WHERE} {text}.") from wrong_passphrase_use
    except (ValueError, UnsupportedAlgorithm) as unreadable:
        wrong = "extra['private_key_passphrase'] is wrong, or " if encrypted else ""
        raise AAMKeyRejected(
            f"{_WHERE} cannot be read: {wrong}the text is cut or changed. Copy the whole private.key file of the "
            "downloaded config folder again, from -----BEGIN to -----END."
        ) from unreadable
    if not isinstance(key, RSAPrivateKey):
        raise AAMKeyRejected(f"{_WHERE} is not an RSA key; Adobe's JWT credentials are signed with RS256.")
    return key


def normalise_pem(text: str) -> str:
    r"""PEM text with real line breaks, from text whose breaks became ``\n`` escapes or blanks on the way.

    A form field of one line turns line breaks into blanks; JSON in a shell variable turns them into escapes.
    """
    text = text.replace("\\r", "").replace("\\n", "\n").strip()
    block = _PEM.match(text, max(0, text.find(_BEGIN)))  # from the first on alone: each to the end would take long
    if block is None:
        del text  # or whatever reports errors with the locals of their frames would show it
        raise AAMKeyRejected(
            f"{_WHERE} holds no PEM block: it must be the whole text of private.key, BEGIN and END lines included."
        )
    label, body = block.groups()
    if "PRIVATE KEY" not in label:
        del text, block, body
        raise AAMKeyRejected(f"{_WHERE} holds a {label.lower()}; the private key is the file private.key next to it.")
    if "Proc-Type:" in body:  # traditional encrypted PEM: its headers need their own lines
        return block.group(0) + "\n"
    lines = "\n".join(textwrap.wrap("".join(body.split()), 64))
    return f"-----BEGIN {label}-----\n{lines}\n-----END {label}-----\n"
