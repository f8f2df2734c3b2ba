"""POST /oauth/token: AAM's own OAuth [doc: REST API "Getting started"]. Error bodies are inferred."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from airflow_provider_aam.emulator.core.call import Reply, json_reply
from airflow_provider_aam.emulator.core.refusals import Refusal, ims
from airflow_provider_aam.emulator.ims.clients import mint
from airflow_provider_aam.emulator.ims.parameters import token_parameters

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.call import Call

NOT_STORED = {"Cache-Control": "no-store", "Pragma": "no-cache"}


def legacy_token(call: Call) -> Reply:
    """Answer with an access token and, if the client may have one, a new refresh token."""
    _check_basic(call)
    state, credentials, given = call.state, call.state.credentials, token_parameters(call)
    match given.get("grant_type"):
        case None | "":
            raise ims(400, "invalid_request", "Missing grant type")
        case "password":
            if (given.get("username"), given.get("password")) != (credentials.username, credentials.user_password):
                raise ims(400, "invalid_grant", "Bad credentials")
        case "refresh_token":
            old = given.get("refresh_token", "")
            if old not in state.tokens.refresh:
                raise ims(400, "invalid_grant", f"Invalid refresh token: {old}")
            state.tokens.refresh.remove(old)
        case other:
            raise ims(400, "unsupported_grant_type", f"Unsupported grant type: {other}")
    token, lifetime_s = mint(state, "legacy")
    body = {"access_token": token.value, "token_type": "bearer"}
    if state.settings.legacy_refresh_tokens:
        body["refresh_token"] = state.tokens.mint_refresh()
    reply = json_reply({**body, "expires_in": lifetime_s, "scope": "read write"})
    reply.headers |= NOT_STORED
    return reply


def _check_basic(call: Call) -> None:
    credentials = call.state.credentials
    scheme, _, encoded = call.headers.get("authorization", "").partition(" ")
    try:
        decoded = base64.b64decode(encoded, validate=True).decode() if scheme.casefold() == "basic" else ""
    except (binascii.Error, UnicodeDecodeError):
        decoded = ""
    if decoded != f"{credentials.client_id}:{credentials.client_secret}":
        body = {"error": "invalid_client", "error_description": "Bad client credentials"}
        raise Refusal(401, body, {"WWW-Authenticate": 'Basic realm="oauth"'})
