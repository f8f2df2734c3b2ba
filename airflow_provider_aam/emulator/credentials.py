"""The one account of the emulator: its credential, and the Airflow Connections made of it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

Auth = Literal["oauth_server_to_server", "jwt", "legacy_oauth"]
AUTHS: tuple[Auth, ...] = ("oauth_server_to_server", "jwt", "legacy_oauth")
HTTPS_PORT = 443
"""Without a port in the Connection, Test on Airflow 3.3's page fails; the provider reads this one as none."""


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """What Adobe's console and an AAM consultant would have given to a customer."""

    client_id: str = "5f1c0de0a11e4c0ffee0e4b1d2c3a495"
    client_secret: str = field(default="p8e-emulated-secret-0001", repr=False)
    org_id: str = "4A1F21E85D2E9C0A495C8A22@AdobeOrg"
    technical_account_id: str = "7C2B1F0A65A1D0B30A495E1F@techacct.adobe.com"
    technical_account_email: str = "aam-emulator@techacct.adobe.com"
    private_key: str = field(repr=False)
    public_key: str = field(repr=False)
    metascope: str = "ent_audiencemanagerplatform_sdk"
    scopes: tuple[str, ...] = (
        "openid",
        "AdobeID",
        "read_organizations",
        "additional_info.projectedProductContext",
        "audiencemanager_api",
    )
    username: str = "ada.lovelace"
    user_password: str = field(default="emulated-password-1", repr=False)


def build_credentials(private_key: str | None = None) -> Credentials:
    """Return the credential; without a PEM key one is made, once a process."""
    from cryptography.hazmat.primitives import serialization

    pem = private_key or _generated_key()
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return Credentials(private_key=pem, public_key=public.decode())


@cache
def _generated_key() -> str:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def connection(credentials: Credentials, url: str, auth: str, extra: dict[str, Any]) -> dict[str, Any]:
    """Return an Airflow Connection as its JSON object; `extra` is added to the extra field."""
    own: dict[str, dict[str, Any]] = {
        "oauth_server_to_server": {"org_id": credentials.org_id, "scopes": ",".join(credentials.scopes)},
        "jwt": {
            "org_id": credentials.org_id,
            "technical_account_id": credentials.technical_account_id,
            "private_key": credentials.private_key,
        },
        "legacy_oauth": {"username": credentials.username, "user_password": credentials.user_password},
    }
    if auth not in own:
        raise ValueError(f"unknown way of authentication {auth!r}; known: {', '.join(AUTHS)}")
    return {
        "conn_type": "aam",
        "host": url,
        "port": HTTPS_PORT,
        "login": credentials.client_id,
        "password": credentials.client_secret,
        "extra": {"auth": auth, "ims_url": url, "stream_url": url, "dcs_url": url, **own[auth], **extra},
    }


def connection_json(credentials: Credentials, url: str, auth: str, extra: dict[str, Any]) -> str:
    """Return the value of an `AIRFLOW_CONN_…` variable."""
    return json.dumps(connection(credentials, url, auth, extra))
