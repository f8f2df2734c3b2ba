"""Access and refresh tokens that were minted, and until when they are good."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from typing import Literal

Grant = Literal["jwt", "server_to_server", "legacy"]


@dataclass
class Token:
    """One access token. `expires_at_s` is on the emulator's clock."""

    value: str
    kind: Grant
    expires_at_s: float


class TokenStore:
    """All tokens since the last reset; a new one never invalidates an old one, as at Adobe."""

    def __init__(self) -> None:
        self.access: dict[str, Token] = {}
        self.refresh: set[str] = set()

    def mint(self, kind: Grant, expires_at_s: float) -> Token:
        """Return a new token: a uuid for legacy OAuth, dotted (it looks like a JWT) for IMS.

        Adobe's bulk workbook tells the two apart by the dot.
        """
        value = str(uuid.uuid4()) if kind == "legacy" else _ims_token()
        token = Token(value, kind, expires_at_s)
        self.access[value] = token
        return token

    def mint_refresh(self) -> str:
        """Return a new refresh token."""
        value = str(uuid.uuid4())
        self.refresh.add(value)
        return value

    def expire_all(self, now_s: float) -> None:
        """Make every token minted so far an expired one."""
        for token in self.access.values():
            token.expires_at_s = min(token.expires_at_s, now_s)


def _ims_token() -> str:
    return f"eyJhbGciOiJSUzI1NiIsIng1dSI6ImVtdWxhdG9yIn0.{secrets.token_urlsafe(180)}.{secrets.token_urlsafe(192)}"
