"""What each way of authentication is made of. Values only: nothing here talks to Adobe."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, fields


@dataclass(frozen=True, kw_only=True)
class _Client:
    client_id: str
    client_secret: str = field(repr=False)
    org_id: str | None = None

    def secrets(self) -> Iterator[str]:
        """Every field that must never be shown: those that ``repr`` hides."""
        for spec in fields(self):
            value = getattr(self, spec.name)
            if not spec.repr and value:
                yield value

    def fingerprint(self) -> str:
        """Equal for equal credentials, and of no use to learn them: sha256 over all fields."""
        parts = [type(self).__name__, *(f"{spec.name}={getattr(self, spec.name)!r}" for spec in fields(self))]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class ServerToServerCredential(_Client):
    """OAuth server-to-server (client_credentials): what Adobe's Developer Console creates today."""

    scopes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class JwtCredential(_Client):
    """JWT service account, retired by Adobe (2025-06-30, hard end 2026-03-01) and still held by some tenants.

    ``private_key`` is PEM text. ``audience`` is what the ``aud`` and metascope claims are built on.
    """

    technical_account_id: str
    private_key: str = field(repr=False)
    private_key_passphrase: str | None = field(default=None, repr=False)
    metascopes: tuple[str, ...]
    audience: str


@dataclass(frozen=True, kw_only=True)
class LegacyCredential(_Client):
    """AAM's own OAuth 2 with an AAM user's name and password, on ``api.demdex.com``."""

    username: str
    user_password: str = field(repr=False)


Credential = ServerToServerCredential | JwtCredential | LegacyCredential
